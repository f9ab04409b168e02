/** Means of samples drawn again, with replacement. */
import { drawBinomial } from './draw-binomial.ts';
import type { RandomBits } from './random.ts';

/** From so many values per distinct one on, drawing how often each comes is quicker than drawing values. */
const VALUES_PER_DISTINCT = 8;

/** Distinct values in ascending order, and how many values come before each; the last place counts all. */
interface Histogram {
  readonly values: Float64Array;
  readonly starts: Float64Array;
}

/**
 * Returns, in ascending order, the means of `resamples` samples, each of as many values as were given, drawn from them
 * with replacement. They depend on the values and the bits, never on the order of the values.
 *
 * Where few values are distinct (scores of 0 and 1 differ by -1, 0 or 1) the counts are drawn, from the multinomial
 * distribution that drawing values would give them: n/16 steps instead of n.
 */
export function resampleMeans(values: readonly number[], resamples: number, bits: RandomBits): Float64Array {
  const sorted = Float64Array.from(values).sort();
  const histogram = histogramOf(sorted);
  const means = new Float64Array(resamples);
  const byCounts = histogram.values.length * VALUES_PER_DISTINCT <= sorted.length;
  for (let index = 0; index < resamples; index++) {
    const sum = byCounts
      ? sumOfCounts(bits, histogram, 0, histogram.values.length, sorted.length)
      : sumOfDraws(bits, sorted);
    means[index] = sum / sorted.length;
  }
  return means.sort();
}

function histogramOf(sorted: Float64Array): Histogram {
  const starts = [...sorted.keys()].filter((index) => index === 0 || sorted[index] !== sorted[index - 1]);
  const values = Float64Array.from(starts, (start) => sorted[start] ?? 0);
  return { values, starts: Float64Array.from([...starts, sorted.length]) };
}

function sumOfDraws(bits: RandomBits, sorted: Float64Array): number {
  const n = sorted.length;
  let sum = 0;
  for (let draw = 0; draw < n; draw++) sum += sorted[bits.below(n)] as number;
  return sum;
}

/** Shares `count` draws out among the values from..to-1: so many to the lower half of them, the rest to the upper. */
function sumOfCounts(bits: RandomBits, histogram: Histogram, from: number, to: number, count: number): number {
  if (count === 0) return 0;
  const { values, starts } = histogram;
  if (to - from === 1) return count * (values[from] as number);
  const middle = (from + to) >>> 1;
  const first = starts[from] as number;
  const lower = drawBinomial(bits, count, (starts[middle] as number) - first, (starts[to] as number) - first);
  return sumOfCounts(bits, histogram, from, middle, lower) + sumOfCounts(bits, histogram, middle, to, count - lower);
}
