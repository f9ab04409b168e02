/** Numbers as Python prints them (format §2.1): integers keep every digit, floats the shortest that round-trip. */

/** Most digits of an integer: Python's own limit. */
export const MAX_INTEGER_DIGITS = 4300;

/** Returns the canonical spelling of an integer literal of the JSON grammar, or undefined where it is too long. */
export function spellInteger(literal: string): string | undefined {
  if (literal.length > MAX_INTEGER_DIGITS + (literal.startsWith('-') ? 1 : 0)) return undefined;
  return literal === '-0' ? '0' : literal;
}

/** Returns Python's `repr` of a float, or undefined where it is not finite. */
export function spellFloat(value: number): string | undefined {
  if (!Number.isFinite(value)) return undefined;
  if (Object.is(value, -0)) return '-0.0';
  const magnitude = Math.abs(value);
  if (magnitude === 0 || (magnitude >= 1e-4 && magnitude < 1e16)) {
    // ECMAScript prints the same shortest digits, and without an exponent in this range.
    const digits = String(value);
    return digits.includes('.') ? digits : `${digits}.0`;
  }
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  return `${digits}e${exponent.slice(0, 1)}${exponent.slice(1).padStart(2, '0')}`;
}
