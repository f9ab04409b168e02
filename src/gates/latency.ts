/** `latency`: percentiles of how long an answer takes, in milliseconds. */
import { type EvalReport, findMetric } from '../domain/eval-report.ts';
import { compareDecimals } from '../domain/metrics.ts';
import { percentileOf } from '../domain/statistics/percentile.ts';
import { printNumber } from '../domain/statistics/print-number.ts';
import type { Gate, GateVerdict } from '../ports/gate.ts';
import { REPORT_FILE, readReport } from './read-report.ts';

const PERCENTILES = { p50: 50, p90: 90, p95: 95, p99: 99 } as const;

type Percentile = keyof typeof PERCENTILES;

/** A stated percentile goes before raw latencies: a load test counts more requests than a report keeps. */
export const latencyGate: Gate = {
  name: 'latency',
  says: 'latency: {p50, p90, p95, p99}: at most so many milliseconds, as stated or of the raw latencies',
  basis: 'content',
  isAsked: ({ latency }) => latency !== undefined,
  judge: async ({ latency = {} }, inputs) => {
    const read = await readReport(inputs, inputs.candidate);
    return (Object.keys(PERCENTILES) as Percentile[]).flatMap((name): readonly GateVerdict[] => {
      const threshold = latency[name];
      if (threshold === undefined) return [];
      const told = { gate: 'latency', metric: `latency.${name}`, threshold };
      if (read.kind === 'missing') return [{ ...told, method: read.problem, outcome: 'fail' }];
      const found = find(read.report, name);
      if (found.value === undefined) return [{ ...told, ...found, outcome: 'fail' }];
      return [{ ...told, ...found, outcome: compareDecimals(found.value, threshold) <= 0 ? 'pass' : 'fail' }];
    });
  },
};

function find(report: EvalReport, name: Percentile): Pick<GateVerdict, 'value' | 'method'> {
  const value = findMetric(report, `latency.${name}`);
  if (value !== undefined) return { value, method: 'value <= threshold, as stated, exact decimals' };
  const { latencies } = report;
  if (latencies.kind === 'wrong') return { method: `${REPORT_FILE} ${latencies.pointer}: ${latencies.problem}` };
  if (latencies.kind === 'absent' || latencies.value.length === 0)
    return { method: `${REPORT_FILE} has neither latency.${name} nor latency_ms` };
  const printed = printNumber(percentileOf(latencies.value, PERCENTILES[name]));
  const method = `value <= threshold: percentile of ${latencies.value.length} latency_ms, interpolated linearly`;
  return { value: printed, method };
}
