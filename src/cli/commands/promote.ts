/** `promote`: gives an entry its version, moves it up into a stage, or both. */
import { readVersionRequest } from '../../operations/choose-version.ts';
import { promote } from '../../operations/promote.ts';
import { type Command, defineCommand } from '../command.ts';
import { GATE_OPTIONS, readGates } from '../gate-options.ts';
import { given } from '../given.ts';
import { BY_OPTION, parseActor } from '../on-behalf-of.ts';
import { PUSH_OPTION } from '../publish-note.ts';
import { answerMove, DRY_RUN_OPTION, EMERGENCY_OPTION, REASON_OPTION } from '../stage-command.ts';

/** The command. */
export const promoteCommand: Command = defineCommand({
  name: 'promote',
  group: 'Versions and stages',
  summary: 'Give an entry its version, or move it up into a stage',
  description:
    'With --as or --bump a candidate, or an entry without that version, gets it: a version names one entry for ever. ' +
    'With --to the entry moves into a slot, and whoever was in it is archived. Both may stand together: then both ' +
    'happen, or neither. Gates and approvals of registry.yaml decide first: a move that they refuse is exit 1, with each ' +
    'failing gate, its value and its threshold, and nothing happens.',
  positionals: [{ name: 'spec', required: true, completes: 'spec', says: 'the entry' }],
  options: {
    as: { kind: 'string', placeholder: 'VERSION', conflicts: ['bump'], says: 'the version it gets' },
    bump: {
      kind: 'choice',
      choices: ['major', 'minor', 'patch', 'auto'],
      says: 'raise the highest version; auto compares architecture and corpus with it',
    },
    to: { kind: 'string', placeholder: 'STAGE', completes: 'stage', says: 'the slot it moves into' },
    ...GATE_OPTIONS,
    emergency: EMERGENCY_OPTION,
    reason: REASON_OPTION,
    by: BY_OPTION,
    push: PUSH_OPTION,
    'dry-run': DRY_RUN_OPTION,
  },
  examples: [
    { command: 'git registry promote v1.1.0 --to production', says: 'put a version into production' },
    {
      command: 'git registry promote 8f2c91a --bump auto --to staging',
      says: 'give a candidate its version and stage it',
    },
    { command: 'git registry promote grammar-tutor@staging --to production', says: 'move on what is in staging' },
    {
      command: 'git registry promote v1.1.0 --to production --min overall.accuracy=0.9 --dry-run',
      says: 'ask whether it would pass, by a stricter bound',
    },
  ],
  output: 'move',
  async run(context, args) {
    const version = readVersionRequest(args.as, args.bump);
    const onBehalfOf = args.by === undefined ? undefined : parseActor(args.by);
    const workspace = await context.workspace();
    const { spec, to, dryRun, emergency, reason } = args;
    const gates = await readGates(workspace, context.cwd, args);
    const optional = given({ version, to, onBehalfOf, gates, reason });
    const moved = await promote(workspace, { spec, dryRun, emergency, ...optional });
    return answerMove(context, workspace, moved, args.push);
  },
});
