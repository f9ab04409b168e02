/** `min_<metric>` and `max_<metric>`: exact decimals over the flattened eval report; a glob names every slice. */

import { matchMetrics } from '../domain/metric-pattern.ts';
import { compareDecimals } from '../domain/metrics.ts';
import type { GateRules } from '../domain/policy.ts';
import type { Gate, GateInputs, GateVerdict } from '../ports/gate.ts';
import { REPORT_FILE, readReport } from './read-report.ts';

/** `min_<metric>`: at least. */
export const minGate: Gate = boundGate('min', '>=', (order) => order >= 0);

/** `max_<metric>`: at most. */
export const maxGate: Gate = boundGate('max', '<=', (order) => order <= 0);

function boundGate(name: 'min' | 'max', sign: string, holds: (order: number) => boolean): Gate {
  const prefix = `${name}_` as const;
  const keysOf = (rules: GateRules): readonly string[] => Object.keys(rules).filter((key) => key.startsWith(prefix));
  return {
    name,
    says: `${prefix}METRIC: V: the metric is ${sign} V, exactly; a glob names every slice`,
    basis: 'content',
    isAsked: (rules) => keysOf(rules).length > 0,
    judge: async (rules, inputs) => {
      const verdicts: GateVerdict[] = [];
      for (const key of [...keysOf(rules)].sort()) {
        const threshold = rules[key as `${typeof prefix}${string}`] ?? '';
        verdicts.push(...(await judgeKey({ key, pattern: key.slice(prefix.length), threshold, sign, holds }, inputs)));
      }
      return verdicts;
    },
  };
}

interface Bound {
  readonly key: string;
  readonly pattern: string;
  readonly threshold: string;
  readonly sign: string;
  holds(order: number): boolean;
}

async function judgeKey(bound: Bound, inputs: GateInputs): Promise<readonly GateVerdict[]> {
  const { key: gate, pattern, threshold, sign, holds } = bound;
  const read = await readReport(inputs, inputs.candidate);
  const missing = (method: string): readonly GateVerdict[] => [
    { gate, metric: pattern, threshold, method, outcome: 'fail' },
  ];
  if (read.kind === 'missing') return missing(read.problem);
  const found = matchMetrics(read.report.metrics, pattern);
  if (found.length === 0) return missing(`${REPORT_FILE} has no such metric`);
  return found.map(({ name, value }): GateVerdict => {
    const outcome = holds(compareDecimals(value, threshold)) ? 'pass' : 'fail';
    return { gate, metric: name, value, threshold, method: `value ${sign} threshold, exact decimals`, outcome };
  });
}
