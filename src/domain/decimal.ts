/** Decimal numbers as text, compared and rounded exactly: metric values and thresholds never become floats (format §2.3). */
import { RegistryError } from './errors.ts';
import { MAX_INTEGER_DIGITS } from './json-number.ts';

const DECIMAL = /^(?<sign>-?)(?<whole>0|[1-9][0-9]*)(?:\.(?<fraction>[0-9]+))?(?:[eE](?<exponent>[+-]?[0-9]+))?$/;

/** A decimal without leading or trailing zeros: `sign * 0.digits * 10^point`. Zero has no digits and sign 0. */
interface Decimal {
  readonly sign: -1 | 0 | 1;
  readonly digits: string;
  readonly point: bigint;
}

/** Longest canonical number: a negative integer of 4,300 digits. Longer texts are refused before they cost time. */
const MAX_LENGTH: number = MAX_INTEGER_DIGITS + 1;

/** Tells whether a text is a number of JSON's grammar, and no longer than canonical ones are. */
export function isDecimal(text: string): boolean {
  return text.length <= MAX_LENGTH && DECIMAL.test(text);
}

/**
 * Compares two decimals by value: negative, zero or positive; `1`, `1.0` and `1e+00` are equal. No digit is lost,
 * however long. Throws `bug` for what is not {@link isDecimal}.
 */
export function compareDecimals(a: string, b: string): number {
  const [left, right] = [parse(a), parse(b)];
  if (left.sign !== right.sign) return left.sign - right.sign;
  return left.sign < 0 ? compareMagnitudes(right, left) : compareMagnitudes(left, right);
}

/**
 * Returns a metric for people: integers as they are, floats rounded half away from zero to `decimals` digits. A float
 * that this would make unreadable (from 1e+16 on) or hide (a small one that would show as zero) stays as it is.
 */
export function formatMetric(value: string, decimals = 4): string {
  const { sign, digits, point } = parse(value);
  if (!/[.eE]/.test(value) || point > 16n) return value;
  const rounded = roundHalfAway(digits, Number(point) + decimals);
  if (sign !== 0 && rounded === 0n) return value;
  const text = String(rounded).padStart(decimals + 1, '0');
  const whole = text.slice(0, text.length - decimals);
  return `${sign < 0 ? '-' : ''}${whole}${decimals > 0 ? `.${text.slice(-decimals)}` : ''}`;
}

function parse(text: string): Decimal {
  const groups = isDecimal(text) ? DECIMAL.exec(text)?.groups : undefined;
  if (groups === undefined) throw new RegistryError('bug', `decimal: expected a number, got ${JSON.stringify(text)}`);
  const { sign, whole = '', fraction = '', exponent = '0' } = groups;
  const all = whole + fraction;
  const digits = all.replace(/^0+/, '').replace(/0+$/, '');
  if (digits === '') return { sign: 0, digits, point: 0n };
  const leadingZeros = all.search(/[1-9]/);
  return { sign: sign === '-' ? -1 : 1, digits, point: BigInt(whole.length - leadingZeros) + BigInt(exponent) };
}

/** The higher power wins; else the digits decide, which compare as text since they start at the same power. */
function compareMagnitudes(a: Decimal, b: Decimal): number {
  if (a.point !== b.point) return a.point < b.point ? -1 : 1;
  if (a.digits === b.digits) return 0;
  return a.digits < b.digits ? -1 : 1;
}

/** Returns `0.digits * 10^places`, rounded to an integer. */
function roundHalfAway(digits: string, places: number): bigint {
  if (places < 0) return 0n;
  const kept = BigInt(digits.slice(0, places).padEnd(places, '0') || '0');
  return (digits[places] ?? '0') >= '5' ? kept + 1n : kept;
}
