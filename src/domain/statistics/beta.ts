/** The beta distribution: tails of binomials, of Student's t, and the exact interval of a proportion. */
import { RegistryError } from '../errors.ts';
import { binomialDensity } from './binomial-density.ts';

/** Keeps a denominator off zero (Lentz's method). */
const TINY = 1e-300;
const MAX_TERMS = 1_000_000;

/**
 * Returns the regularised incomplete beta function `I_x(a, b)` for a, b > 0: `scipy.special.betainc`. `y` is 1 - x, for
 * those who have it more exactly.
 */
export function betaCdf(x: number, a: number, b: number, y: number = 1 - x): number {
  if (x <= 0) return 0;
  if (y <= 0) return 1;
  // The fraction is quick up to the mean; beyond it the other tail is worked out.
  if (x > (a + 1) / (a + b + 2)) return 1 - lowerTail(y, b, a, x);
  return lowerTail(x, a, b, y);
}

/** Returns the x with `I_x(a, b) = p`: `scipy.special.betaincinv`. By halving: slow, and never astray. */
export function betaQuantile(p: number, a: number, b: number): number {
  let [low, high] = [0, 1];
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return middle;
    if (betaCdf(middle, a, b) < p) low = middle;
    else high = middle;
  }
}

function lowerTail(x: number, a: number, b: number, y: number): number {
  return (binomialDensity(a, a + b, x, y) * b * continuedFraction(x, a, b)) / (a + b);
}

/** DLMF 8.17.22 by the method of Lentz. */
function continuedFraction(x: number, a: number, b: number): number {
  let above = 1;
  let below = 1 / offZero(1 - ((a + b) * x) / (a + 1));
  let fraction = below;
  const take = (coefficient: number): number => {
    below = 1 / offZero(1 + coefficient * below);
    above = offZero(1 + coefficient / above);
    fraction *= below * above;
    return below * above;
  };
  for (let m = 1; m <= MAX_TERMS; m++) {
    const even = a + 2 * m;
    take((m * (b - m) * x) / ((even - 1) * even));
    const factor = take((-(a + m) * (a + b + m) * x) / (even * (even + 1)));
    if (Math.abs(factor - 1) <= Number.EPSILON) return fraction;
  }
  throw new RegistryError('bug', `statistics: I_${x}(${a}, ${b}) does not converge`);
}

function offZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}
