/** Sums, means and spreads. */

/** Returns the sum, with the roundings of each addition added up beside it (Neumaier 1974, Python's `math.fsum` nearly). */
export function sumOf(values: Iterable<number>): number {
  let sum = 0;
  let lost = 0;
  for (const value of values) {
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return sum + lost;
}

/** Returns the mean (`numpy.mean`); NaN of nothing. */
export function meanOf(values: readonly number[]): number {
  return sumOf(values) / values.length;
}

/** Returns the standard error of the mean, `sd / sqrt(n)` with n - 1 degrees of freedom (`scipy.stats.sem`). */
export function standardErrorOf(values: readonly number[]): number {
  const mean = meanOf(values);
  const squares = sumOf(values.map((value) => (value - mean) * (value - mean)));
  return Math.sqrt(squares / (values.length - 1) / values.length);
}
