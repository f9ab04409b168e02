import { describe, expect, test } from 'vitest';
import { parseJson } from '../../../src/domain/canonical-json.ts';
import { isDecimal } from '../../../src/domain/decimal.ts';
import { compareDecimals, flattenMetrics, formatMetric, type Metric } from '../../../src/domain/metrics.ts';
import { faultOf } from '../../support/fault-of.ts';

function metricsOf(text: string): readonly Metric[] {
  return flattenMetrics(parseJson(new TextEncoder().encode(text), 'eval_report.json'));
}

describe('flattenMetrics', () => {
  test('names every number by its keys, in the order of the document', () => {
    expect(metricsOf('{"n":1200,"overall":{"accuracy":0.9315,"by":{"go":{"past":1.0}}},"a":1e-5}')).toEqual([
      { name: 'n', value: '1200' },
      { name: 'overall.accuracy', value: '0.9315' },
      { name: 'overall.by.go.past', value: '1.0' },
      { name: 'a', value: '1e-05' },
    ]);
  });

  test('leaves out arrays and what is no number', () => {
    expect(metricsOf('{"samples":[1,{"x":2}],"name":"1","ok":true,"none":null,"empty":{}}')).toEqual([]);
    expect(metricsOf('[{"a":1}]')).toEqual([]);
    expect(metricsOf('0.5')).toEqual([]);
  });
});

describe('compareDecimals', () => {
  test.each([
    ['1', '1.0'],
    ['0', '-0.0'],
    ['100', '1e2'],
    ['100.0', '1E+02'],
    ['0.001', '1e-3'],
    ['1.50', '1.5'],
    ['0e5', '0'],
  ])('%s equals %s', (a, b) => {
    expect(compareDecimals(a, b)).toBe(0);
    expect(compareDecimals(b, a)).toBe(0);
  });

  test.each([
    ['0.8499999999999999999999', '0.85'],
    ['9007199254740992', '9007199254740993'],
    ['-1', '0'],
    ['-2', '-1.5'],
    ['-10', '-9'],
    ['9', '10'],
    ['0.09', '0.1'],
    ['5e-324', '1e-323'],
    ['1e308', '1e309'],
    ['0', '1e-999999999999999999999'],
    ['1e999999999999999999998', '1e999999999999999999999'],
  ])('%s is less than %s', (a, b) => {
    expect(compareDecimals(a, b)).toBeLessThan(0);
    expect(compareDecimals(b, a)).toBeGreaterThan(0);
  });

  test.each(['', 'x', '01', '.5', '5.', '+1', '1e', ' 1', '1\n', 'NaN', '1'.repeat(4302)])(
    '%j is no decimal',
    (text) => {
      expect(isDecimal(text)).toBe(false);
      expect(faultOf(() => compareDecimals(text, '1')).code).toBe('bug');
    },
  );
});

describe('formatMetric', () => {
  test.each([
    ['0.9315', '0.9315'],
    ['0.93155', '0.9316'],
    ['0.93154999999999999', '0.9315'],
    ['-0.93155', '-0.9316'],
    ['0.99999', '1.0000'],
    ['1.0', '1.0000'],
    ['0.0', '0.0000'],
    ['-0.0', '0.0000'],
    ['12.5', '12.5000'],
    ['100000.0', '100000.0000'],
    ['9999999999999998.0', '9999999999999998.0000'],
    ['1e+16', '1e+16'],
    ['1e-05', '1e-05'],
    ['5e-05', '0.0001'],
    ['5e-324', '5e-324'],
    ['1200', '1200'],
    ['-7', '-7'],
    ['18446744073709551615', '18446744073709551615'],
  ])('%s as %s', (value, text) => {
    expect(formatMetric(value)).toBe(text);
  });

  test('rounds to as many digits as asked', () => {
    expect(formatMetric('0.85', 1)).toBe('0.9');
    expect(formatMetric('2.5', 0)).toBe('3');
    expect(formatMetric('0.5', 6)).toBe('0.500000');
  });
});
