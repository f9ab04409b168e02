import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { betaCdf, betaQuantile } from '../../src/domain/statistics/beta.ts';
import { clopperPearsonInterval } from '../../src/domain/statistics/clopper-pearson.ts';
import { exponential, logarithm } from '../../src/domain/statistics/elementary.ts';
import { holmAdjusted } from '../../src/domain/statistics/holm.ts';
import { mcNemarTest } from '../../src/domain/statistics/mcnemar.ts';
import { measureDrift } from '../../src/domain/statistics/measure-drift.ts';
import { proportionDifference } from '../../src/domain/statistics/newcombe.ts';
import { normalCdf, normalQuantile } from '../../src/domain/statistics/normal.ts';
import { pairedBootstrap } from '../../src/domain/statistics/paired-bootstrap.ts';
import { percentileOf } from '../../src/domain/statistics/percentile.ts';
import { printNumber } from '../../src/domain/statistics/print-number.ts';
import { wilsonInterval } from '../../src/domain/statistics/wilson.ts';

const confidences = fc.constantFrom(0.8, 0.9, 0.95, 0.99);
const sides = fc.constantFrom('one', 'two');
const counted = fc
  .integer({ min: 1, max: 5000 })
  .chain((n) => fc.record({ n: fc.constant(n), successes: fc.integer({ min: 0, max: n }) }));
const probabilities = fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true });

test('a printed number is within half of its twelfth digit, and printing it again changes nothing', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const text = printNumber(value);
      expect(printNumber(Number(text))).toBe(text);
      expect(Math.abs(Number(text) - value)).toBeLessThanOrEqual(Math.max(Math.abs(value) * 5.0001e-12, 5e-324));
    }),
    { numRuns: 1000 },
  );
});

test('exponential and logarithm are those of the engine but for the last place', () => {
  fc.assert(
    fc.property(fc.double({ min: -700, max: 700, noNaN: true }), (x) => {
      expect(Math.abs(exponential(x) / Math.exp(x) - 1)).toBeLessThanOrEqual(2 * Number.EPSILON);
      const y = Math.exp(x);
      expect(Math.abs(logarithm(y) - Math.log(y))).toBeLessThanOrEqual(Number.EPSILON * Math.abs(Math.log(y)));
    }),
    { numRuns: 2000 },
  );
});

test('quantiles undo what they are quantiles of', () => {
  const shape = fc.double({ min: 0.5, max: 2000, noNaN: true });
  fc.assert(
    fc.property(probabilities, shape, shape, (p, a, b) => {
      expect(normalCdf(normalQuantile(p))).toBeCloseTo(p, 12);
      const x = betaQuantile(p, a, b);
      // Where the density is steep a float next to x is further off.
      if (x < 1e-3 || x > 1 - 1e-3) return;
      expect(betaCdf(x, a, b)).toBeCloseTo(p, 9);
      expect(betaCdf(x, a, b) + betaCdf(1 - x, b, a)).toBeCloseTo(1, 9);
    }),
    { numRuns: 200 },
  );
});

describe('the intervals of a proportion', () => {
  test('hold it, lie within 0 and 1, and look the same from the failures', () => {
    fc.assert(
      fc.property(counted, confidences, sides, ({ successes, n }, confidence, side) => {
        for (const intervalOf of [wilsonInterval, clopperPearsonInterval]) {
          const { low, high } = intervalOf(successes, n, confidence, side);
          const mirrored = intervalOf(n - successes, n, confidence, side);
          expect(low).toBeGreaterThanOrEqual(0);
          expect(low).toBeLessThanOrEqual(successes / n);
          expect(high).toBeGreaterThanOrEqual(successes / n);
          expect(high).toBeLessThanOrEqual(1);
          expect(mirrored.low).toBeCloseTo(1 - high, 9);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('of a difference change sign with its direction', () => {
    fc.assert(
      fc.property(counted, counted, confidences, sides, (a, b, confidence, side) => {
        const [there, back] = [
          proportionDifference(a, b, confidence, side),
          proportionDifference(b, a, confidence, side),
        ];
        expect(back.low).toBeCloseTo(-there.high, 12);
        expect(there.low).toBeLessThanOrEqual(there.estimate);
        expect(there.low).toBeGreaterThanOrEqual(-1.000_001);
      }),
      { numRuns: 300 },
    );
  });
});

test("McNemar's p-values are probabilities, alike both ways, and mid-p is the smaller", () => {
  const count = fc.nat({ max: 2000 });
  fc.assert(
    fc.property(count, count, (gained, lost) => {
      const [there, back] = [mcNemarTest(gained, lost), mcNemarTest(lost, gained)];
      expect(there.twoSided).toBeCloseTo(back.twoSided, 12);
      expect(there.midOneSided + back.midOneSided).toBeCloseTo(gained + lost === 0 ? 2 : 1, 9);
      for (const p of Object.values(there)) expect(p >= 0 && p <= 1 + 1e-12).toBe(true);
      expect(there.midTwoSided).toBeLessThanOrEqual(there.twoSided);
    }),
    { numRuns: 300 },
  );
});

test('adjusted p-values keep their order and are never smaller than they were', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }), (pValues) => {
      const adjusted = holmAdjusted(pValues);
      for (const [i, p] of pValues.entries()) {
        expect(adjusted[i]).toBeGreaterThanOrEqual(p);
        for (const [j, q] of pValues.entries()) {
          if (p < q) expect(adjusted[i]).toBeLessThanOrEqual(adjusted[j] ?? 0);
        }
      }
    }),
  );
});

describe('the bootstrap', () => {
  const scores = fc.oneof(
    fc.array(fc.constantFrom(-1, 0, 1), { minLength: 2, maxLength: 200 }),
    fc.array(
      fc.integer({ min: -1000, max: 1000 }).map((value) => value / 1000),
      { minLength: 2, maxLength: 60 },
    ),
  );
  const shuffled = scores.chain((all) =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }), fc.string()),
  );

  test('depends on the differences and the seed alone, and stays among the differences', () => {
    fc.assert(
      fc.property(shuffled, confidences, sides, ([differences, others, name], confidence, side) => {
        const seed = createHash('sha256').update(name).digest('hex');
        const question = { seed, confidence, sides: side, resamples: 300 };
        const result = pairedBootstrap(differences, question);
        expect(pairedBootstrap(others, question)).toEqual(result);
        if (result.kind === 'unfit') return;
        for (const { low, high } of [result.bca, result.percentile]) {
          expect(low).toBeLessThanOrEqual(high);
          expect(low).toBeGreaterThanOrEqual(Math.min(...differences) - 1e-12);
          expect(high).toBeLessThanOrEqual(Math.max(...differences) + 1e-12);
        }
      }),
      { numRuns: 200 },
    );
  });
});

test('drift is nothing between alike, never negative, and alike both ways', () => {
  const count = fc.nat({ max: 1000 });
  const histograms = fc
    .array(fc.tuple(fc.integer({ min: 1, max: 50 }), count, count), { minLength: 1, maxLength: 20 })
    .filter((bins) => bins.some(([, a]) => a > 0) && bins.some(([, , b]) => b > 0));
  fc.assert(
    fc.property(histograms, (bins) => {
      let edge = 0;
      const edges = [0, ...bins.map(([width]) => (edge += width))];
      const [a, b] = [bins.map(([, first]) => first), bins.map(([, , second]) => second)];
      const there = measureDrift({ edges, counts: a }, { edges, counts: b });
      const back = measureDrift({ edges, counts: b }, { edges, counts: a });
      const same = measureDrift({ edges, counts: a }, { edges, counts: a });
      if (there.kind === 'faulty' || back.kind === 'faulty') throw new Error('not measured');
      expect(same).toEqual({ kind: 'measured', psi: 0, js: 0, ks: 0, wasserstein: 0 });
      for (const name of ['psi', 'js', 'ks', 'wasserstein'] as const) {
        expect(there[name]).toBeGreaterThanOrEqual(-1e-15);
        expect(there[name]).toBeCloseTo(back[name] ?? Number.NaN, 9);
      }
      expect(there.js).toBeLessThanOrEqual(Math.LN2);
      expect(there.ks).toBeLessThanOrEqual(1 + 1e-12);
    }),
    { numRuns: 300 },
  );
});

test('a percentile lies between the values, and grows', () => {
  const values = fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 50 });
  const percent = fc.double({ min: 0, max: 100, noNaN: true });
  fc.assert(
    fc.property(values, percent, percent, (all, p, q) => {
      const [low, high] = [percentileOf(all, Math.min(p, q)), percentileOf(all, Math.max(p, q))];
      expect(low).toBeLessThanOrEqual(high + Math.abs(high) * 1e-15);
      expect(low).toBeGreaterThanOrEqual(Math.min(...all));
      expect(high).toBeLessThanOrEqual(Math.max(...all));
    }),
  );
});
