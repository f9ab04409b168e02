import { describe, expect, test } from 'vitest';
import {
  accelerationOf,
  bcaInterval,
  bcaPValue,
  bootstrapDistribution,
  percentileInterval,
} from '../../../../src/domain/statistics/bca.ts';
import { meanOf } from '../../../../src/domain/statistics/moments.ts';
import { pairedBootstrap, resamplesFor } from '../../../../src/domain/statistics/paired-bootstrap.ts';
import { printNumber } from '../../../../src/domain/statistics/print-number.ts';
import { expectNear, golden } from './golden.ts';

const SEED = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';
const QUESTION = { confidence: 0.95, sides: 'two', seed: SEED } as const;

/** Differences of scores of 0 and 1: so many of +1, of -1 and of 0. */
function scores(gained: number, lost: number, same: number): readonly number[] {
  return [...Array(gained).fill(1), ...Array(lost).fill(-1), ...Array(same).fill(0)] as readonly number[];
}

function intervalOf(differences: readonly number[], question: Parameters<typeof pairedBootstrap>[1] = QUESTION) {
  const result = pairedBootstrap(differences, question);
  if (result.kind !== 'interval') throw new Error(`no interval: ${result.reason}`);
  return result;
}

describe.each(golden.bootstrap)('of the $name sample', ({ values, means, acceleration, intervals, scipy }) => {
  const sorted = Float64Array.from(means).sort();
  const distribution = bootstrapDistribution(values, meanOf(values), sorted);

  test('the acceleration is that of the jackknife', () => {
    expectNear(accelerationOf(values), acceleration);
  });

  test.each(intervals)('$confidence, $sides-sided: the intervals are those of scipy for the same means', (asked) => {
    const bca = bcaInterval(distribution, asked.confidence, asked.sides);
    expectNear(bca.low, asked.BCa[0], 1e-11);
    expectNear(bca.high, asked.BCa[1], 1e-11);
    const percentile = percentileInterval(sorted, asked.confidence, asked.sides);
    expectNear(percentile.low, asked.percentile[0], 1e-11);
    expectNear(percentile.high, asked.percentile[1], 1e-11);
  });

  test('our own draws give the interval that scipy draws, but for the luck of the draw', () => {
    const { bca } = intervalOf(values);
    const width = scipy[1] - scipy[0];
    expect(Math.abs(bca.low - scipy[0])).toBeLessThan(0.04 * width);
    expect(Math.abs(bca.high - scipy[1])).toBeLessThan(0.04 * width);
  });

  test('the p-value of a lower bound is one less its confidence', () => {
    const own = intervalOf(values, { ...QUESTION, sides: 'one' });
    expect(bcaPValue(own.distribution, own.bca.low)).toBeCloseTo(0.05, 1);
    expect(bcaPValue(own.distribution, own.bca.high)).toBeCloseTo(0.95, 1);
  });
});

describe('pairedBootstrap', () => {
  test.each(golden.seeded)('draws from a seed, today and ever, what this interval has: $BCa', (expected) => {
    const { digest, resamples, values } = expected;
    const { bca, percentile } = intervalOf(values, { ...QUESTION, seed: digest, resamples });
    expect([bca.low, bca.high].map(printNumber)).toEqual(expected.BCa.map(printNumber));
    expect([percentile.low, percentile.high].map(printNumber)).toEqual(expected.percentile.map(printNumber));
  });

  test('depends on the seed, and on the order of nothing', () => {
    const differences = [0.31, -0.12, 0.05, 0.44, 0.27, -0.03, 0.18, 0.09];
    expect(intervalOf(differences.toReversed())).toEqual(intervalOf(differences));
    expect(intervalOf(differences, { ...QUESTION, seed: SEED.replace('9', '8') }).bca).not.toEqual(
      intervalOf(differences).bca,
    );
  });

  test('with one side, each bound lies within that of both sides', () => {
    const [two, one] = [
      intervalOf(scores(30, 12, 158)),
      intervalOf(scores(30, 12, 158), { ...QUESTION, sides: 'one' }),
    ];
    expect(one.bca.low).toBeGreaterThan(two.bca.low);
    expect(one.bca.high).toBeLessThan(two.bca.high);
  });

  test('a p-value is never zero: B resamples tell no less than 1 in B + 1', () => {
    const { distribution } = intervalOf(scores(190, 1, 9), { ...QUESTION, resamples: 999 });
    expect(bcaPValue(distribution, 0)).toBeGreaterThanOrEqual(0.001);
    expect(bcaPValue(distribution, 0)).toBeLessThan(0.01);
    expect(bcaPValue(distribution, -5)).toBe(bcaPValue(distribution, 0));
    expect(bcaPValue(distribution, 1)).toBeGreaterThan(0.99);
  });

  test.each([
    [[], 'too-few'],
    [[0.5], 'too-few'],
    [[0.5, 0.5, 0.5], 'all-equal'],
    [[0, 0, 0], 'all-equal'],
    [[0, 1e200], 'out-of-range'],
    [[0, 1e-200], 'out-of-range'],
  ])('says nothing of %j: %s', (differences, reason) => {
    expect(pairedBootstrap(differences, QUESTION)).toEqual({ kind: 'unfit', n: differences.length, reason });
  });

  test('two samples, and a lone exception among many, have an interval', () => {
    expect(intervalOf([0, 1]).bca).toEqual({ low: 0, high: 1 });
    const { bca } = intervalOf(scores(1, 0, 199));
    expect(bca.low).toBeGreaterThanOrEqual(0);
    expect(bca.high).toBeGreaterThan(0.005);
  });

  test('many samples are drawn less often, and never less than a thousand times', () => {
    expect([2, 20_000, 40_000, 200_000, 1_000_000].map(resamplesFor)).toEqual([10_000, 10_000, 5000, 1000, 1000]);
  });

  test('10,000 samples that all differ are drawn 10,000 times in seconds', () => {
    const differences = Array.from({ length: 10_000 }, (_, index) => ((index * 7919) % 10_007) / 10_007 - 0.49);
    const { estimate, bca } = intervalOf(differences);
    expect(bca.low).toBeLessThan(estimate);
    expect(bca.high).toBeGreaterThan(estimate);
    expect(bca.high - bca.low).toBeCloseTo((2 * 1.96 * 0.2887) / 100, 3);
  });
});
