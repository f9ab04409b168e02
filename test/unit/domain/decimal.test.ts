import { describe, expect, test } from 'vitest';
import {
  addDecimals,
  compareDecimals,
  formatSigned,
  isSummable,
  signOfDecimal,
  subtractDecimals,
} from '../../../src/domain/decimal.ts';
import { faultOf } from '../../support/fault-of.ts';

describe('addDecimals', () => {
  test.each([
    ['0.1', '0.2', '0.3'],
    ['0.91', '0.02', '0.93'],
    ['1', '2', '3'],
    ['1', '2.0', '3.0'],
    ['0.5', '0.5', '1.0'],
    ['-0.5', '0.5', '0.0'],
    ['-0', '0', '0'],
    ['-0.0', '0', '0.0'],
    ['1e-05', '0.0', '1e-05'],
    ['1e-05', '2.5e-06', '1.25e-05'],
    ['0.0001', '0.0', '0.0001'],
    ['1e15', '0', '1000000000000000.0'],
    ['1e16', '0', '1e+16'],
    ['1e16', '1', '1.0000000000000001e+16'],
    ['9007199254740993', '1', '9007199254740994'],
    ['1e308', '-1e308', '0.0'],
    ['12.50', '-100', '-87.5'],
    ['-0.00012', '0.0', '-0.00012'],
  ])('%s + %s = %s', (a, b, sum) => {
    expect(addDecimals(a, b)).toBe(sum);
    expect(addDecimals(b, a)).toBe(sum);
  });

  test('0.93 is not above 0.91 by more than 0.02, as floats would have it', () => {
    expect(compareDecimals('0.93', addDecimals('0.91', '0.02'))).toBe(0);
    expect(0.93 - 0.91 > 0.02).toBe(true);
  });

  test('the smallest and the largest float have a sum, with every digit', () => {
    const sum = addDecimals('1.7976931348623157e+308', '5e-324');
    expect(sum).toMatch(/^1\.79769313486231570*5e\+308$/);
    expect(subtractDecimals(sum, '5e-324')).toBe('1.7976931348623157e+308');
  });

  test.each(['1e999999999', '1e-999999999', '1e1000', '1e-1001', '1'.repeat(1001), `0.${'1'.repeat(1001)}`, 'x', ''])(
    'no sum of %j is worked out',
    (text) => {
      expect(isSummable(text)).toBe(false);
      expect(faultOf(() => addDecimals('1', text)).code).toBe('bug');
      expect(faultOf(() => subtractDecimals(text, '1')).code).toBe('bug');
    },
  );

  test.each(['1e999', '1e-1000', '0e999999999', '0', '5e-324', '9'.repeat(1000)])('%j may be added', (text) => {
    expect(isSummable(text)).toBe(true);
  });
});

test('subtractDecimals loses nothing where floats would', () => {
  expect(subtractDecimals('0.93', '0.91')).toBe('0.02');
  expect(subtractDecimals('0.1', '0.3')).toBe('-0.2');
  expect(subtractDecimals('1200', '1300')).toBe('-100');
});

test('signOfDecimal tells below, at and above zero', () => {
  expect(['-1e-999999999', '-0.0', '0', '1e999999999'].map(signOfDecimal)).toEqual([-1, 0, 0, 1]);
});

describe('formatSigned', () => {
  test.each([
    ['0.02', '+0.0200'],
    ['-0.01', '-0.0100'],
    ['0.0', '+0.0000'],
    ['-0.0', '+0.0000'],
    ['-0', '+0'],
    ['0.00005', '+0.0001'],
    ['-1e-05', '-1e-05'],
    ['100', '+100'],
    ['-7', '-7'],
    ['1e+16', '+1e+16'],
  ])('%s as %s', (value, text) => {
    expect(formatSigned(value)).toBe(text);
  });

  test('rounds to as many digits as asked', () => {
    expect(formatSigned('-0.85', 1)).toBe('-0.9');
  });
});
