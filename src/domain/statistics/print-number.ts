/** Floats as verdicts show them. */
import { RegistryError } from '../errors.ts';
import { spellFloat } from '../json-number.ts';

/** Enough to tell results apart, and few enough that the last place of a sum does not show. */
const DIGITS = 12;

/**
 * Returns the canonical text (format §2.1) of a float rounded to 12 significant digits: `0.121193973171`, `2.0`,
 * `1e-05`; zero has no sign. What is decided about a number is decided about this text. Throws `bug` where it is not finite.
 */
export function printNumber(value: number): string {
  const text = spellFloat(value === 0 ? 0 : Number(value.toPrecision(DIGITS)));
  if (text === undefined) throw new RegistryError('bug', `statistics: ${value} is no result`);
  return text;
}
