/** `reject`: says that an entry must not move into a stage. */
import { approve } from '../../operations/approve.ts';
import { answerApproval, COMMENT_OPTION, ROLLBACK_OPTION, TO_OPTION } from '../approval-command.ts';
import { type Command, defineCommand } from '../command.ts';
import { PUSH_OPTION } from '../publish-note.ts';
import { DRY_RUN_OPTION } from '../stage-command.ts';

/** The command. */
export const rejectCommand: Command = defineCommand({
  name: 'reject',
  group: 'Govern',
  summary: 'Reject that an entry moves into a stage',
  description:
    'A rejection stands against the move, however many approve, until whoever gave it withdraws it, or until content, rules or ' +
    'evidence change. Whoever registered an entry can reject it, too.',
  positionals: [{ name: 'spec', required: true, completes: 'spec', says: 'the entry' }],
  options: {
    to: TO_OPTION,
    rollback: ROLLBACK_OPTION,
    comment: { ...COMMENT_OPTION, required: true, says: 'why: for whoever has to mend it' },
    push: PUSH_OPTION,
    'dry-run': DRY_RUN_OPTION,
  },
  examples: [
    {
      command: 'git registry reject v1.2.0 --to production --comment "says goed"',
      says: 'keep a version out of production',
    },
  ],
  output: 'approval',
  async run(context, args) {
    const workspace = await context.workspace();
    const { spec, to, rollback, comment, dryRun } = args;
    const result = await approve(workspace, { kind: 'reject', spec, to, rollback, comment, dryRun });
    return answerApproval(workspace, result, { push: args.push, width: context.width, andPromote: false });
  },
});
