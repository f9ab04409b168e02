/** `fresh`: how long ago the entry was registered, and evaluated where its report says when. */
import { isJsonObject } from '../domain/canonical-json.ts';
import { durationOf } from '../domain/duration.ts';
import { quoted } from '../domain/quoted.ts';
import { readInstant } from '../domain/written-instant.ts';
import type { Gate, GateInputs, GateVerdict } from '../ports/gate.ts';

const REPORT = 'eval_report.json';

/** `fresh: {within}`: the older of registration and `evaluated_at` counts. */
export const freshGate: Gate = {
  name: 'fresh',
  says: 'fresh: {within: 30d}: registered, and evaluated where the report has evaluated_at, no longer ago',
  basis: 'moment',
  isAsked: ({ fresh }) => fresh !== undefined,
  judge: async ({ fresh }, inputs) => (fresh === undefined ? [] : [await judgeAge(fresh.within, inputs)]),
};

async function judgeAge(within: string, inputs: GateInputs): Promise<GateVerdict> {
  const gate = 'fresh';
  const most = durationOf(within);
  if (most === undefined) return { gate, threshold: within, method: 'within is no time such as 30d', outcome: 'fail' };
  const { registered, first } = inputs.candidate.state;
  const since = { what: 'it was registered', at: Date.parse((registered ?? first).at) };
  const evaluated = await readEvaluated(inputs);
  if (evaluated === 'unreadable')
    return { gate, threshold: seconds(most), method: `${REPORT}: evaluated_at is no ISO 8601 time`, outcome: 'fail' };
  // A report that was made after the registration, as some clock has it, makes nothing fresher.
  const oldest = evaluated !== undefined && evaluated < since.at ? { what: 'its evaluated_at', at: evaluated } : since;
  const age = Math.max(0, Date.parse(inputs.at) - oldest.at);
  return {
    gate,
    value: seconds(age),
    threshold: seconds(most),
    method: `seconds since ${oldest.what}, ${new Date(oldest.at).toISOString()}; at most ${quoted(within)}`,
    outcome: age <= most ? 'pass' : 'fail',
  };
}

async function readEvaluated(inputs: GateInputs): Promise<number | 'unreadable' | undefined> {
  const report = await inputs.readJson(inputs.candidate, REPORT);
  const stated = isJsonObject(report) ? report.get('evaluated_at') : undefined;
  if (stated === undefined || stated === null) return undefined;
  return (typeof stated === 'string' ? readInstant(stated) : undefined) ?? 'unreadable';
}

function seconds(milliseconds: number): string {
  return String(milliseconds / 1000);
}
