/** The exact interval of a proportion. */
import { betaQuantile } from './beta.ts';
import { type Interval, type Sides, tailOf } from './interval.ts';

/**
 * Returns the interval of Clopper and Pearson (1934) of `successes` out of n > 0: it never holds less often than it says,
 * and is wider than Wilson's. `scipy.stats.binomtest(k, n).proportion_ci(method='exact')`.
 */
export function clopperPearsonInterval(successes: number, n: number, confidence: number, sides: Sides): Interval {
  const tail = tailOf(confidence, sides);
  const failures = n - successes;
  return {
    low: successes === 0 ? 0 : betaQuantile(tail, successes, failures + 1),
    // Of the failures, so that the tail keeps its digits.
    high: failures === 0 ? 1 : 1 - betaQuantile(tail, failures, successes + 1),
  };
}
