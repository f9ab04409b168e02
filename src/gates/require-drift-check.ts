/** `require_drift_check`: somebody looked whether the data had moved, and it had not. */
import type { Gate, GateInputs, GateVerdict } from '../ports/gate.ts';
import { REPORT_FILE, readReport } from './read-report.ts';

const KEY = 'drift_check_passed';

/** The report decides where it says anything; an annotation is for checks that ran after registering. */
export const requireDriftCheckGate: Gate = {
  name: 'require_drift_check',
  says: `require_drift_check: true: the report, or else an annotation, says ${KEY}: true`,
  basis: 'content',
  isAsked: (rules) => rules.require_drift_check === true,
  judge: async (_rules, inputs) => [
    { gate: 'require_drift_check', metric: KEY, threshold: 'true', ...(await find(inputs)) },
  ],
};

async function find(inputs: GateInputs): Promise<Pick<GateVerdict, 'value' | 'method' | 'outcome'>> {
  const read = await readReport(inputs, inputs.candidate);
  const stated = read.kind === 'report' ? read.report.driftCheckPassed : ({ kind: 'absent' } as const);
  if (stated.kind === 'wrong')
    return { method: `${REPORT_FILE} ${stated.pointer}: ${stated.problem}`, outcome: 'fail' };
  if (stated.kind === 'given')
    return { value: String(stated.value), method: `as ${REPORT_FILE} states`, outcome: stated.value ? 'pass' : 'fail' };
  const annotated = inputs.candidate.state.annotations[KEY];
  if (annotated === undefined)
    return { method: `neither ${REPORT_FILE} nor an annotation of the entry says ${KEY}`, outcome: 'fail' };
  return {
    value: annotated,
    method: 'as the annotation of the entry states',
    outcome: annotated === 'true' ? 'pass' : 'fail',
  };
}
