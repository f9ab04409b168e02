/** `escalate_at`: between what is allowed and what is refused, one person more has to look. */

import { matchMetrics } from '../domain/metric-pattern.ts';
import { compareDecimals } from '../domain/metrics.ts';
import type { EscalateRule } from '../domain/policy.ts';
import type { Gate, GateInputs, GateVerdict } from '../ports/gate.ts';
import { REPORT_FILE, readReport } from './read-report.ts';

/** Each verdict that escalates asks for one approver more; a glob gives a verdict for every metric. */
export const escalateAtGate: Gate = {
  name: 'escalate_at',
  says: 'escalate_at: {metric, at, refuse_at}: from `at` on one approver more, from `refuse_at` on refused',
  basis: 'content',
  isAsked: (rules) => rules.escalate_at !== undefined,
  judge: async ({ escalate_at: rule }, inputs) => (rule === undefined ? [] : judgeRule(rule, inputs)),
};

async function judgeRule(rule: EscalateRule, inputs: GateInputs): Promise<readonly GateVerdict[]> {
  const { metric, at: threshold } = rule;
  const missing = (method: string): readonly GateVerdict[] => [
    { gate: 'escalate_at', metric, threshold, method, outcome: 'fail' },
  ];
  const read = await readReport(inputs, inputs.candidate);
  if (read.kind === 'missing') return missing(read.problem);
  const found = matchMetrics(read.report.metrics, metric);
  if (found.length === 0) return missing(`${REPORT_FILE} has no such metric`);
  return found.map(({ name, value }) => ({ gate: 'escalate_at', metric: name, value, ...decide(value, rule) }));
}

/** The threshold is the one that decided: the higher one that was reached, else the lowest. */
function decide(
  value: string,
  { at, refuse_at: end }: EscalateRule,
): Pick<GateVerdict, 'threshold' | 'method' | 'outcome'> {
  if (end !== undefined && compareDecimals(value, end) >= 0)
    return { threshold: end, method: 'value >= threshold: refused, exact decimals', outcome: 'fail' };
  if (compareDecimals(value, at) >= 0)
    return { threshold: at, method: 'value >= threshold: one approver more, exact decimals', outcome: 'escalate' };
  return { threshold: at, method: 'value < threshold, exact decimals', outcome: 'pass' };
}
