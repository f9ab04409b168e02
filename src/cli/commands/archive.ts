/** `archive`: takes an entry out of service. */
import { archive } from '../../operations/archive.ts';
import { type Command, defineCommand } from '../command.ts';
import { given } from '../given.ts';
import { BY_OPTION, parseActor } from '../on-behalf-of.ts';
import { PUSH_OPTION } from '../publish-note.ts';
import { answerMove, DRY_RUN_OPTION, REASON_OPTION } from '../stage-command.ts';

/** The command. */
export const archiveCommand: Command = defineCommand({
  name: 'archive',
  group: 'Versions and stages',
  summary: 'Take an entry out of service',
  description:
    'Its stage becomes archived and its slot, if it is in one, empty. Nothing is deleted; promote brings it back.',
  positionals: [{ name: 'spec', required: true, completes: 'spec', says: 'the entry' }],
  options: { reason: REASON_OPTION, by: BY_OPTION, push: PUSH_OPTION, 'dry-run': DRY_RUN_OPTION },
  examples: [{ command: 'git registry archive v1.0.0 --reason "superseded"', says: 'archive a version' }],
  output: 'move',
  async run(context, args) {
    const onBehalfOf = args.by === undefined ? undefined : parseActor(args.by);
    const workspace = await context.workspace();
    const { spec, reason, dryRun } = args;
    return answerMove(
      context,
      workspace,
      await archive(workspace, { spec, dryRun, ...given({ reason, onBehalfOf }) }),
      args.push,
    );
  },
});
