/** Verdicts of `drift`: how far features have moved since a model was trained. */
import { compareCodePoints } from './code-point-order.ts';
import { compareDecimals } from './decimal.ts';
import type { ReportedVerdict } from './gate-report.ts';
import type { Histogram } from './histogram.ts';
import type { DriftRule } from './policy.ts';
import { type Drift, type HistogramFault, measureDrift } from './statistics/measure-drift.ts';
import { printNumber } from './statistics/print-number.ts';

/** Histograms by feature. */
export type Histograms = ReadonlyMap<string, Histogram>;

const STATISTICS = {
  psi: 'population stability index',
  js: 'Jensen-Shannon divergence, nats',
  ks: 'Kolmogorov-Smirnov statistic of the bins',
  wasserstein: 'Wasserstein distance of the bins',
} as const;

type Statistic = keyof typeof STATISTICS;

const FAULTS: Readonly<Record<HistogramFault, string>> = {
  'no-bins': 'no bins',
  'lengths-differ': 'counts that are not as many as the bins',
  'edges-not-ascending': 'edges that do not ascend',
  'category-twice': 'a category twice',
  'bad-count': 'a count that is none',
  'nothing-counted': 'nothing counted',
  'kinds-differ': 'bins on one side, categories on the other',
  'edges-differ': 'bins with other edges',
  'categories-differ': 'other categories',
};

/** With more, each statistic's worst feature stands for all: a verdict goes into an event, which people read. */
const MOST_VERDICTS = 32;

/**
 * Judges every feature of the reference by every statistic that the rule names. A feature that cannot be compared fails; one
 * that only the file has was not there when the model was trained, and is not looked at.
 */
export function judgeDrift(rule: DriftRule, reference: Histograms, current: Histograms): readonly ReportedVerdict[] {
  const features = [...reference.keys()].sort(compareCodePoints);
  const asked = (Object.keys(STATISTICS) as Statistic[]).filter((name) => rule[name] !== undefined);
  if (asked.length === 0) return [failure(undefined, `expected a bound for ${Object.keys(STATISTICS).join(', ')}`)];
  if (features.length === 0) return [failure(undefined, 'the reference has no features')];
  const faults: ReportedVerdict[] = [];
  const measured = new Map<Statistic, ReportedVerdict[]>(asked.map((name) => [name, []]));
  for (const feature of features) {
    const drift = measureFeature(feature, { rule, reference, current });
    if (typeof drift === 'string') faults.push(failure(feature, drift));
    else for (const name of asked) measured.get(name)?.push(...judgeStatistic(rule, { name, feature, drift }));
  }
  const all = [...faults, ...[...measured.values()].flat()];
  if (all.length <= MOST_VERDICTS) return all;
  return [...firstOf(faults), ...[...measured.values()].flatMap(worstOf)];
}

interface Compared {
  readonly rule: DriftRule;
  readonly reference: Histograms;
  readonly current: Histograms;
}

/** Returns the distances, or why there are none. */
function measureFeature(feature: string, { rule, reference, current }: Compared): MeasuredDrift | string {
  const [before, now] = [reference.get(feature), current.get(feature)];
  if (before === undefined || now === undefined) return `${rule.file} has no such feature`;
  const drift = measureDrift(before, now);
  if (drift.kind === 'faulty') return `reference and ${rule.file} cannot be compared: ${FAULTS[drift.fault]}`;
  const isCovered = (Object.keys(STATISTICS) as Statistic[]).some(
    (name) => rule[name] !== undefined && drift[name] !== undefined,
  );
  if (!isCovered) return 'categories have no order, as ks and wasserstein need: bound psi or js too';
  const isMeasured = drift.wasserstein === undefined || Number.isFinite(drift.wasserstein);
  return isMeasured ? drift : 'edges that are too far apart';
}

type MeasuredDrift = Extract<Drift, { kind: 'measured' }>;

interface Measured {
  readonly name: Statistic;
  readonly feature: string;
  readonly drift: MeasuredDrift;
}

/** Categories have only some of the statistics. */
function judgeStatistic(rule: DriftRule, { name, feature, drift }: Measured): readonly ReportedVerdict[] {
  const [distance, threshold] = [drift[name], rule[name]];
  if (distance === undefined || threshold === undefined) return [];
  const value = printNumber(distance);
  const outcome = compareDecimals(value, threshold) <= 0 ? 'pass' : 'fail';
  const method = `value <= threshold: ${STATISTICS[name]}, of ${rule.file} from the reference`;
  return [{ gate: 'drift', metric: `${name}.${feature}`, value, threshold, method, outcome }];
}

function worstOf(verdicts: readonly ReportedVerdict[]): readonly ReportedVerdict[] {
  const [first, ...others] = verdicts;
  if (first === undefined) return [];
  const worst = others.reduce((most, next) => (compareValues(next, most) > 0 ? next : most), first);
  const failed = verdicts.filter(({ outcome }) => outcome === 'fail').length;
  return [{ ...worst, method: `${worst.method}; the worst of ${verdicts.length} features, ${failed} of which fail` }];
}

function firstOf(faults: readonly ReportedVerdict[]): readonly ReportedVerdict[] {
  const [first] = faults;
  if (first === undefined) return [];
  return [{ ...first, method: `${first.method}; the first of ${faults.length} features that cannot be compared` }];
}

function compareValues(a: ReportedVerdict, b: ReportedVerdict): number {
  return compareDecimals(a.value ?? '0', b.value ?? '0');
}

function failure(feature: string | undefined, method: string): ReportedVerdict {
  return { gate: 'drift', ...(feature === undefined ? {} : { metric: feature }), method, outcome: 'fail' };
}
