/**
 * Decimal numbers as text, compared, added and rounded exactly: metric values and thresholds never become floats
 * (format §2.3).
 */
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

/** Digits before and after the point that sums are worked out to: `1e999999999` plus one would fill the memory. */
const MAX_SUM_PLACES = 1000;

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
 * Tells whether a decimal may be added: it has no digit more than 1,000 places before or behind the point. Every float
 * that JSON can hold may be; what people write (thresholds, margins) is to be asked before.
 */
export function isSummable(text: string): boolean {
  if (!isDecimal(text)) return false;
  const { digits, point } = parse(text);
  return point <= MAX_SUM_PLACES && BigInt(digits.length) - point <= MAX_SUM_PLACES;
}

/**
 * Returns a + b, exactly, spelled as canonical numbers are (format §2.1): an integer where both are, else a float, but
 * with all its digits. Throws `bug` for what is not {@link isSummable}.
 */
export function addDecimals(a: string, b: string): string {
  return sum(a, b, 1n);
}

/** Returns a - b, as {@link addDecimals} does. */
export function subtractDecimals(a: string, b: string): string {
  return sum(a, b, -1n);
}

/** Returns -1, 0 or 1 for a decimal below, at or above zero. Throws `bug` for what is not {@link isDecimal}. */
export function signOfDecimal(text: string): -1 | 0 | 1 {
  return parse(text).sign;
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

/** Returns a difference for people: as {@link formatMetric}, and always with its sign: `+0.0200`, `-0.0100`, `+0.0000`. */
export function formatSigned(value: string, decimals = 4): string {
  return `${signOfDecimal(value) < 0 ? '-' : '+'}${formatMetric(value, decimals).replace('-', '')}`;
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

function sum(a: string, b: string, factor: bigint): string {
  for (const text of [a, b]) {
    if (!isSummable(text)) throw new RegistryError('bug', `decimal: no sums of ${JSON.stringify(text.slice(0, 80))}`);
  }
  const [left, right] = [parse(a), parse(b)];
  const places = Math.max(0, fractionOf(left), fractionOf(right));
  const total = unitsOf(left, places) + factor * unitsOf(right, places);
  return /[.eE]/.test(a + b) ? spell(total, places) : String(total);
}

/** Digits behind the point; negative for a number that ends in zeros before it. */
function fractionOf({ digits, point }: Decimal): number {
  return digits.length - Number(point);
}

/** Returns the number in units of `10^-places`. */
function unitsOf(decimal: Decimal, places: number): bigint {
  return BigInt(decimal.sign) * BigInt(decimal.digits) * 10n ** BigInt(places - fractionOf(decimal));
}

/** Spells `units * 10^-places` as floats are (format §2.1): with an exponent below 1e-4 and from 1e+16 on. */
function spell(units: bigint, places: number): string {
  if (units === 0n) return '0.0';
  const sign = units < 0n ? '-' : '';
  const all = String(units).replace('-', '');
  const digits = all.replace(/0+$/, '');
  const exponent = all.length - places - 1;
  if (exponent >= -4 && exponent < 16) return sign + spellPlainly(all, places);
  const power = String(Math.abs(exponent)).padStart(2, '0');
  const rest = digits.length > 1 ? `.${digits.slice(1)}` : '';
  return `${sign}${digits[0]}${rest}e${exponent < 0 ? '-' : '+'}${power}`;
}

function spellPlainly(all: string, places: number): string {
  const padded = all.padStart(places + 1, '0');
  const split = padded.length - places;
  return `${padded.slice(0, split)}.${padded.slice(split).replace(/0+$/, '') || '0'}`;
}
