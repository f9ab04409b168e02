import { describe, expect, test } from 'vitest';
import { drawBinomial } from '../../../../src/domain/statistics/draw-binomial.ts';
import { RandomBits } from '../../../../src/domain/statistics/random.ts';
import { golden } from './golden.ts';

const DIGEST = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** How often each of 0..size-1 came. */
function tally(size: number, draws: number, draw: () => number): readonly number[] {
  const counts = new Array<number>(size).fill(0);
  for (let index = 0; index < draws; index++) {
    const drawn = draw();
    counts[drawn] = (counts[drawn] ?? 0) + 1;
  }
  return counts;
}

/** Pearson's statistic: about as large as there are cells where the draws follow the shares. */
function chiSquare(counts: readonly number[], shares: readonly number[], draws: number): number {
  return counts.reduce((sum, count, cell) => {
    const expected = (shares[cell] ?? 0) * draws;
    return sum + (count - expected) ** 2 / expected;
  }, 0);
}

describe('random bits', () => {
  test.each(golden.random)('of $digest are those that stored verdicts were drawn with', ({ digest, outputs }) => {
    const bits = new RandomBits(digest);
    expect(outputs.map(() => bits.next() >>> 0)).toEqual(outputs);
  });

  test.each([1, 2, 3, 7, 100, 1000, 65_537, 2 ** 31])('below %d stay below it', (bound) => {
    const bits = new RandomBits(DIGEST);
    const drawn = Array.from({ length: 1000 }, () => bits.below(bound));
    expect(drawn.every((value) => Number.isInteger(value) && value >= 0 && value < bound)).toBe(true);
  });

  test('below a bound come alike', () => {
    const bits = new RandomBits(DIGEST);
    const counts = tally(11, 110_000, () => bits.below(11));
    expect(chiSquare(counts, new Array<number>(11).fill(1 / 11), 110_000)).toBeLessThan(29.6); // P = 0.001
  });
});

describe('drawBinomial', () => {
  test.each([
    [5, 1, 3],
    [5, 2, 3],
    [3, 1, 2],
    [40, 1, 10],
  ])('draws %d at %d/%d as often as the binomial distribution has it', (n, part, whole) => {
    const bits = new RandomBits(DIGEST);
    const counts = tally(n + 1, 50_000, () => drawBinomial(bits, n, part, whole));
    const shares = Array.from({ length: n + 1 }, (_, k) => {
      const ways = Array.from({ length: k }, (_each, i) => (n - i) / (i + 1)).reduce((a, b) => a * b, 1);
      return ways * (part / whole) ** k * (1 - part / whole) ** (n - k);
    });
    const cells = shares.flatMap((share, k) => (share * 50_000 >= 5 ? [k] : []));
    const statistic = chiSquare(
      cells.map((k) => counts[k] ?? 0),
      cells.map((k) => shares[k] ?? 0),
      50_000,
    );
    expect(statistic).toBeLessThan(cells.length + 4 * Math.sqrt(2 * cells.length));
  });

  test('leaves nothing to chance where there is none', () => {
    const bits = new RandomBits(DIGEST);
    expect([drawBinomial(bits, 9, 0, 4), drawBinomial(bits, 9, 4, 4), drawBinomial(bits, 0, 1, 4)]).toEqual([0, 9, 0]);
  });
});
