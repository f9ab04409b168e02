/** The probability of one count, to nearly full precision whatever its size. */
import { exponential, logarithm } from './elementary.ts';

/** From here on five terms of Stirling's series are exact to a double. */
const SERIES_FROM = 16;

/**
 * Returns `C(n, x) p^x (1-p)^(n-x)` for real 0 <= x <= n: `scipy.stats.binom.pmf` where both are integers. Factorials
 * would lose digits with growing n; this is Catherine Loader's saddle-point form (2000, "Fast and accurate computation of
 * binomial probabilities"). `q` is 1 - p, for those who have it more exactly.
 */
export function binomialDensity(x: number, n: number, p: number, q: number = 1 - p): number {
  if (p === 0) return x === 0 ? 1 : 0;
  if (q === 0) return x === n ? 1 : 0;
  if (x === 0) return exponential(-deviance(n, n * q) - n * p);
  if (x === n) return exponential(-deviance(n, n * p) - n * q);
  const corrections = stirlingError(n) - stirlingError(x) - stirlingError(n - x);
  const exponent = corrections - deviance(x, n * p) - deviance(n - x, n * q);
  return exponential(exponent) * Math.sqrt(n / (2 * Math.PI * x * (n - x)));
}

/** `log(n!) - log(sqrt(2 pi n) (n/e)^n)` for n > 0. Small n goes up to the series one by one. */
function stirlingError(n: number): number {
  let error = 0;
  let m = n;
  for (; m < SERIES_FROM; m++) error += (m + 0.5) * logarithm((m + 1) / m) - 1;
  const square = m * m;
  return error + (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / square) / square) / square) / square) / m;
}

/** `x log(x/mean) + mean - x`, without cancellation where both are near each other. */
function deviance(x: number, mean: number): number {
  if (Math.abs(x - mean) >= 0.1 * (x + mean)) return x * logarithm(x / mean) + mean - x;
  const v = (x - mean) / (x + mean);
  let sum = (x - mean) * v;
  let term = 2 * x * v;
  for (let odd = 3; ; odd += 2) {
    term *= v * v;
    const next = sum + term / odd;
    if (next === sum) return sum;
    sum = next;
  }
}
