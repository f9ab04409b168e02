import { expect, test } from 'vitest';
import { pairedDifferences } from '../../../../src/domain/statistics/paired-differences.ts';
import { pairedRepeats, repeatsPValue } from '../../../../src/domain/statistics/paired-repeats.ts';
import { printNumber } from '../../../../src/domain/statistics/print-number.ts';
import { expectNear, golden } from './golden.ts';

function repeatsOf(differences: readonly number[], sides: 'one' | 'two') {
  const result = pairedRepeats(differences, 0.95, sides);
  if (result.kind !== 'interval') throw new Error(`no interval: ${result.reason}`);
  return result;
}

test.each(golden.repeats)('$candidate less $baseline is what scipy has', (expected) => {
  const differences = pairedDifferences(expected.candidate.map(String), expected.baseline.map(String));
  const [one, two] = [repeatsOf(differences, 'one'), repeatsOf(differences, 'two')];
  expectNear(two.estimate, expected.mean);
  expectNear(two.standardError, expected.standardError);
  expectNear(two.interval.low, expected.two[0], 1e-11);
  expectNear(two.interval.high, expected.two[1], 1e-11);
  expectNear(one.interval.low, expected.one[0], 1e-11);
  expectNear(one.interval.high, expected.one[1], 1e-11);
  expectNear(repeatsPValue(one, 0), expected.pAboveZero, 1e-11);
  expectNear(repeatsPValue(one, 0.01), expected.pAboveMargin, 1e-11);
});

test('five candidates have a mean delta of 0.022 with a standard error of 0.002', () => {
  const candidate = ['0.74', '0.75', '0.73', '0.76', '0.75'];
  const baseline = ['0.72', '0.73', '0.71', '0.74', '0.72'];
  const { estimate, standardError } = repeatsOf(pairedDifferences(candidate, baseline), 'two');
  expect([estimate, standardError].map(printNumber)).toEqual(['0.022', '0.002']);
});

test('differences are those of the decimals, so that equal ones are equal', () => {
  expect(pairedDifferences(['0.74', '0.75', '1', '3.0'], ['0.72', '0.73', '0', '1'])).toEqual([0.02, 0.02, 1, 2]);
  expect(0.3 - 0.1).not.toBe(0.4 - 0.2);
  expect(pairedRepeats(pairedDifferences(['0.3', '0.4'], ['0.1', '0.2']), 0.95, 'two')).toEqual({
    kind: 'unfit',
    n: 2,
    reason: 'all-equal',
  });
});

test('scores that no float is near to say nothing', () => {
  const differences = pairedDifferences(['1'.repeat(4000), '2'], ['1', '1.5']);
  expect(differences).toEqual([Number.NaN, 0.5]);
  expect(pairedRepeats(differences, 0.95, 'one')).toEqual({ kind: 'unfit', n: 2, reason: 'out-of-range' });
});

test('one repeat says nothing of the next', () => {
  expect(pairedRepeats([0.02], 0.95, 'one')).toEqual({ kind: 'unfit', n: 1, reason: 'too-few' });
});
