import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDecimals, subtractDecimals } from '../../src/domain/decimal.ts';
import { compareDecimals, formatMetric } from '../../src/domain/metrics.ts';

/** A decimal with its value in units of 10^-40, and one of the ways to write it. */
const decimals = fc
  .record({
    digits: fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }),
    exponent: fc.integer({ min: -20, max: 20 }),
    zeros: fc.nat({ max: 3 }),
  })
  .map(({ digits, exponent, zeros }) => ({
    text: `${digits}${zeros > 0 ? `.${'0'.repeat(zeros)}` : ''}e${exponent}`,
    value: digits * 10n ** BigInt(exponent + 40),
  }));

test('decimals compare as their values do', () => {
  fc.assert(
    fc.property(decimals, decimals, (a, b) => {
      expect(Math.sign(compareDecimals(a.text, b.text))).toBe(Number(a.value > b.value) - Number(a.value < b.value));
    }),
    { numRuns: 2000 },
  );
});

test('decimals add as their values do, and taking away gives back', () => {
  fc.assert(
    fc.property(decimals, decimals, (a, b) => {
      const sum = addDecimals(a.text, b.text);
      expect(compareDecimals(sum, `${a.value + b.value}e-40`)).toBe(0);
      expect(compareDecimals(subtractDecimals(sum, b.text), a.text)).toBe(0);
    }),
    { numRuns: 2000 },
  );
});

test('equal negative decimals are equal, and not less than nothing', () => {
  expect(compareDecimals('-12e3', '-12000.0')).toBe(0);
});

test('a metric is shown no further than half a digit from its value', () => {
  const shown = fc.record({
    whole: fc.nat(),
    fraction: fc.stringMatching(/^[0-9]{1,9}$/),
    decimals: fc.nat({ max: 6 }),
  });
  fc.assert(
    fc.property(shown, ({ whole, fraction, decimals: places }) => {
      const text = formatMetric(`${whole}.${fraction}`, places);
      const scale = (value: string): bigint =>
        BigInt(value.replace('.', '')) * 10n ** BigInt(10 - (value.split('.')[1]?.length ?? 0));
      const distance = scale(text) - scale(`${whole}.${fraction}`);
      const isWhole = text === `${whole}.${fraction}`;
      expect(
        isWhole || (distance * 2n <= 10n ** BigInt(10 - places) && distance * 2n > -(10n ** BigInt(10 - places))),
      ).toBe(true);
      expect(isWhole || (text.split('.')[1]?.length ?? 0) === places).toBe(true);
    }),
    { numRuns: 1000 },
  );
});
