import { describe, expect, test } from 'vitest';
import { jensenShannonDivergence, populationStabilityIndex } from '../../../../src/domain/statistics/divergence.ts';
import { type Drift, type Histogram, measureDrift } from '../../../../src/domain/statistics/measure-drift.ts';
import { percentileOf } from '../../../../src/domain/statistics/percentile.ts';
import { printNumber } from '../../../../src/domain/statistics/print-number.ts';
import { expectNear, golden } from './golden.ts';

const REFERENCE = [0.2, 0.3, 0.25, 0.25];
const CURRENT = [0.1, 0.25, 0.3, 0.35];

function measured(reference: Histogram, current: Histogram): Extract<Drift, { kind: 'measured' }> {
  const drift = measureDrift(reference, current);
  if (drift.kind !== 'measured') throw new Error(`not measured: ${drift.fault}`);
  return drift;
}

test('the shares of the course have PSI 0.121194 and JS 0.014957', () => {
  expect(populationStabilityIndex(REFERENCE, CURRENT).toFixed(6)).toBe('0.121194');
  expect(jensenShannonDivergence(REFERENCE, CURRENT).toFixed(6)).toBe('0.014957');
});

test.each(golden.drift)('from $reference to $current it is as far as scipy has it', (expected) => {
  const { edges, reference, current } = expected;
  const drift = measured({ edges, counts: reference }, { edges, counts: current });
  expectNear(drift.psi, expected.psi, 1e-11);
  expectNear(drift.js, expected.js, 1e-9);
  expectNear(drift.wasserstein ?? Number.NaN, expected.wasserstein);
  if (expected.ks !== undefined) expectNear(drift.ks ?? Number.NaN, expected.ks);
});

describe('measureDrift', () => {
  test('depends on shares, not on how much was counted', () => {
    const edges = [0, 1, 2, 3];
    const [few, many] = [1, 1_000_000].map((times) =>
      measured({ edges, counts: [3, 0, 7] }, { edges, counts: [3 * times, 5 * times, 2 * times] }),
    );
    expect(printNumber(few?.psi ?? 0)).toBe(printNumber(many?.psi ?? 1));
  });

  test('takes categories in any order, and then knows no order to measure along', () => {
    const drift = measured(
      { categories: ['a', 'b', 'c', 'd'], counts: REFERENCE },
      { categories: ['d', 'c', 'b', 'a'], counts: CURRENT.toReversed() },
    );
    expect(Object.keys(drift)).toEqual(['kind', 'psi', 'js']);
    expect(drift.psi.toFixed(6)).toBe('0.121194');
  });

  const bins: Histogram = { edges: [0, 1, 2], counts: [1, 2] };
  const kinds: Histogram = { categories: ['a', 'b'], counts: [1, 2] };
  test.each<readonly [string, Histogram, Histogram]>([
    ['no-bins', { edges: [0], counts: [] }, bins],
    ['lengths-differ', bins, { edges: [0, 1], counts: [1, 2] }],
    ['lengths-differ', kinds, { categories: ['a'], counts: [1, 2] }],
    ['edges-not-ascending', { edges: [0, 1, 1], counts: [1, 2] }, bins],
    ['edges-not-ascending', { edges: [Number.NaN, 1, 2], counts: [1, 2] }, bins],
    ['category-twice', kinds, { categories: ['a', 'a'], counts: [1, 2] }],
    ['bad-count', bins, { edges: [0, 1, 2], counts: [1, -2] }],
    ['bad-count', bins, { edges: [0, 1, 2], counts: [Number.NaN, 1] }],
    ['bad-count', bins, { edges: [0, 1, 2], counts: [1e308, 1e308] }],
    ['nothing-counted', bins, { edges: [0, 1, 2], counts: [0, 0] }],
    ['kinds-differ', bins, kinds],
    ['kinds-differ', kinds, bins],
    ['edges-differ', bins, { edges: [0, 1, 3], counts: [1, 2] }],
    ['edges-differ', bins, { edges: [0, 1, 2, 3], counts: [1, 2, 3] }],
    ['categories-differ', kinds, { categories: ['a', 'c'], counts: [1, 2] }],
    ['categories-differ', kinds, { categories: ['a', 'b', 'c'], counts: [1, 2, 3] }],
  ])('names what is wrong: %s', (fault, reference, current) => {
    expect(measureDrift(reference, current)).toEqual({ kind: 'faulty', fault });
  });

  test('edges farther apart than floats go have no distance in their unit', () => {
    const edges = [-1.7e308, -1.6e308, 1.6e308, 1.7e308];
    const drift = measured({ edges, counts: [1, 0, 0] }, { edges, counts: [0, 0, 1] });
    expect([drift.ks, drift.wasserstein]).toEqual([1, undefined]);
  });

  test('a hundred thousand bins are no burden', () => {
    const edges = Array.from({ length: 100_001 }, (_, index) => index);
    const counts = edges.slice(1).map((edge) => edge % 7);
    expect(measured({ edges, counts }, { edges, counts })).toEqual({
      kind: 'measured',
      psi: 0,
      js: 0,
      ks: 0,
      wasserstein: 0,
    });
  });
});

describe('percentileOf', () => {
  test.each(golden.percentiles)('of $values is that of numpy to the last bit', ({ values, percentiles }) => {
    expect(percentiles.map(([q]) => percentileOf(values, q))).toEqual(percentiles.map(([, expected]) => expected));
  });

  test('the latencies of the course have p50 53.5 and p95 148.5', () => {
    const latencies = [42, 45, 47, 50, 52, 55, 61, 75, 110, 180];
    expect([50, 95].map((q) => printNumber(percentileOf(latencies, q)))).toEqual(['53.5', '148.5']);
  });

  test('of nothing is nothing', () => {
    expect(percentileOf([], 50)).toBeNaN();
  });
});
