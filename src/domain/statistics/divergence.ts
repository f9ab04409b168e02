/** How far two distributions over the same bins are apart, whatever the bins are. */
import { logarithm } from './elementary.ts';
import { sumOf } from './moments.ts';

/** Added to each bin, so that an empty one has a logarithm. */
const EPSILON = 1e-8;

/**
 * Returns the population stability index, `sum (c - r) ln(c / r)`, of shares or counts, 1e-8 added to each before they are
 * made to add up to 1. Zero where both are alike; 0.1 and 0.2 are the customary bounds of "some" and "much" drift. Give it
 * shares: what the 1e-8 does to an empty bin depends on the size of the counts.
 */
export function populationStabilityIndex(reference: readonly number[], current: readonly number[]): number {
  const [r, c] = [smoothed(reference), smoothed(current)];
  return sumOf(r.map((share, bin) => ((c[bin] ?? 0) - share) * logarithm((c[bin] ?? 0) / share)));
}

/**
 * Returns the Jensen-Shannon divergence in nats, 0 to ln 2, with 1e-8 as {@link populationStabilityIndex}: the square of
 * `scipy.spatial.distance.jensenshannon`, which is the distance.
 */
export function jensenShannonDivergence(reference: readonly number[], current: readonly number[]): number {
  const [r, c] = [smoothed(reference), smoothed(current)];
  const middle = r.map((share, bin) => (share + (c[bin] ?? 0)) / 2);
  // Between nearly alike ones the last digits may cancel to less than nothing.
  return Math.max(0, (relativeEntropy(r, middle) + relativeEntropy(c, middle)) / 2);
}

function smoothed(bins: readonly number[]): readonly number[] {
  const filled = bins.map((bin) => bin + EPSILON);
  const total = sumOf(filled);
  return filled.map((bin) => bin / total);
}

function relativeEntropy(p: readonly number[], q: readonly number[]): number {
  return sumOf(p.map((share, bin) => share * logarithm(share / (q[bin] ?? 0))));
}
