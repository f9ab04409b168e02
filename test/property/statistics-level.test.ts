/**
 * How often methods err, by simulation: drawn from a fixed seed, so that a run is about the method and never about luck.
 * Bounds are the level and three standard errors of the share that is counted.
 */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { clopperPearsonInterval } from '../../src/domain/statistics/clopper-pearson.ts';
import { isNonInferior, isSignificant, isSuperior } from '../../src/domain/statistics/margins.ts';
import { mcNemarTest } from '../../src/domain/statistics/mcnemar.ts';
import { proportionDifference } from '../../src/domain/statistics/newcombe.ts';
import { pairedBootstrap } from '../../src/domain/statistics/paired-bootstrap.ts';
import { pairedRepeats } from '../../src/domain/statistics/paired-repeats.ts';
import { RandomBits } from '../../src/domain/statistics/random.ts';
import { wilsonInterval } from '../../src/domain/statistics/wilson.ts';

const LEVEL = 0.05;

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The most that a share may be, counted in so many trials, of what happens with a probability. */
function atMost(probability: number, trials: number): number {
  return probability + 3 * Math.sqrt((probability * (1 - probability)) / trials);
}

/** The share of trials that end in yes. */
function shareOf(trials: number, name: string, trial: (bits: RandomBits, index: number) => boolean): number {
  const bits = new RandomBits(digestOf(name));
  return Array.from({ length: trials }, (_, index) => trial(bits, index)).filter(Boolean).length / trials;
}

const uniform = (bits: RandomBits): number => (bits.next() >>> 0) / 2 ** 32;
const times = <T>(n: number, draw: () => T): readonly T[] => Array.from({ length: n }, draw);
/** Normal enough: twelve uniform numbers, less their mean. */
const normal = (bits: RandomBits): number => times(12, () => uniform(bits)).reduce((sum, each) => sum + each, -6);

/** Whether the lower bound of a one-sided bootstrap is above a margin. */
function isPromoted(differences: readonly number[], index: number, margin = '0'): boolean {
  const question = { confidence: 0.95, sides: 'one', resamples: 1000, seed: digestOf(`trial ${index}`) } as const;
  const result = pairedBootstrap(differences, question);
  return result.kind === 'interval' && isSuperior(result.bca.low, margin);
}

describe('of two models that are equally good, an improvement is found no more often than the level says', () => {
  const TRIALS = 1000;

  test('by the bootstrap, from scores of 0 and 1', () => {
    const share = shareOf(TRIALS, 'binary', (bits, index) => {
      const score = (): number => Number(uniform(bits) < 0.9);
      return isPromoted(
        times(300, () => score() - score()),
        index,
      );
    });
    expect(share).toBeLessThanOrEqual(atMost(LEVEL, TRIALS));
    expect(share).toBeGreaterThan(0.02);
  });

  test('by the bootstrap, from scores of any size', () => {
    const share = shareOf(TRIALS, 'any', (bits, index) =>
      isPromoted(
        times(60, () => normal(bits) - normal(bits)),
        index,
      ),
    );
    expect(share).toBeLessThanOrEqual(atMost(LEVEL, TRIALS));
    expect(share).toBeGreaterThan(0.02);
  });

  test("by McNemar's test, exact and mid-p", () => {
    const counts = { exact: 0, mid: 0 };
    shareOf(TRIALS, 'mcnemar', (bits) => {
      const differences = times(200, () => Number(uniform(bits) < 0.8) - Number(uniform(bits) < 0.8));
      const [gained, lost] = [1, -1].map((sign) => differences.filter((difference) => difference === sign).length);
      const test = mcNemarTest(gained ?? 0, lost ?? 0);
      counts.exact += Number(isSignificant(test.oneSided, '0.95'));
      counts.mid += Number(isSignificant(test.midOneSided, '0.95'));
      return true;
    });
    expect(counts.exact / TRIALS).toBeLessThanOrEqual(atMost(LEVEL, TRIALS));
    expect(counts.mid / TRIALS).toBeLessThanOrEqual(atMost(LEVEL, TRIALS));
    expect(counts.mid).toBeGreaterThanOrEqual(counts.exact);
  });

  test('by paired repeats, of which there are five', () => {
    const share = shareOf(TRIALS, 'repeats', (bits) => {
      const result = pairedRepeats(
        times(5, () => normal(bits)),
        0.95,
        'one',
      );
      return result.kind === 'interval' && isSuperior(result.interval.low, '0');
    });
    expect(share).toBeLessThanOrEqual(atMost(LEVEL, TRIALS));
    expect(share).toBeGreaterThan(0.02);
  });

  test('by counts alone', () => {
    const share = shareOf(TRIALS, 'counts', (bits) => {
      const count = () => ({ successes: times(150, () => uniform(bits)).filter((each) => each < 0.8).length, n: 150 });
      return isSuperior(proportionDifference(count(), count(), 0.95, 'one').low, '0');
    });
    expect(share).toBeLessThanOrEqual(atMost(LEVEL, TRIALS));
  });
});

test('a model that is worse by the very margin is called no worse no more often than the level says', () => {
  const TRIALS = 600;
  const share = shareOf(TRIALS, 'non-inferior', (bits, index) => {
    const differences = times(80, () => normal(bits) - 0.2);
    const question = { confidence: 0.95, sides: 'one', resamples: 1000, seed: digestOf(`worse ${index}`) } as const;
    const result = pairedBootstrap(differences, question);
    return result.kind === 'interval' && isNonInferior(result.bca.low, '0.2');
  });
  expect(share).toBeLessThanOrEqual(atMost(LEVEL, TRIALS));
});

test('an improvement that is there is found', () => {
  const share = shareOf(100, 'power', (bits, index) =>
    isPromoted(
      times(400, () => Number(uniform(bits) < 0.95) - Number(uniform(bits) < 0.8)),
      index,
      '0.05',
    ),
  );
  expect(share).toBeGreaterThan(0.95);
});

describe('an interval of a proportion', () => {
  /** How often the interval holds p, worked out over all counts and not drawn. */
  function coverage(intervalOf: typeof wilsonInterval, n: number, p: number): number {
    let [covered, density] = [0, (1 - p) ** n];
    for (let k = 0; k <= n; k++) {
      const { low, high } = intervalOf(k, n, 0.95, 'two');
      if (low <= p && p <= high) covered += density;
      density *= ((n - k) / (k + 1)) * (p / (1 - p));
    }
    return covered;
  }

  const cases = [20, 50, 120].flatMap((n) => [0.05, 0.2, 0.5, 0.77, 0.93].map((p) => [n, p] as const));

  test.each(cases)('by Clopper and Pearson, of %d at %d, holds as often as it says at the least', (n, p) => {
    expect(coverage(clopperPearsonInterval, n, p)).toBeGreaterThanOrEqual(0.95);
  });

  test('by Wilson holds as often as it says on average', () => {
    const all = cases.map(([n, p]) => coverage(wilsonInterval, n, p));
    expect(all.reduce((sum, each) => sum + each, 0) / all.length).toBeCloseTo(0.95, 1);
    expect(Math.min(...all)).toBeGreaterThan(0.9);
  });
});
