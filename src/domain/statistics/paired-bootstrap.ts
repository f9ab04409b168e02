/** How sure the mean difference of two models on the same samples is. */
import { type BootstrapDistribution, bcaInterval, bootstrapDistribution, percentileInterval } from './bca.ts';
import type { Interval, Sides } from './interval.ts';
import { meanOf } from './moments.ts';
import { type Unfit, unfitFor } from './paired-evidence.ts';
import { RandomBits } from './random.ts';
import { resampleMeans } from './resample-means.ts';

/** How often samples are drawn again, where nothing else is asked. */
export const RESAMPLES = 10_000;

/** Values drawn at most, as long as that leaves {@link LEAST_RESAMPLES}: some seconds. */
const MOST_DRAWN = 200_000_000;
const LEAST_RESAMPLES = 1000;

/** What to ask of the differences. */
export interface BootstrapQuestion {
  /** A share, 0.95. */
  readonly confidence: number;
  readonly sides: Sides;
  /** SHA-256 in hex of whatever the answer is about: the same inputs draw the same samples. */
  readonly seed: string;
  /** By default {@link resamplesFor} so many differences. */
  readonly resamples?: number;
}

/** The mean difference with its intervals, or why there is none. */
export type PairedBootstrap =
  | {
      readonly kind: 'interval';
      readonly n: number;
      readonly estimate: number;
      /** Bias-corrected and accelerated: the one to decide by. */
      readonly bca: Interval;
      /** Uncorrected: far from the other one, neither is to be trusted. */
      readonly percentile: Interval;
      /** For p-values: {@link import('./bca.ts').bcaPValue}. */
      readonly distribution: BootstrapDistribution;
    }
  | { readonly kind: 'unfit'; readonly n: number; readonly reason: Unfit };

/** Returns how often n samples are drawn again by default: 10,000 times up to n = 20,000, 1,000 times from 200,000 on. */
export function resamplesFor(n: number): number {
  return Math.max(LEAST_RESAMPLES, Math.min(RESAMPLES, Math.floor(MOST_DRAWN / n)));
}

/**
 * Draws the samples again and says what their mean difference may have been. It assumes samples that are independent and
 * stand for those to come; with fewer than about 20 the interval is too narrow. Independent of the order of the
 * differences. Time: about `n * resamples` steps, a sixteenth of that where few differences are distinct.
 */
export function pairedBootstrap(differences: readonly number[], question: BootstrapQuestion): PairedBootstrap {
  const n = differences.length;
  const reason = unfitFor(differences);
  if (reason !== undefined) return { kind: 'unfit', n, reason };
  const { confidence, sides, seed, resamples = resamplesFor(n) } = question;
  // In ascending order, since sums depend on it.
  const values = Array.from(Float64Array.from(differences).sort());
  const estimate = meanOf(values);
  const means = resampleMeans(values, resamples, new RandomBits(seed));
  const distribution = bootstrapDistribution(values, estimate, means);
  const bca = bcaInterval(distribution, confidence, sides);
  return { kind: 'interval', n, estimate, bca, percentile: percentileInterval(means, confidence, sides), distribution };
}
