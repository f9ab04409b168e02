/** `sync`: ends a conflict that `pull` leaves alone. */
import { sync } from '../../operations/sync.ts';
import { type Command, defineCommand } from '../command.ts';
import { remoteAndModels } from '../common-options.ts';
import { given } from '../given.ts';
import { exitCodeOfIssues, issueDocuments, issueNotes, renderPull } from '../render/sync.ts';

/** The command. */
export const syncCommand: Command = defineCommand({
  name: 'sync',
  group: 'Share',
  summary: 'End a conflict with a remote that pull leaves alone',
  description:
    'Where both sides of a model moved and some events here are not yours, pull leaves it alone. With --adopt they are ' +
    'replayed in your name, on behalf of those who made them; approvals and rejections of others become void. With --as ' +
    'the model here gets another name, and the one of the remote takes its place.',
  positionals: [remoteAndModels('with which remote')],
  options: {
    adopt: { kind: 'boolean', conflicts: ['as'], says: 'replay the events of others in your name' },
    as: { kind: 'string', placeholder: 'NAME', says: 'give the model here another name' },
  },
  examples: [
    { command: 'git registry sync grammar-tutor --adopt', says: 'take over what a colleague left unpublished here' },
    {
      command: 'git registry sync grammar-tutor --as grammar-tutor-old',
      says: 'make room for the model of the remote',
    },
  ],
  output: 'pull',
  async run(context, { words, adopt, as }) {
    const result = await sync(await context.workspace(), { words, adopt, ...given({ as }) });
    return {
      json: { ...result, issues: issueDocuments(result.issues) },
      text: (style) => renderPull(result, style),
      notes: issueNotes(result.issues, result.odd),
      exitCode: exitCodeOfIssues(result.issues),
    };
  },
});
