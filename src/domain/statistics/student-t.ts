/** Student's t distribution. */
import { betaCdf, betaQuantile } from './beta.ts';

/** Returns P(T <= t) with so many degrees of freedom: `scipy.stats.t.cdf(t, df)`. */
export function studentCdf(t: number, freedom: number): number {
  const square = t * t;
  const tail = betaCdf(freedom / (freedom + square), freedom / 2, 0.5, square / (freedom + square)) / 2;
  return t < 0 ? tail : 1 - tail;
}

/** Returns the t below which T lies with probability p, 0 < p < 1: `scipy.stats.t.ppf(p, df)`. */
export function studentQuantile(p: number, freedom: number): number {
  if (p > 0.5) return -studentQuantile(1 - p, freedom);
  // Of the two shares t²/(df + t²) and df/(df + t²), the smaller is found: 1 less it loses nothing.
  const outer = betaQuantile(2 * p, freedom / 2, 0.5);
  if (outer < 0.5) return -Math.sqrt((freedom * (1 - outer)) / outer);
  const inner = betaQuantile(1 - 2 * p, 0.5, freedom / 2);
  return -Math.sqrt((freedom * inner) / (1 - inner));
}
