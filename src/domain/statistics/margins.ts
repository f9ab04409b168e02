/** Decisions. Each is taken on the printed number, in exact decimals, so that who reads a verdict can take it again. */
import { addDecimals, compareDecimals, subtractDecimals } from '../decimal.ts';
import { printNumber } from './print-number.ts';

/** Tells whether a difference, or the lower bound of its interval, is above a margin: strictly, `0.02` is not above `0.02`. */
export function isSuperior(difference: number, by: string): boolean {
  return compareDecimals(printNumber(difference), by) > 0;
}

/**
 * Tells whether a lower bound excludes that the candidate is worse by the margin or more (a non-negative decimal):
 * `-0.01` does for a margin of `0.02`, `-0.02` does not.
 */
export function isNonInferior(lowerBound: number, margin: string): boolean {
  return compareDecimals(addDecimals(printNumber(lowerBound), margin), '0') > 0;
}

/** Tells whether a p-value is at most 1 - confidence, a decimal: `0.05` is significant at `0.95`. */
export function isSignificant(pValue: number, confidence: string): boolean {
  return compareDecimals(printNumber(pValue), subtractDecimals('1', confidence)) <= 0;
}
