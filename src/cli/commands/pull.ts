/** `pull`: takes over what others have published. */
import { strongestExitCode } from '../../domain/errors.ts';
import { exitCodeOfFetch } from '../../operations/fetch-weights.ts';
import { pull } from '../../operations/pull.ts';
import { type Command, defineCommand } from '../command.ts';
import { JOBS_OPTION, remoteAndModels } from '../common-options.ts';
import { given } from '../given.ts';
import { escapeControls } from '../render/escape.ts';
import { exitCodeOfIssues, issueDocuments, issueNotes, renderPull } from '../render/sync.ts';

/** The command. */
export const pullCommand: Command = defineCommand({
  name: 'pull',
  group: 'Share',
  summary: 'Take over what others have published',
  description:
    'Everything new is verified before it counts: entries and events are recomputed, and nothing that is known here can ' +
    'be changed, moved or removed by a remote (exit 5, named; the rest arrives). Where both sides have new events, yours ' +
    'are replayed after theirs; events of other people stay as they are (exit 3).',
  positionals: [remoteAndModels('where from')],
  options: {
    weights: { kind: 'boolean', says: 'fetch the bytes of all entries, too' },
    jobs: JOBS_OPTION,
    refetch: { kind: 'boolean', says: 'download everything again, also what is here' },
    'trust-remote': {
      kind: 'string',
      placeholder: 'MODEL',
      completes: 'model',
      says: "accept the remote's log of MODEL whatever was verified before; yours is kept as lost",
    },
  },
  examples: [
    { command: 'git registry pull', says: 'take over everything' },
    { command: 'git registry pull origin grammar-tutor', says: 'take over one model' },
  ],
  output: 'pull',
  async run(context, { words, weights, jobs, refetch, trustRemote }) {
    const workspace = await context.workspace();
    const result = await pull(workspace, { words, weights, refetch, ...given({ jobs, trust: trustRemote }) });
    const failed = result.weights?.failed ?? [];
    const exitCodes = [exitCodeOfIssues(result.issues), result.weights === null ? 0 : exitCodeOfFetch(result.weights)];
    return {
      json: { ...result, issues: issueDocuments(result.issues) },
      text: (style) => renderPull(result, style),
      notes: [
        ...issueNotes(result.issues, result.odd),
        ...failed.slice(0, 20).map(({ message }) => escapeControls(message)),
      ],
      exitCode: strongestExitCode(exitCodes),
    };
  },
});
