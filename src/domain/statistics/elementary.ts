/**
 * Exponential and logarithm out of +, -, * and / alone, which IEEE 754 rounds alike on every machine. ECMAScript leaves
 * the digits of `Math.exp`, `Math.log` and `Math.pow` to the engine; verdicts have to be replayed with the same bytes.
 * Method and constants: fdlibm 5.3, `e_exp.c` and `e_log.c`; error below one unit in the last place.
 */

const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/** Coefficients of the remainder of exp, highest power first. */
const EXP_COEFFICIENTS = [
  4.1381367970572385e-8, -1.6533902205465252e-6, 6.613756321437934e-5, -0.0027777777777015593, 0.16666666666666602,
];

/** Coefficients of the remainder of log, highest power first. */
const LOG_COEFFICIENTS = [
  0.14798198605116586, 0.15313837699209373, 0.1818357216161805, 0.22222198432149784, 0.2857142874366239,
  0.3999999999940942, 0.6666666666666735,
];

const SMALLEST_NORMAL = 2.2250738585072014e-308;
const TWO_TO_54 = 18_014_398_509_481_984;

const LARGEST_EXPONENT = 709.782712893384;
const SMALLEST_EXPONENT = -745.1332191019412;

/** Returns e to the power of x. */
export function exponential(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > LARGEST_EXPONENT) return Number.POSITIVE_INFINITY;
  if (x < SMALLEST_EXPONENT) return 0;
  const power = Math.round(x / Math.LN2);
  const high = x - power * LN2_HIGH;
  const low = power * LN2_LOW;
  const rest = high - low;
  const remainder = rest - polynomial(rest * rest, EXP_COEFFICIENTS) * rest * rest;
  const value = 1 - (low - (rest * remainder) / (2 - remainder) - high);
  // In two steps, since 2^power alone may be out of range.
  const half = Math.trunc(power / 2);
  return value * powerOfTwo(half) * powerOfTwo(power - half);
}

/** Returns the natural logarithm: -Infinity for 0, NaN below. */
export function logarithm(x: number): number {
  if (Number.isNaN(x) || x < 0) return Number.NaN;
  if (x === 0) return Number.NEGATIVE_INFINITY;
  if (x === Number.POSITIVE_INFINITY) return x;
  const { fraction, power } = split(x);
  const f = fraction - 1;
  const s = f / (2 + f);
  const z = s * s;
  const half = 0.5 * f * f;
  const tail = s * (half + z * polynomial(z, LOG_COEFFICIENTS)) + power * LN2_LOW;
  return power * LN2_HIGH - (half - tail - f);
}

function polynomial(x: number, coefficients: readonly number[]): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}

/** Returns 2^power for |power| <= 1022. */
function powerOfTwo(power: number): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setUint32(0, (power + 1023) << 20);
  return view.getFloat64(0);
}

/** Splits x > 0 into fraction * 2^power with sqrt(1/2) <= fraction < sqrt(2). */
function split(x: number): { readonly fraction: number; readonly power: number } {
  const isSubnormal = x < SMALLEST_NORMAL;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, isSubnormal ? x * TWO_TO_54 : x);
  const head = view.getUint32(0);
  const exponent = (head >>> 20) - 1023 - (isSubnormal ? 54 : 0);
  view.setUint32(0, (head & 0xfffff) | 0x3ff00000);
  const fraction = view.getFloat64(0);
  return fraction >= Math.SQRT2 ? { fraction: fraction / 2, power: exponent + 1 } : { fraction, power: exponent };
}
