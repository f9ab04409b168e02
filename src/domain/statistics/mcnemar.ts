/** Two models that were right or wrong on the same samples. */
import { binomialCdf, binomialTail } from './binomial.ts';
import { binomialDensity } from './binomial-density.ts';

/** P-values of "both are right equally often". */
export interface McNemar {
  /** Exact, against "they differ". */
  readonly twoSided: number;
  /** Exact, against "the candidate is right more often". */
  readonly oneSided: number;
  /** Mid-p, against "they differ": less cautious, and in simulations hardly ever above its level. */
  readonly midTwoSided: number;
  /** Mid-p, against "the candidate is right more often". */
  readonly midOneSided: number;
}

/**
 * Returns McNemar's test, by the binomial distribution of the samples on which one model alone was right: `gained` where
 * the candidate was, `lost` where the baseline was. Samples on which both agree say nothing. Exact p as
 * `scipy.stats.binomtest(gained, gained + lost)`; mid-p as Fagerland, Lydersen and Laake (2013), "The McNemar test for
 * binary matched-pairs data". With no sample of either kind all are 1.
 */
export function mcNemarTest(gained: number, lost: number): McNemar {
  const n = gained + lost;
  if (n === 0) return { twoSided: 1, oneSided: 1, midTwoSided: 1, midOneSided: 1 };
  const point = binomialDensity(gained, n, 0.5);
  const lowerTail = binomialCdf(Math.min(gained, lost), n, 0.5);
  const oneSided = binomialTail(gained, n, 0.5);
  return {
    twoSided: Math.min(1, 2 * lowerTail),
    oneSided,
    midTwoSided: Math.min(1, 2 * lowerTail - point),
    midOneSided: oneSided - point / 2,
  };
}
