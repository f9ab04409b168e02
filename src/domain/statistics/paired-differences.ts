/** What two models score on the same samples, or in the same repeats, taken from each other. */
import { isSummable, subtractDecimals } from '../decimal.ts';

const SHORT_INTEGER = /^-?[0-9]{1,15}$/;

/**
 * Returns candidate - baseline, one by one, each the float nearest to the exact difference of the decimals: 0.4 - 0.2 and
 * 0.3 - 0.1 are equal, as the floats are not. Both lists are of the same samples in the same order, and as long. NaN
 * stands for what no float is near to: an integer of more than a thousand digits.
 */
export function pairedDifferences(candidate: readonly string[], baseline: readonly string[]): readonly number[] {
  return candidate.map((text, index) => difference(text, baseline[index] ?? ''));
}

function difference(a: string, b: string): number {
  // Scores are 0 and 1 mostly, and there are many.
  if (SHORT_INTEGER.test(a) && SHORT_INTEGER.test(b)) return Number(a) - Number(b);
  return isSummable(a) && isSummable(b) ? Number(subtractDecimals(a, b)) : Number.NaN;
}
