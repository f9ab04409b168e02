/** `demote`: moves an entry down. */
import { demote } from '../../operations/demote.ts';
import { type Command, defineCommand } from '../command.ts';
import { given } from '../given.ts';
import { BY_OPTION, parseActor } from '../on-behalf-of.ts';
import { PUSH_OPTION } from '../publish-note.ts';
import { answerMove, DRY_RUN_OPTION, REASON_OPTION } from '../stage-command.ts';

/** The command. */
export const demoteCommand: Command = defineCommand({
  name: 'demote',
  group: 'Versions and stages',
  summary: 'Move an entry down, to a lower stage or to development',
  description:
    'The slot that it leaves is empty then; to put the entry before it back into service, use rollback. A slot that ' +
    'another entry occupies is refused unless --replace archives that one.',
  positionals: [{ name: 'spec', required: true, completes: 'spec', says: 'the entry' }],
  options: {
    to: {
      kind: 'string',
      placeholder: 'STAGE',
      completes: 'stage',
      required: true,
      says: 'a lower slot, or development',
    },
    replace: { kind: 'boolean', says: 'archive the entry that occupies the slot' },
    reason: REASON_OPTION,
    by: BY_OPTION,
    push: PUSH_OPTION,
    'dry-run': DRY_RUN_OPTION,
  },
  examples: [
    { command: 'git registry demote grammar-tutor@production --to staging', says: 'take it back for another look' },
    {
      command: 'git registry demote v1.2.0 --to development --reason "p99 too high"',
      says: 'take it out of every slot',
    },
  ],
  output: 'move',
  async run(context, args) {
    const onBehalfOf = args.by === undefined ? undefined : parseActor(args.by);
    const workspace = await context.workspace();
    const { spec, to, replace, reason, dryRun } = args;
    return answerMove(
      context,
      workspace,
      await demote(workspace, { spec, to, replace, dryRun, ...given({ reason, onBehalfOf }) }),
      args.push,
    );
  },
});
