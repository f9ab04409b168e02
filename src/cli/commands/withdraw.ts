/** `withdraw`: takes one's own approval or rejection back. */
import { withdraw } from '../../operations/withdraw.ts';
import { type Command, defineCommand } from '../command.ts';
import { given } from '../given.ts';
import { PUSH_OPTION, publish } from '../publish-note.ts';
import { shortSha } from '../render/entry-name.ts';
import { DRY_RUN_OPTION } from '../stage-command.ts';

/** The command. */
export const withdrawCommand: Command = defineCommand({
  name: 'withdraw',
  group: 'Govern',
  summary: 'Take your own approval or rejection back',
  description:
    'Only your own, under the address that gave it. What it has let through stays where it is: to take that out of a stage, use ' +
    'demote or rollback.',
  positionals: [
    {
      name: 'what',
      required: true,
      completes: 'spec',
      says: 'the entry, with --to; or the id of an approve or reject event',
    },
  ],
  options: {
    to: { kind: 'string', placeholder: 'STAGE', completes: 'stage', says: 'the stage that it was given for' },
    push: PUSH_OPTION,
    'dry-run': DRY_RUN_OPTION,
  },
  examples: [
    { command: 'git registry withdraw v1.2.0 --to production', says: 'take back what you said of a version' },
    {
      command: 'git registry withdraw 019b8d2e-6e5a-7000-8000-000000000000',
      says: 'take back one approval, by its id from git registry approvals --json',
    },
  ],
  output: 'withdraw',
  async run(context, args) {
    const workspace = await context.workspace();
    const { what, to, dryRun } = args;
    const result = await withdraw(workspace, { what, dryRun, ...given({ to }) });
    return {
      json: result,
      text: (style) => {
        if (!result.changed) return ['nothing to do: there is nothing of yours to withdraw'];
        const verb = result.dryRun ? 'would withdraw' : 'withdrew';
        return result.withdrawn.map(
          ({ kind, sha256, to: stage }) =>
            `${verb} your ${kind === 'approve' ? 'approval' : 'rejection'} of ${style.bold(result.model)} ${shortSha(sha256)} for ${stage}`,
        );
      },
      ...(await publish(workspace, {
        wrote: result.changed,
        push: args.push,
        dryRun: result.dryRun,
        models: [result.model],
      })),
    };
  },
});
