import { describe, expect, test } from 'vitest';
import { clopperPearsonInterval } from '../../../../src/domain/statistics/clopper-pearson.ts';
import { mcNemarTest } from '../../../../src/domain/statistics/mcnemar.ts';
import { proportionDifference } from '../../../../src/domain/statistics/newcombe.ts';
import { wilsonInterval } from '../../../../src/domain/statistics/wilson.ts';
import { expectNear, golden } from './golden.ts';

const { intervals, differences } = golden.proportions;

describe('the interval of a proportion', () => {
  test.each(intervals)('$successes of $n at $confidence, $sides-sided, by Wilson', (asked) => {
    const { low, high } = wilsonInterval(asked.successes, asked.n, asked.confidence, asked.sides);
    expectNear(low, asked.wilson[0], 1e-11);
    expectNear(high, asked.wilson[1], 1e-11);
  });

  test.each(intervals)('$successes of $n at $confidence, $sides-sided, by Clopper and Pearson', (asked) => {
    const { low, high } = clopperPearsonInterval(asked.successes, asked.n, asked.confidence, asked.sides);
    // scipy looks for the bounds to an absolute precision, and small ones lose digits.
    expectNear(low, asked.clopperPearson[0], 1e-10);
    expectNear(high, asked.clopperPearson[1], 1e-10);
  });
});

test('the exact lower bound of one success is that of the formula, 1 - (1 - tail)^(1/n)', () => {
  expectNear(clopperPearsonInterval(1, 20, 0.99, 'two').low, -Math.expm1(Math.log1p(-0.005) / 20));
});

describe('the difference of two proportions', () => {
  test.each(differences)('$candidate less $baseline at $confidence, $sides-sided', (asked) => {
    const [candidate, baseline] = [asked.candidate, asked.baseline].map(([successes, n]) => ({ successes, n }));
    if (candidate === undefined || baseline === undefined) throw new Error('golden.json has no such case');
    const result = proportionDifference(candidate, baseline, asked.confidence, asked.sides);
    expectNear(result.estimate, asked.result[0]);
    expectNear(result.low, asked.result[1], 1e-11);
    expectNear(result.high, asked.result[2], 1e-11);
  });

  test('is what Newcombe 1998 prints for 56/70 less 48/80', () => {
    const { low, high } = proportionDifference({ successes: 56, n: 70 }, { successes: 48, n: 80 }, 0.95, 'two');
    expect([low.toFixed(4), high.toFixed(4)]).toEqual(['0.0524', '0.3339']);
  });
});

describe("McNemar's test", () => {
  test.each(golden.mcnemar)('%d gained and %d lost', (gained, lost, two, one, midTwo, midOne) => {
    const result = mcNemarTest(gained, lost);
    expectNear(result.twoSided, two, 1e-11);
    expectNear(result.oneSided, one, 1e-11);
    expectNear(result.midTwoSided, midTwo, 1e-11);
    expectNear(result.midOneSided, midOne, 1e-11);
  });

  test('says nothing where the models never disagree', () => {
    expect(mcNemarTest(0, 0)).toEqual({ twoSided: 1, oneSided: 1, midTwoSided: 1, midOneSided: 1 });
  });
});
