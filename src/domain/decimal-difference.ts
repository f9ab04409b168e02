/** The difference of two decimals, exactly: as doubles, 0.93 - 0.91 would be 0.020000000000000018. */
import { isDecimal } from './decimal.ts';
import { RegistryError } from './errors.ts';

/** Beyond what any double or canonical integer needs; larger exponents would take the memory of all their zeros. */
const MAX_EXPONENT = 10_000;

/** `unscaled * 10^-scale`. */
interface Scaled {
  readonly unscaled: bigint;
  readonly scale: number;
  /** Spelled with a point or an exponent, as floats are (format §2.1). */
  readonly isFloat: boolean;
}

/**
 * Returns `a - b` in the spelling of format §2.1 with every digit: an integer where both are, else a float.
 * Throws `bug` for what is not {@link isDecimal} or has an exponent that no canonical number has.
 */
export function subtractDecimals(a: string, b: string): string {
  const [left, right] = [parse(a), parse(b)];
  const scale = Math.max(left.scale, right.scale);
  const difference = rescale(left, scale) - rescale(right, scale);
  return left.isFloat || right.isFloat ? spellFloat(difference, scale) : String(difference);
}

function parse(text: string): Scaled {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  if (!isDecimal(text) || Math.abs(Number(exponent)) > MAX_EXPONENT)
    throw new RegistryError('bug', `decimal: expected a canonical number, got ${JSON.stringify(text.slice(0, 80))}`);
  const [whole = '', fraction = ''] = mantissa.split('.');
  const scale = fraction.length - Number(exponent);
  const digits = BigInt(whole + fraction);
  const isFloat = /[.e]/i.test(text);
  return scale < 0
    ? { unscaled: digits * 10n ** BigInt(-scale), scale: 0, isFloat }
    : { unscaled: digits, scale, isFloat };
}

function rescale({ unscaled, scale }: Scaled, to: number): bigint {
  return unscaled * 10n ** BigInt(to - scale);
}

/** Exponent form where the exponent is below -4 or from 16 on, with two digits at least. */
function spellFloat(unscaled: bigint, scale: number): string {
  if (unscaled === 0n) return '0.0';
  const sign = unscaled < 0n ? '-' : '';
  const all = String(unscaled < 0n ? -unscaled : unscaled);
  const exponent = all.length - 1 - scale;
  const digits = all.replace(/0+$/, '');
  if (exponent < -4 || exponent >= 16) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
    const power = String(Math.abs(exponent)).padStart(2, '0');
    return `${sign}${digits[0]}${fraction}e${exponent < 0 ? '-' : '+'}${power}`;
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  return `${sign}${whole}.${digits.slice(exponent + 1) || '0'}`;
}
