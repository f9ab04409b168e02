/** The difference of two proportions that were counted on different samples. */
import type { Interval, Sides } from './interval.ts';
import { wilsonInterval } from './wilson.ts';

/** How many succeeded, of how many. */
export interface Proportion {
  readonly successes: number;
  readonly n: number;
}

/** A difference and the interval that holds it. */
export interface ProportionDifference extends Interval {
  readonly estimate: number;
}

/**
 * Returns candidate - baseline with the hybrid score interval of Newcombe (1998, "Interval estimation for the difference
 * between independent proportions", method 10). It assumes independent samples: on one evaluation set, where both models
 * saw the same ones, it is wider than it need be as long as they succeed and fail together.
 */
export function proportionDifference(
  candidate: Proportion,
  baseline: Proportion,
  confidence: number,
  sides: Sides,
): ProportionDifference {
  const [p, q] = [candidate.successes / candidate.n, baseline.successes / baseline.n];
  const ofP = wilsonInterval(candidate.successes, candidate.n, confidence, sides);
  const ofQ = wilsonInterval(baseline.successes, baseline.n, confidence, sides);
  return {
    estimate: p - q,
    low: p - q - length(p - ofP.low, ofQ.high - q),
    high: p - q + length(ofP.high - p, q - ofQ.low),
  };
}

/** `Math.hypot` is the engine's own; a root is not. */
function length(a: number, b: number): number {
  return Math.sqrt(a * a + b * b);
}
