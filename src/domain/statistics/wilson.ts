/** The score interval of a proportion. */
import { type Interval, type Sides, tailOf } from './interval.ts';
import { normalQuantile } from './normal.ts';

/**
 * Returns Wilson's interval (1927) of `successes` out of n > 0, never outside 0 to 1: on average it holds as often as it
 * says. `scipy.stats.binomtest(k, n).proportion_ci(method='wilson')`.
 */
export function wilsonInterval(successes: number, n: number, confidence: number, sides: Sides): Interval {
  const z = -normalQuantile(tailOf(confidence, sides));
  const failures = n - successes;
  const spread = z * Math.sqrt((successes * failures) / n + (z * z) / 4);
  const centre = successes + (z * z) / 2;
  const low = successes === 0 ? 0 : (centre - spread) / (n + z * z);
  const high = failures === 0 ? 1 : (centre + spread) / (n + z * z);
  return { low, high };
}
