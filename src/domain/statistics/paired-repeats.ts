/** How sure the mean difference of two models over repeated trainings is. */
import { type Interval, type Sides, tailOf } from './interval.ts';
import { meanOf, standardErrorOf } from './moments.ts';
import { type Unfit, unfitFor } from './paired-evidence.ts';
import { studentCdf, studentQuantile } from './student-t.ts';

/** The mean difference with its standard error, or why there is none. */
export type PairedRepeats =
  | {
      readonly kind: 'interval';
      readonly n: number;
      readonly estimate: number;
      readonly standardError: number;
      readonly interval: Interval;
    }
  | { readonly kind: 'unfit'; readonly n: number; readonly reason: Unfit };

/**
 * Returns Student's interval of the mean difference (`scipy.stats.ttest_rel(a, b).confidence_interval()`). It assumes
 * differences that are roughly normal and independent: repeats over seeds are, folds of one cross-validation share
 * training data, and their interval is too narrow (Nadeau and Bengio 2003).
 */
export function pairedRepeats(differences: readonly number[], confidence: number, sides: Sides): PairedRepeats {
  const n = differences.length;
  const reason = unfitFor(differences);
  if (reason !== undefined) return { kind: 'unfit', n, reason };
  const [estimate, standardError] = [meanOf(differences), standardErrorOf(differences)];
  const reach = -studentQuantile(tailOf(confidence, sides), n - 1) * standardError;
  const interval = { low: estimate - reach, high: estimate + reach };
  return { kind: 'interval', n, estimate, standardError, interval };
}

/** Returns the one-sided p-value against "the mean is above `margin`". */
export function repeatsPValue(
  repeats: Pick<Extract<PairedRepeats, { kind: 'interval' }>, 'n' | 'estimate' | 'standardError'>,
  margin: number,
): number {
  return studentCdf((margin - repeats.estimate) / repeats.standardError, repeats.n - 1);
}
