/** What scipy and numpy say: fixtures/statistics/golden.json, made by make_golden.py beside it. */
import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import type { Sides } from '../../../../src/domain/statistics/interval.ts';

type Pair = readonly [number, number];

interface Asked {
  readonly confidence: number;
  readonly sides: Sides;
}

interface Golden {
  readonly madeWith: { readonly scipy: string; readonly numpy: string };
  readonly elementary: { readonly logarithm: readonly Pair[]; readonly exponential: readonly Pair[] };
  readonly random: readonly { readonly digest: string; readonly outputs: readonly number[] }[];
  readonly distributions: {
    readonly normalCdf: readonly Pair[];
    readonly normalQuantile: readonly Pair[];
    /** x or p, a, b, result. */
    readonly betaCdf: readonly (readonly [number, number, number, number])[];
    readonly betaQuantile: readonly (readonly [number, number, number, number])[];
    /** k, n, p, then the probabilities of k, of k or less, of k or more. */
    readonly binomial: readonly (readonly [number, number, number, number, number, number])[];
    readonly studentCdf: readonly (readonly [number, number, number])[];
    readonly studentQuantile: readonly (readonly [number, number, number])[];
  };
  readonly proportions: {
    readonly intervals: readonly (Asked & {
      readonly successes: number;
      readonly n: number;
      readonly wilson: Pair;
      readonly clopperPearson: Pair;
    })[];
    readonly differences: readonly (Asked & {
      readonly candidate: Pair;
      readonly baseline: Pair;
      readonly result: readonly [number, number, number];
    })[];
  };
  /** gained, lost, then p: exact two-sided and one-sided, mid-p two-sided and one-sided. */
  readonly mcnemar: readonly (readonly [number, number, number, number, number, number])[];
  readonly bootstrap: readonly {
    readonly name: string;
    readonly values: readonly number[];
    readonly means: readonly number[];
    readonly acceleration: number;
    readonly intervals: readonly (Asked & { readonly BCa: Pair; readonly percentile: Pair })[];
    readonly scipy: Pair;
  }[];
  readonly repeats: readonly {
    readonly candidate: readonly number[];
    readonly baseline: readonly number[];
    readonly mean: number;
    readonly standardError: number;
    readonly two: Pair;
    readonly one: Pair;
    readonly pAboveZero: number;
    readonly pAboveMargin: number;
  }[];
  readonly drift: readonly {
    readonly edges: readonly number[];
    readonly reference: readonly number[];
    readonly current: readonly number[];
    readonly psi: number;
    readonly js: number;
    readonly wasserstein: number;
    readonly ks?: number;
  }[];
  /** Drawn from a seed by another implementation of the same rules. */
  readonly seeded: readonly {
    readonly digest: string;
    readonly resamples: number;
    readonly values: readonly number[];
    readonly BCa: Pair;
    readonly percentile: Pair;
  }[];
  readonly percentiles: readonly { readonly values: readonly number[]; readonly percentiles: readonly Pair[] }[];
}

/** The whole of it. */
export const golden = JSON.parse(
  readFileSync(new URL('../../../../fixtures/statistics/golden.json', import.meta.url), 'utf8'),
) as Golden;

/** Expects a number to be another but for a relative error; near zero, an absolute one of 1e-15. */
export function expectNear(actual: number, expected: number, relative = 1e-12): void {
  const tolerance = Math.max(Math.abs(expected) * relative, 1e-15);
  expect(Math.abs(actual - expected), `${actual} instead of ${expected}`).toBeLessThanOrEqual(tolerance);
}
