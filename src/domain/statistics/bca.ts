/** What a bootstrap distribution says of a mean (Efron 1987, "Better bootstrap confidence intervals"). */
import { type Interval, type Sides, tailOf } from './interval.ts';
import { meanOf, sumOf } from './moments.ts';
import { normalCdf, normalQuantile } from './normal.ts';
import { percentileOfSorted } from './percentile.ts';

/** Means of resamples in ascending order, and what corrects them. */
export interface BootstrapDistribution {
  readonly means: Float64Array;
  readonly estimate: number;
  /** z0: how far the median of the means lies off the estimate, in normal deviates. */
  readonly bias: number;
  /** a: how fast the spread changes with the mean. */
  readonly acceleration: number;
}

/** Sums of the same values in another order may differ in their last digits; so near, they are equal. */
const TIE = 1e-12;

/** Puts together a distribution; the means in ascending order. */
export function bootstrapDistribution(
  values: readonly number[],
  estimate: number,
  means: Float64Array,
): BootstrapDistribution {
  return { means, estimate, bias: normalQuantile(shareBelow(means, estimate)), acceleration: accelerationOf(values) };
}

/** Returns the acceleration by the jackknife, which for a mean is the skewness: `sum d^3 / (6 (sum d^2)^1.5)`. */
export function accelerationOf(values: readonly number[]): number {
  const mean = meanOf(values);
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value - mean)), 0);
  if (largest === 0) return 0;
  // In units of the largest one, so that no cube leaves the range of floats.
  const deviations = values.map((value) => (value - mean) / largest);
  const squares = sumOf(deviations.map((deviation) => deviation * deviation));
  const cubes = sumOf(deviations.map((deviation) => deviation * deviation * deviation));
  return cubes / (6 * squares * Math.sqrt(squares));
}

/** Returns the BCa interval: `scipy.stats.bootstrap(..., method='BCa')` for the same means. */
export function bcaInterval(distribution: BootstrapDistribution, confidence: number, sides: Sides): Interval {
  const z = normalQuantile(tailOf(confidence, sides));
  return { low: adjustedQuantile(distribution, z), high: adjustedQuantile(distribution, -z) };
}

/** Returns the percentile interval, which corrects nothing: to check the other by. */
export function percentileInterval(means: Float64Array, confidence: number, sides: Sides): Interval {
  const tail = tailOf(confidence, sides) * 100;
  return { low: percentileOfSorted(means, tail), high: percentileOfSorted(means, 100 - tail) };
}

/**
 * Returns the one-sided p-value against "the mean is above `margin`": the level whose lower BCa bound is the margin (Efron
 * and Tibshirani 1993, §15.4). It is never below `1 / (B + 1)`, since no more can be known from B means.
 */
export function bcaPValue(distribution: BootstrapDistribution, margin: number): number {
  const { means, bias, acceleration } = distribution;
  const shifted = normalQuantile(shareBelow(means, margin)) - bias;
  const denominator = 1 + acceleration * shifted;
  const least = 1 / (means.length + 1);
  if (denominator <= 0) return shifted < 0 ? least : 1;
  return Math.max(least, normalCdf(shifted / denominator - bias));
}

function adjustedQuantile({ means, bias, acceleration }: BootstrapDistribution, z: number): number {
  const shifted = bias + z;
  const denominator = 1 - acceleration * shifted;
  // Beyond that the correction would turn back: the end of what was drawn is all that can be said.
  if (denominator <= 0) return percentileOfSorted(means, shifted < 0 ? 0 : 100);
  return percentileOfSorted(means, normalCdf(bias + shifted / denominator) * 100);
}

/** The share of means below a value, half of those at it counted; kept off 0 and 1, where no deviate is finite. */
function shareBelow(means: Float64Array, value: number): number {
  const scale = Math.max(Math.abs(means[0] ?? 0), Math.abs(means.at(-1) ?? 0)) * TIE;
  const below = countUpTo(means, (mean) => mean < value - scale);
  const upTo = countUpTo(means, (mean) => mean <= value + scale);
  const least = 1 / (means.length + 1);
  return Math.min(1 - least, Math.max(least, (below + upTo) / 2 / means.length));
}

/** Returns how many means, from the first, pass a test that later ones fail. */
function countUpTo(means: Float64Array, passes: (mean: number) => boolean): number {
  let [low, high] = [0, means.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (passes(means[middle] as number)) low = middle + 1;
    else high = middle;
  }
  return low;
}
