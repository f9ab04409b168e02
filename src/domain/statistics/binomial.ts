/** The binomial distribution: how many of n succeed where each does with probability p. */
import { betaCdf } from './beta.ts';

/** Returns P(X <= k): `scipy.stats.binom.cdf(k, n, p)`. */
export function binomialCdf(k: number, n: number, p: number): number {
  if (k < 0) return 0;
  return k >= n ? 1 : betaCdf(1 - p, n - k, k + 1, p);
}

/** Returns P(X >= k), without the digits that `1 - P(X <= k - 1)` would lose: `scipy.stats.binom.sf(k - 1, n, p)`. */
export function binomialTail(k: number, n: number, p: number): number {
  if (k > n) return 0;
  return k <= 0 ? 1 : betaCdf(p, k, n - k + 1);
}
