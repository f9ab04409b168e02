/** `eval_set`: the report is of the evaluation set that the project pins, and of no other. */
import { pointerDigests } from '../domain/dvc-digests.ts';
import type { EvalSet } from '../domain/eval-report.ts';
import { decodeUtf8 } from '../domain/utf8.ts';
import type { Gate, GateInputs, GateVerdict } from '../ports/gate.ts';
import { type Missing, REPORT_FILE, readReport } from './read-report.ts';

/** Which digest of the evaluation set must be what. */
interface Pin {
  readonly kind: 'pin';
  readonly digest: 'md5' | 'sha256';
  readonly hex: string;
  /** Where it is pinned, for the verdict. */
  readonly source: string;
}

/** A digest in registry.yaml, or the pointer that DVC keeps beside the file: what DVC tracks is pinned by a commit. */
export const evalSetGate: Gate = {
  name: 'eval_set',
  says: 'eval_set: PATH.dvc or digest: the report names that evaluation set',
  basis: 'content',
  isAsked: (rules) => rules.eval_set !== undefined,
  judge: async ({ eval_set: pinned }, inputs) => (pinned === undefined ? [] : [await judgePin(pinned, inputs)]),
};

async function judgePin(pinned: string, inputs: GateInputs): Promise<GateVerdict> {
  const pin = await readPin(pinned, inputs);
  if (pin.kind === 'missing') return { gate: 'eval_set', threshold: pinned, method: pin.problem, outcome: 'fail' };
  const told = { gate: 'eval_set', metric: `eval_set.${pin.digest}`, threshold: pin.hex } as const;
  const read = await readReport(inputs, inputs.candidate);
  if (read.kind === 'missing') return { ...told, method: read.problem, outcome: 'fail' };
  const { evalSet } = read.report;
  if (evalSet.kind === 'wrong')
    return { ...told, method: `${REPORT_FILE} ${evalSet.pointer}: ${evalSet.problem}`, outcome: 'fail' };
  const named: EvalSet = evalSet.kind === 'given' ? evalSet.value : {};
  const value = named[pin.digest];
  if (value === undefined)
    return { ...told, method: `${REPORT_FILE} names no ${pin.digest} of its evaluation set`, outcome: 'fail' };
  return { ...told, value, method: `the digest in ${pin.source}`, outcome: value === pin.hex ? 'pass' : 'fail' };
}

async function readPin(pinned: string, inputs: GateInputs): Promise<Pin | Missing> {
  if (/^[0-9a-f]{32}(?:\.dir)?$/.test(pinned)) return { kind: 'pin', digest: 'md5', hex: pinned, source: 'the policy' };
  if (/^[0-9a-f]{64}$/.test(pinned)) return { kind: 'pin', digest: 'sha256', hex: pinned, source: 'the policy' };
  if (!pinned.endsWith('.dvc'))
    return { kind: 'missing', problem: 'expected 32 or 64 lower-case hex digits, or the path of a .dvc file' };
  const bytes = await inputs.readProjectFile(pinned);
  if (bytes === undefined) return { kind: 'missing', problem: `the project has no ${pinned} where its policy is` };
  const [hex, ...more] = pointerDigests(decodeUtf8(bytes) ?? '');
  if (hex === undefined || more.length > 0)
    return { kind: 'missing', problem: `${pinned} is no .dvc file of one output` };
  return { kind: 'pin', digest: 'md5', hex, source: pinned };
}
