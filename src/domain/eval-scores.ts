/**
 * What a metric rests on: the score of each sample, or counts. Both must give the metric that is stated; where they do
 * not, they are not of this metric, and nothing statistical may be done with them.
 */
import { isJsonNumber, type JsonValue } from './canonical-json.ts';
import { compareCodePoints } from './code-point-order.ts';
import { type Counts, type EvalReport, findMetric } from './eval-report.ts';
import type { Sample } from './eval-samples.ts';
import { ABSENT, givenValue, isWrong, pointerTo, readDecimal, type Wrong, wrong } from './reported.ts';

/** Scores of samples by id, in code-point order of the ids, so that two reports with the same ids pair by position. */
export interface SampleScores {
  readonly kind: 'scores';
  /** The member of a sample that is the score. */
  readonly member: string;
  readonly ids: readonly string[];
  /** Numbers as they are spelled, so that differences can be exact; true is 1, false is 0. */
  readonly values: readonly string[];
  /** Every score is 0 or 1. */
  readonly binary: boolean;
}

/** The data give another value than the report states. */
export interface UnlikeMetric {
  readonly kind: 'unlike';
  /** What the data give. */
  readonly computed: number;
  readonly stated: string;
}

/** Differences below this come from summing doubles. */
const ROUNDING = 1e-9;

/**
 * Returns the scores of a metric. Samples without the member do not belong to the metric, as with slices. `absent`: the
 * report has no such metric, no samples, or none with a member for it.
 */
export function scoresOf(report: EvalReport, metric: string): SampleScores | UnlikeMetric | typeof ABSENT | Wrong {
  const stated = findMetric(report, metric);
  if (stated === undefined || report.samples.kind === 'absent') return ABSENT;
  if (report.samples.kind === 'wrong') return report.samples;
  const member = chooseMember(report, metric, report.samples.value);
  if (isWrong(member)) return member;
  if (member === undefined) return ABSENT;
  const scores = collect(report.samples.value, member);
  if (isWrong(scores)) return scores;
  const computed = scores.values.reduce((sum, value) => sum + Number(value), 0) / scores.values.length;
  return agrees(computed, stated) ? scores : { kind: 'unlike', computed, stated };
}

/** Returns the counts of a metric; `absent` where the report has no such metric or no counts of it. */
export function countsOf(
  report: EvalReport,
  metric: string,
): ({ readonly kind: 'counts' } & Counts) | UnlikeMetric | typeof ABSENT | Wrong {
  if (report.counts.kind === 'wrong') return report.counts;
  const stated = findMetric(report, metric);
  const counts = givenValue(report.counts)?.get(metric);
  if (stated === undefined || counts === undefined) return ABSENT;
  const computed = counts.successes / counts.n;
  return agrees(computed, stated) ? { kind: 'counts', ...counts } : { kind: 'unlike', computed, stated };
}

/** The stated member; else that of the metric's full name, its last segment, or `correct` for an accuracy. */
function chooseMember(report: EvalReport, metric: string, samples: readonly Sample[]): string | Wrong | undefined {
  const has = (name: string): boolean => samples.some(({ members }) => members.has(name));
  if (report.sampleScores.kind === 'wrong') return report.sampleScores;
  const stated = givenValue(report.sampleScores)?.get(metric);
  if (stated !== undefined)
    return has(stated) ? stated : wrong(pointerTo('/sample_scores', metric), 'a member of the samples', stated);
  const last = metric.slice(metric.lastIndexOf('.') + 1);
  return [metric, last, ...(last === 'accuracy' ? ['correct'] : [])].find(has);
}

function collect(samples: readonly Sample[], member: string): SampleScores | Wrong {
  const scored: { readonly id: string; readonly value: string }[] = [];
  for (const [index, { id, members }] of samples.entries()) {
    const score = members.get(member);
    if (score === undefined) continue;
    const value = readScore(score, pointerTo(`/samples/${index}`, member));
    if (isWrong(value)) return value;
    scored.push({ id, value });
  }
  scored.sort((a, b) => compareCodePoints(a.id, b.id));
  const values = scored.map(({ value }) => value);
  const binary = values.every((value) => Number(value) === 0 || Number(value) === 1);
  return { kind: 'scores', member, ids: scored.map(({ id }) => id), values, binary };
}

function readScore(value: JsonValue, pointer: string): string | Wrong {
  if (typeof value === 'boolean') return value ? '1' : '0';
  return isJsonNumber(value) ? readDecimal(value, pointer) : wrong(pointer, 'a number, true or false', value);
}

/** Nobody rounds more coarsely than to two digits behind the point: a metric spelled `1` or `1.0` is taken to be exact to that. */
const COARSEST = 0.005;

/** A metric is stated to a certain digit, so that its data may be half a unit of that digit away. */
function agrees(computed: number, stated: string): boolean {
  const [, fraction = '', exponent = '0'] = /^[^.eE]*(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(stated) ?? [];
  const halfUnit = 0.5 * 10 ** (Number(exponent) - fraction.length);
  const allowed = Math.min(halfUnit, COARSEST * Math.max(1, Math.abs(Number(stated))));
  return Math.abs(computed - Number(stated)) <= allowed + ROUNDING;
}
