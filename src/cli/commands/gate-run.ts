/** `gate run`: judges an entry by the gates of a stage, without moving it. */
import { gateRun } from '../../operations/gate-run.ts';
import { type Command, defineCommand } from '../command.ts';
import { GATE_OPTIONS, readGates } from '../gate-options.ts';
import { given } from '../given.ts';
import { BY_OPTION, parseActor } from '../on-behalf-of.ts';
import { PUSH_OPTION, publish } from '../publish-note.ts';
import { renderGateRun } from '../render/gates.ts';
import { DRY_RUN_OPTION } from '../stage-command.ts';

/** The command. */
export const gateRunCommand: Command = defineCommand({
  name: 'gate run',
  group: 'Govern',
  summary: 'Judge an entry by the gates of a stage, without moving it',
  description:
    'The report (its instant, what was read, each verdict) is kept in the log, so that anybody can look at it and judge ' +
    'again. Exit 1 where a gate fails.',
  positionals: [{ name: 'spec', required: true, completes: 'spec', says: 'the entry' }],
  options: {
    to: { kind: 'string', placeholder: 'STAGE', completes: 'stage', required: true, says: 'whose gates' },
    ...GATE_OPTIONS,
    by: BY_OPTION,
    push: PUSH_OPTION,
    'dry-run': DRY_RUN_OPTION,
  },
  examples: [
    { command: 'git registry gate run v1.1.0 --to production', says: 'judge a version, and keep the report' },
    {
      command: 'git registry gate run 8f2c91a --to staging --gates strict.yaml --dry-run',
      says: 'judge a candidate by further gates; keep nothing',
    },
  ],
  output: 'gate-run',
  async run(context, args) {
    const workspace = await context.workspace();
    const gates = await readGates(workspace, context.cwd, args);
    const { spec, to, dryRun } = args;
    const onBehalfOf = args.by === undefined ? undefined : parseActor(args.by);
    const result = await gateRun(workspace, { spec, to, dryRun, ...given({ gates, onBehalfOf }) });
    const written = { wrote: result.event !== null, push: args.push, dryRun, models: [result.model] };
    const { notes, exitCode } = await publish(workspace, written);
    return {
      json: result,
      text: (style) => renderGateRun(result, style, context.width),
      notes,
      exitCode: result.passed ? exitCode : 1,
    };
  },
});
