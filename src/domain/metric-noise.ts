/** How far the difference of a metric between two eval reports may come from chance. */
import { encodeJson } from './canonical-json.ts';
import { signOfDecimal } from './decimal.ts';
import { type Sha256, sha256Of } from './digest.ts';
import type { EvalReport } from './eval-report.ts';
import { countsOf, scoresOf } from './eval-scores.ts';
import { givenValue } from './reported.ts';
import type { Interval } from './statistics/interval.ts';
import { proportionDifference } from './statistics/newcombe.ts';
import { pairedBootstrap, RESAMPLES } from './statistics/paired-bootstrap.ts';
import { pairedDifferences } from './statistics/paired-differences.ts';
import { pairedRepeats } from './statistics/paired-repeats.ts';
import { printNumber } from './statistics/print-number.ts';

/** A report with the digests of the files that it was read from. */
export interface NoiseSource {
  readonly report: EvalReport;
  readonly evidence: readonly Sha256[];
}

/** Data that an interval rests on, best first: both models on the same samples, counts of each, repeated trainings. */
export type NoiseBasis = 'samples' | 'counts' | 'runs';

/** A two-sided interval of the difference. Numbers are texts of at most 12 digits. */
export interface NoiseInterval extends Readonly<Record<'estimate' | 'low' | 'high', string>> {
  readonly kind: 'interval';
  readonly basis: NoiseBasis;
  readonly method: 'paired bootstrap (BCa)' | 'Newcombe' | 'paired t';
  readonly confidence: '0.95';
  /** Samples, trials or repeats of each side. */
  readonly n: readonly [number, number];
  /** The interval holds 0. */
  readonly withinNoise: boolean;
  /** Of a bootstrap: how often samples were drawn, and from which seed, the digest of its inputs. */
  readonly resamples: number | null;
  readonly seed: Sha256 | null;
}

/**
 * Why there is no interval. `unlike-metric`: the data give another value than is stated; `not-paired`: not the same
 * samples, or not as many repeats; `wrong-form`: not as docs/gates.md has it; the others are those of the differences.
 */
export type NoNoise =
  | 'no-data'
  | 'unlike-metric'
  | 'not-paired'
  | 'wrong-form'
  | 'too-few'
  | 'all-equal'
  | 'out-of-range';

/** What can be said of a difference. */
export type MetricNoise = NoiseInterval | { readonly kind: 'none'; readonly reason: NoNoise };

const CONFIDENCE = 0.95;

/** Data that say nothing about the difference, so that others may. */
const USELESS: ReadonlySet<NoNoise> = new Set(['no-data', 'unlike-metric', 'not-paired', 'wrong-form']);

/** Numbers drawn at most for one metric; more samples are drawn less often. */
const MOST_DRAWN = 50_000_000;
const LEAST_RESAMPLES = 1000;

/** Returns what can be said of `b - a` for a metric: by samples, else by counts, else by runs. */
export function noiseOf(metric: string, a: NoiseSource, b: NoiseSource): MetricNoise {
  const reasons = new Set<NoNoise>();
  for (const way of [bySamples, byCounts, byRuns]) {
    const noise = way(metric, a, b);
    // Where paired data show no spread, worse data must not invent one.
    if (noise.kind === 'interval' || !USELESS.has(noise.reason)) return noise;
    reasons.add(noise.reason);
  }
  return none([...reasons].find((reason) => reason !== 'no-data') ?? 'no-data');
}

function bySamples(metric: string, a: NoiseSource, b: NoiseSource): MetricNoise {
  const [baseline, candidate] = [scoresOf(a.report, metric), scoresOf(b.report, metric)];
  if (baseline.kind !== 'scores') return none(reasonOf(baseline.kind));
  if (candidate.kind !== 'scores') return none(reasonOf(candidate.kind));
  const isPaired =
    baseline.ids.length === candidate.ids.length && baseline.ids.every((id, at) => id === candidate.ids[at]);
  if (!isPaired) return none('not-paired');
  const n = baseline.ids.length;
  const resamples = Math.max(LEAST_RESAMPLES, Math.min(RESAMPLES, Math.floor(MOST_DRAWN / n)));
  const seed = sha256Of(encodeJson([metric, a.evidence, b.evidence]));
  const differences = pairedDifferences(candidate.values, baseline.values);
  const answer = pairedBootstrap(differences, { confidence: CONFIDENCE, sides: 'two', seed, resamples });
  if (answer.kind === 'unfit') return none(answer.reason);
  const drawn = { resamples, seed };
  return intervalOf('samples', 'paired bootstrap (BCa)', [n, n], { ...answer.bca, estimate: answer.estimate }, drawn);
}

function byCounts(metric: string, a: NoiseSource, b: NoiseSource): MetricNoise {
  const [baseline, candidate] = [countsOf(a.report, metric), countsOf(b.report, metric)];
  if (baseline.kind !== 'counts') return none(reasonOf(baseline.kind));
  if (candidate.kind !== 'counts') return none(reasonOf(candidate.kind));
  const answer = proportionDifference(candidate, baseline, CONFIDENCE, 'two');
  return intervalOf('counts', 'Newcombe', [baseline.n, candidate.n], answer);
}

function byRuns(metric: string, a: NoiseSource, b: NoiseSource): MetricNoise {
  if (a.report.runs.kind === 'wrong' || b.report.runs.kind === 'wrong') return none('wrong-form');
  const [baseline, candidate] = [a, b].map(({ report }) => givenValue(report.runs)?.get(metric));
  if (baseline === undefined || candidate === undefined) return none('no-data');
  if (baseline.length !== candidate.length) return none('not-paired');
  const answer = pairedRepeats(pairedDifferences(candidate, baseline), CONFIDENCE, 'two');
  if (answer.kind === 'unfit') return none(answer.reason);
  const sides = { ...answer.interval, estimate: answer.estimate };
  return intervalOf('runs', 'paired t', [baseline.length, candidate.length], sides);
}

function intervalOf(
  basis: NoiseBasis,
  method: NoiseInterval['method'],
  n: NoiseInterval['n'],
  answer: Interval & { readonly estimate: number },
  drawn: Pick<NoiseInterval, 'resamples' | 'seed'> = { resamples: null, seed: null },
): NoiseInterval {
  const [estimate, low, high] = [printNumber(answer.estimate), printNumber(answer.low), printNumber(answer.high)];
  const withinNoise = signOfDecimal(low) <= 0 && signOfDecimal(high) >= 0;
  return { kind: 'interval', basis, method, confidence: '0.95', n, estimate, low, high, withinNoise, ...drawn };
}

function none(reason: NoNoise): MetricNoise {
  return { kind: 'none', reason };
}

function reasonOf(kind: 'absent' | 'unlike' | 'wrong'): NoNoise {
  if (kind === 'absent') return 'no-data';
  return kind === 'unlike' ? 'unlike-metric' : 'wrong-form';
}
