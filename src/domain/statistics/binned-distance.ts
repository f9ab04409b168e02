/** How far two distributions over the same bins of numbers are apart, bins in their order. */
import { sumOf } from './moments.ts';

/**
 * Returns the statistic of Kolmogorov and Smirnov, 0 to 1: the largest difference between the cumulated shares, at the
 * edges. Of raw values it may be larger, never smaller: what happens within a bin is not known.
 */
export function kolmogorovSmirnov(reference: readonly number[], current: readonly number[]): number {
  return cumulatedGaps(reference, current).reduce((largest, gap) => Math.max(largest, gap), 0);
}

/**
 * Returns the first Wasserstein distance in the unit of the edges, each share put at the middle of its bin:
 * `scipy.stats.wasserstein_distance(middles, middles, reference, current)`. Of raw values it differs by at most the width
 * of the widest bin. `edges` are one more than the bins, ascending.
 */
export function wassersteinDistance(
  edges: readonly number[],
  reference: readonly number[],
  current: readonly number[],
): number {
  const middles = edges.slice(1).map((edge, bin) => edge / 2 + (edges[bin] ?? 0) / 2);
  const gaps = cumulatedGaps(reference, current).slice(0, -1);
  return sumOf(gaps.map((gap, bin) => gap * ((middles[bin + 1] ?? 0) - (middles[bin] ?? 0))));
}

/** How far the cumulated shares are apart at the end of each bin. */
function cumulatedGaps(reference: readonly number[], current: readonly number[]): readonly number[] {
  let gap = 0;
  return reference.map((share, bin) => {
    gap += share - (current[bin] ?? 0);
    return Math.abs(gap);
  });
}
