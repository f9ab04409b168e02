/** What all intervals have in common. */

/** From where to where, in the unit of what was measured. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * One-sided: each bound alone holds with the confidence, as a gate asks that looks in one direction. Two-sided: both
 * bounds hold together, as a table shows them.
 */
export type Sides = 'one' | 'two';

/** Returns the probability that is left out at each end; confidence is a share, 0.95. */
export function tailOf(confidence: number, sides: Sides): number {
  return (1 - confidence) / (sides === 'one' ? 1 : 2);
}
