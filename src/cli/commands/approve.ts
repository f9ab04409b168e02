/** `approve`: says that an entry may move into a stage, on the evidence there is. */
import { approve } from '../../operations/approve.ts';
import { answerApproval, COMMENT_OPTION, ROLLBACK_OPTION, TO_OPTION } from '../approval-command.ts';
import { type Command, defineCommand } from '../command.ts';
import { given } from '../given.ts';
import { PUSH_OPTION } from '../publish-note.ts';
import { DRY_RUN_OPTION } from '../stage-command.ts';

/** The command. */
export const approveCommand: Command = defineCommand({
  name: 'approve',
  group: 'Govern',
  summary: 'Approve that an entry moves into a stage',
  description:
    'The gates of the stage run first: what they refuse cannot be approved (exit 1). The approval is bound to the content, ' +
    'to the rules of registry.yaml for that stage, and to what the gates found: when one of them changes it no longer ' +
    'counts. It counts for people on the list alone, once a person, never for whoever registered the entry.',
  positionals: [{ name: 'spec', required: true, completes: 'spec', says: 'the entry' }],
  options: {
    to: TO_OPTION,
    rollback: ROLLBACK_OPTION,
    comment: COMMENT_OPTION,
    'and-promote': {
      kind: 'boolean',
      says: 'promote it when that is enough; else say what is missing',
      conflicts: ['rollback'],
    },
    push: PUSH_OPTION,
    'dry-run': DRY_RUN_OPTION,
  },
  examples: [
    { command: 'git registry approve v1.2.0 --to production', says: 'approve a version' },
    {
      command: 'git registry approve v1.2.0 --to production --comment "slices checked by hand" --and-promote --push',
      says: 'approve it, and move it when nobody else is needed',
    },
  ],
  output: 'approval',
  async run(context, args) {
    const workspace = await context.workspace();
    const { spec, to, rollback, comment, andPromote, dryRun } = args;
    const input = { kind: 'approve' as const, spec, to, rollback, andPromote, dryRun, ...given({ comment }) };
    return answerApproval(workspace, await approve(workspace, input), {
      ...{ push: args.push, width: context.width, andPromote },
    });
  },
});
