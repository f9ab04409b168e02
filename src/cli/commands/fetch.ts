/** `fetch`: looks at what others have published, without taking it over. */
import { fetch } from '../../operations/fetch.ts';
import { type Command, defineCommand } from '../command.ts';
import { remoteAndModels } from '../common-options.ts';
import { exitCodeOfIssues, issueDocuments, issueNotes, renderFetch } from '../render/sync.ts';

/** The command. */
export const fetchCommand: Command = defineCommand({
  name: 'fetch',
  group: 'Share',
  summary: 'Download and verify what others have published, changing nothing here',
  description: 'After it, status tells what a pull would bring and a push would send.',
  positionals: [remoteAndModels('where from')],
  options: {},
  examples: [{ command: 'git registry fetch && git registry status', says: 'see where things stand' }],
  output: 'fetch',
  async run(context, { words }) {
    const result = await fetch(await context.workspace(), { words });
    return {
      json: { ...result, issues: issueDocuments(result.issues) },
      text: (style) => renderFetch(result, style),
      notes: issueNotes(result.issues, result.odd),
      exitCode: exitCodeOfIssues(result.issues),
    };
  },
});
