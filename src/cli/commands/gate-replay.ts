/** `gate replay`: judges again what an event says was judged. */
import { encodeGateReport } from '../../domain/gate-report.ts';
import { encodeUtf8 } from '../../domain/utf8.ts';
import { gateReplay } from '../../operations/gate-replay.ts';
import { type Command, defineCommand } from '../command.ts';
import { given } from '../given.ts';
import { renderGateReplay } from '../render/gates.ts';

/** The command. */
export const gateReplayCommand: Command = defineCommand({
  name: 'gate replay',
  group: 'Govern',
  summary: 'Judge again what an event says was judged, and compare',
  description:
    'EVENT is the id of a stage, gate, approve or reject event, or the beginning of its SHA-256. Its gates are judged again ' +
    'on the log as it stood before it, by the policy that its report holds: the same bytes in any clone, or exit 1. Gates of ' +
    'the moment, of the command line and commands are not judged again; their number is said.',
  positionals: [{ name: 'event', required: true, says: 'the event' }],
  options: {
    model: { kind: 'string', placeholder: 'MODEL', completes: 'model', says: 'the model; without it, the default one' },
    raw: { kind: 'boolean', says: 'print the report as it was judged now: canonical JSON, and nothing else' },
  },
  examples: [
    {
      command: 'git registry gate replay 019b8d68-e320-7771-adae-5b353985591e',
      says: 'prove that a promotion was decided as the log says',
    },
    { command: 'git registry gate replay 5a0d7c21 --raw | sha256sum', says: 'compare two clones, byte for byte' },
  ],
  output: 'gate-replay',
  async run(context, { event, model, raw }) {
    const result = await gateReplay(await context.workspace(), { event, ...given({ model }) });
    return {
      json: result,
      text: (style) => renderGateReplay(result, style, context.width),
      ...(raw ? { bytes: once(encodeUtf8(encodeGateReport(result.report))) } : {}),
      exitCode: result.same ? 0 : 1,
    };
  },
});

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
