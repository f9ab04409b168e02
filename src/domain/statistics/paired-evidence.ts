/** When differences allow a statement about their mean at all. */

/** Why they do not: fewer than two, all equal (no spread can be told from them), or too large or small for floats. */
export type Unfit = 'too-few' | 'all-equal' | 'out-of-range';

/** Their squares and cubes stay floats between these. */
const LARGEST = 1e100;
const SMALLEST = 1e-100;

/** Returns why nothing can be said of the mean of these differences, or undefined where it can. */
export function unfitFor(differences: readonly number[]): Unfit | undefined {
  if (differences.length < 2) return 'too-few';
  if (differences.every((difference) => difference === differences[0])) return 'all-equal';
  const largest = differences.reduce((most, difference) => Math.max(most, Math.abs(difference)), 0);
  return largest < LARGEST && largest > SMALLEST ? undefined : 'out-of-range';
}
