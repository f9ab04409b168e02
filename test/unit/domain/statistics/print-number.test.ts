import { expect, test } from 'vitest';
import { printNumber } from '../../../../src/domain/statistics/print-number.ts';
import { faultOf } from '../../../support/fault-of.ts';

test.each([
  [0.1 + 0.2, '0.3'],
  [0.74 - 0.72, '0.02'],
  [1 / 3, '0.333333333333'],
  [2 / 3, '0.666666666667'],
  [2, '2.0'],
  [-0, '0.0'],
  [-1e-9, '-1e-09'],
  [1e-5, '1e-05'],
  [1234567890123.456, '1234567890120.0'],
  [1e21, '1e+21'],
  [5e-324, '5e-324'],
  [Number.MAX_VALUE, '1.79769313486e+308'],
])('%d is printed as %s', (value, text) => {
  expect(printNumber(value)).toBe(text);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY])('%d is no result', (value) => {
  expect(faultOf(() => printNumber(value)).code).toBe('bug');
});
