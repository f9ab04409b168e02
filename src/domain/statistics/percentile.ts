/** Percentiles of raw values. */

/**
 * Returns the q-th percentile, 0 <= q <= 100, with linear interpolation between neighbours: `numpy.percentile(values, q)`
 * to the last bit. NaN of nothing.
 */
export function percentileOf(values: readonly number[], q: number): number {
  return percentileOfSorted(Float64Array.from(values).sort(), q);
}

/** Returns {@link percentileOf} of values in ascending order. */
export function percentileOfSorted(sorted: Float64Array, q: number): number {
  const place = (q / 100) * (sorted.length - 1);
  const index = Math.floor(place);
  const share = place - index;
  const low = sorted[index] ?? Number.NaN;
  const high = sorted[index + 1] ?? low;
  // From the nearer end, as numpy does.
  return share >= 0.5 ? high - (high - low) * (1 - share) : low + (high - low) * share;
}
