import { describe, expect, test } from 'vitest';
import { holmAdjusted } from '../../../../src/domain/statistics/holm.ts';
import { isNonInferior, isSignificant, isSuperior } from '../../../../src/domain/statistics/margins.ts';
import { printNumber } from '../../../../src/domain/statistics/print-number.ts';

describe('a margin', () => {
  test('is passed by more than itself, never by itself', () => {
    expect([isSuperior(0.93 - 0.91, '0.02'), isSuperior(0.0200001, '0.02'), isSuperior(0.0199, '0.02')]).toEqual([
      false,
      true,
      false,
    ]);
    expect([isSuperior(0, '0'), isSuperior(1e-9, '0.0'), isSuperior(-1e-9, '0')]).toEqual([false, true, false]);
  });

  test('of non-inferiority is not reached', () => {
    expect([isNonInferior(-0.0199, '0.02'), isNonInferior(0.7 - 0.72, '0.02'), isNonInferior(-0.03, '0.02')]).toEqual([
      true,
      false,
      false,
    ]);
    expect([isNonInferior(0.001, '0'), isNonInferior(0, '0')]).toEqual([true, false]);
  });

  test('of a p-value is reached by one minus the confidence, exactly', () => {
    expect([isSignificant(0.05, '0.95'), isSignificant(0.050000001, '0.95'), isSignificant(1e-20, '0.999')]).toEqual([
      true,
      false,
      true,
    ]);
    expect(1 - 0.95).not.toBe(0.05);
  });
});

describe('holmAdjusted', () => {
  test.each([
    // As R 4.3's p.adjust(p, "holm") prints them.
    [
      [0.01, 0.02, 0.03, 0.04, 0.05],
      ['0.05', '0.08', '0.09', '0.09', '0.09'],
    ],
    [
      [0.04, 0.001, 0.03],
      ['0.06', '0.003', '0.06'],
    ],
    [
      [0.9, 0.8],
      ['1.0', '1.0'],
    ],
    [[0.02], ['0.02']],
    [[], []],
  ])('%j becomes %j', (pValues, adjusted) => {
    expect(holmAdjusted(pValues).map(printNumber)).toEqual(adjusted);
  });
});
