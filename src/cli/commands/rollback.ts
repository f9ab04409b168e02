/** `rollback`: brings a former occupant back into its slot. */
import { RegistryError } from '../../domain/errors.ts';
import { findVersion } from '../../domain/version.ts';
import { rollback } from '../../operations/rollback.ts';
import { type Command, defineCommand } from '../command.ts';
import { given } from '../given.ts';
import { BY_OPTION, parseActor } from '../on-behalf-of.ts';
import { PUSH_OPTION } from '../publish-note.ts';
import { answerMove, DRY_RUN_OPTION, EMERGENCY_OPTION, REASON_OPTION } from '../stage-command.ts';

/** The command. */
export const rollbackCommand: Command = defineCommand({
  name: 'rollback',
  group: 'Versions and stages',
  summary: 'Bring the former occupant of a stage back',
  description:
    'Without --to it is the occupant before the present one. A second rollback goes further back, never to what was ' +
    'rolled back. What was in the slot is archived. It passes the rollback gates of registry.yaml alone (by default: its ' +
    'bytes are what was registered), since it passed the gates of the slot before; what got in by --emergency did not, and ' +
    'has to pass those.',
  positionals: [{ name: 'model', completes: 'model', says: 'the model; without it, the default one' }],
  options: {
    stage: { kind: 'string', placeholder: 'STAGE', completes: 'stage', default: 'production', says: 'the slot' },
    to: { kind: 'string', placeholder: 'SPEC', completes: 'version', says: 'a former occupant' },
    emergency: EMERGENCY_OPTION,
    reason: REASON_OPTION,
    by: BY_OPTION,
    push: PUSH_OPTION,
    'dry-run': DRY_RUN_OPTION,
  },
  examples: [
    {
      command: 'git registry rollback --reason "answers with goed"',
      says: 'put the previous model back into production',
    },
    { command: 'git registry rollback grammar-tutor --to v1.0.0', says: 'go back to a version that served before' },
  ],
  output: 'move',
  async run(context, args) {
    refuseSpec(args.model);
    const onBehalfOf = args.by === undefined ? undefined : parseActor(args.by);
    const workspace = await context.workspace();
    const { model, stage, to, reason, dryRun, emergency } = args;
    const rolledBack = await rollback(workspace, {
      ...{ stage, dryRun, emergency },
      ...given({ model, to, reason, onBehalfOf }),
    });
    const answer = await answerMove(context, workspace, rolledBack, args.push);
    const isAlone = rolledBack.changed && !dryRun && (await workspace.settings.remotes()).length === 0;
    return isAlone ? { ...answer, notes: [...(answer.notes ?? []), LOCAL_ONLY] } : answer;
  },
});

/** Whoever rolls back at night wants to know whether anybody else sees it. */
const LOCAL_ONLY = 'in this repository only: it has no remote';

/** At night people type the entry that they want back where the model goes. */
function refuseSpec(word: string | undefined): void {
  if (word === undefined) return;
  const at = word.lastIndexOf('@');
  const [model, target] = at < 0 ? ['', word] : [`${word.slice(0, at)} `, word.slice(at + 1)];
  if (at < 0 && findVersion(target) === undefined) return;
  throw new RegistryError('usage', `${word}: expected a model; --to names the entry`, {
    data: { model: word },
    hint: `git registry rollback ${model}--to ${target}`,
  });
}
