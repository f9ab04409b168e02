/** The standard normal distribution. */
import { exponential, logarithm } from './elementary.ts';

/** From here on the continued fraction of the tail is quick, and the series around zero would lose digits. */
const TAIL = 2.5;
const FRACTION_TERMS = 120;
const REFINEMENTS = 4;

/** Returns P(Z <= z): `scipy.stats.norm.cdf`. */
export function normalCdf(z: number): number {
  if (Math.abs(z) <= TAIL) return 0.5 + density(z) * series(z);
  const tail = upperTail(Math.abs(z));
  return z < 0 ? tail : 1 - tail;
}

/** Returns the z below which Z lies with probability p: `scipy.stats.norm.ppf`. Infinite at 0 and 1. */
export function normalQuantile(p: number): number {
  if (p > 0.5) return -normalQuantile(1 - p);
  if (p === 0.5) return 0;
  if (p <= 0) return p === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  let z = roughQuantile(p);
  // Halley's method triples the right digits each time, and the start has three.
  for (let step = 0; step < REFINEMENTS; step++) {
    const ratio = (normalCdf(z) - p) / density(z);
    z -= ratio / (1 + (z * ratio) / 2);
  }
  return z;
}

function density(z: number): number {
  return exponential(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
}

/** Marsaglia 2004: `z + z^3/3 + z^5/(3*5) + ...`; every term has the sign of z. */
function series(z: number): number {
  let [sum, term] = [z, z];
  for (let odd = 3; ; odd += 2) {
    term *= (z * z) / odd;
    if (sum + term === sum) return sum;
    sum += term;
  }
}

/** Laplace's continued fraction `1/(z + 1/(z + 2/(z + 3/...)))`, from its end. */
function upperTail(z: number): number {
  let fraction = z;
  for (let term = FRACTION_TERMS; term > 0; term--) fraction = z + term / fraction;
  return density(z) / fraction;
}

/** Abramowitz and Stegun 26.2.23, for p < 1/2: right to 0.00045. */
function roughQuantile(p: number): number {
  const t = Math.sqrt(-2 * logarithm(p));
  const above = 2.515517 + t * (0.802853 + t * 0.010328);
  return above / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t;
}
