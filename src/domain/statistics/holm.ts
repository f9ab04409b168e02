/** Several questions asked at once. */

/**
 * Returns the p-values adjusted by Holm (1979, "A simple sequentially rejective multiple test procedure"), in the order
 * given: with those at or below alpha called significant, the probability of one false call among all is at most alpha,
 * however the tests depend on each other. R's `p.adjust(p, "holm")`.
 */
export function holmAdjusted(pValues: readonly number[]): readonly number[] {
  const adjusted = pValues.map(() => 1);
  let largest = 0;
  const ascending = Array.from(pValues.entries()).sort(([i, p], [j, q]) => p - q || i - j);
  for (const [rank, [index, p]] of ascending.entries()) {
    largest = Math.max(largest, Math.min(1, p * (pValues.length - rank)));
    adjusted[index] = largest;
  }
  return adjusted;
}
