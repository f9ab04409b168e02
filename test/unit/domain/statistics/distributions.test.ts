import { describe, expect, test } from 'vitest';
import { betaCdf, betaQuantile } from '../../../../src/domain/statistics/beta.ts';
import { binomialCdf, binomialTail } from '../../../../src/domain/statistics/binomial.ts';
import { binomialDensity } from '../../../../src/domain/statistics/binomial-density.ts';
import { exponential, logarithm } from '../../../../src/domain/statistics/elementary.ts';
import { normalCdf, normalQuantile } from '../../../../src/domain/statistics/normal.ts';
import { studentCdf, studentQuantile } from '../../../../src/domain/statistics/student-t.ts';
import { expectNear, golden } from './golden.ts';

const { elementary, distributions } = golden;

describe('exponential and logarithm', () => {
  test.each(elementary.logarithm)('log(%d) is right to the last place', (x, expected) => {
    expectNear(logarithm(x), expected, Number.EPSILON);
  });

  test.each(elementary.exponential)('exp(%d) is right to the last place', (x, expected) => {
    expect(Math.abs(exponential(x) - expected)).toBeLessThanOrEqual(expected * Number.EPSILON);
  });

  test('have their limits', () => {
    expect([logarithm(0), logarithm(-1), logarithm(Number.NaN), logarithm(Number.POSITIVE_INFINITY)]).toEqual([
      Number.NEGATIVE_INFINITY,
      Number.NaN,
      Number.NaN,
      Number.POSITIVE_INFINITY,
    ]);
    expect([exponential(710), exponential(-746), exponential(Number.NaN)]).toEqual([
      Number.POSITIVE_INFINITY,
      0,
      Number.NaN,
    ]);
  });
});

describe('the normal distribution', () => {
  test.each(distributions.normalCdf)('P(Z <= %d)', (z, expected) => {
    expect(Math.abs(normalCdf(z) - expected)).toBeLessThanOrEqual(expected * 1e-12);
  });

  test.each(distributions.normalQuantile)('its quantile at %d', (p, expected) => {
    expectNear(normalQuantile(p), expected);
  });

  test('has no quantile beyond 0 and 1', () => {
    expect([normalQuantile(0), normalQuantile(1), normalQuantile(-0.1)]).toEqual([
      Number.NEGATIVE_INFINITY,
      Number.POSITIVE_INFINITY,
      Number.NaN,
    ]);
  });
});

describe('the beta distribution', () => {
  test.each(distributions.betaCdf)('I_%d(%d, %d)', (x, a, b, expected) => {
    expectNear(betaCdf(x, a, b), expected);
  });

  test.each(distributions.betaQuantile)('its quantile at %d for a = %d, b = %d', (p, a, b, expected) => {
    expectNear(betaQuantile(p, a, b), expected);
  });

  test('lies between 0 and 1', () => {
    expect([betaCdf(-1, 2, 3), betaCdf(0, 2, 3), betaCdf(1, 2, 3), betaCdf(2, 2, 3)]).toEqual([0, 0, 1, 1]);
  });
});

describe('the binomial distribution', () => {
  test.each(distributions.binomial)('%d of %d at %d', (k, n, p, point, upTo, from) => {
    expectNear(binomialDensity(k, n, p), point);
    expectNear(binomialCdf(k, n, p), upTo);
    expectNear(binomialTail(k, n, p), from);
  });

  test('is certain where it cannot be otherwise', () => {
    expect([binomialDensity(0, 5, 0), binomialDensity(1, 5, 0), binomialDensity(5, 5, 1)]).toEqual([1, 0, 1]);
    expect([binomialDensity(4, 5, 1), binomialCdf(-1, 5, 0.5), binomialTail(6, 5, 0.5)]).toEqual([0, 0, 0]);
  });
});

describe("Student's t", () => {
  test.each(distributions.studentCdf)('P(T <= %d) with %d degrees of freedom', (t, freedom, expected) => {
    expectNear(studentCdf(t, freedom), expected);
  });

  test.each(distributions.studentQuantile)('its quantile at %d with %d degrees of freedom', (p, freedom, expected) => {
    expectNear(studentQuantile(p, freedom), expected, 1e-11);
  });
});
