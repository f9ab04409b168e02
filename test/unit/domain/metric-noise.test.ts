import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { encodeJson, parseJson } from '../../../src/domain/canonical-json.ts';
import { sha256Of } from '../../../src/domain/digest.ts';
import { readEvalReport } from '../../../src/domain/eval-report.ts';
import { type NoiseSource, noiseOf } from '../../../src/domain/metric-noise.ts';

function source(text: string): NoiseSource {
  const bytes = new TextEncoder().encode(text);
  return { report: readEvalReport(parseJson(bytes, 'eval_report.json')), evidence: [sha256Of(bytes)] };
}

function story(bundle: string): NoiseSource {
  return source(readFileSync(`fixtures/grammar-tutor/bundles/${bundle}/eval_report.json`, 'utf8'));
}

/** A report whose samples 0 to n - 1 are right where `isRight` says so. */
function answers(n: number, isRight: (at: number) => boolean, more: object = {}): NoiseSource {
  const samples = Array.from({ length: n }, (_, at) => ({ id: at, correct: isRight(at) }));
  const accuracy = samples.filter(({ correct }) => correct).length / n;
  return source(JSON.stringify({ accuracy, samples, ...more }));
}

describe('by samples', () => {
  test('the story: the adapter is better than the base beyond chance, the reseeded model is not', () => {
    const better = noiseOf('overall.accuracy', story('base'), story('adapter'));
    expect(better).toMatchObject({
      method: 'paired bootstrap (BCa)',
      basis: 'samples',
      n: [226, 226],
      resamples: 10000,
    });
    expect(better).toMatchObject({ estimate: '0.128318584071', withinNoise: false });
    expect(noiseOf('overall.accuracy', story('base'), story('reseed'))).toEqual({ kind: 'none', reason: 'all-equal' });
  });

  test('a few more that are right may be chance', () => {
    const [a, b] = [answers(100, (at) => at % 10 !== 0), answers(100, (at) => at % 10 !== 0 || at === 0)];
    expect(noiseOf('accuracy', a, b)).toMatchObject({ estimate: '0.01', withinNoise: true });
  });

  test('the interval of b - a is that of a - b with its sign turned, but for what is drawn', () => {
    const [a, b] = [answers(200, (at) => at % 3 !== 0), answers(200, (at) => at % 4 !== 0)];
    const [there, back] = [noiseOf('accuracy', a, b), noiseOf('accuracy', b, a)];
    if (there.kind !== 'interval' || back.kind !== 'interval') throw new Error('expected intervals');
    expect(Number(there.low) + Number(back.high)).toBeCloseTo(0, 1);
    expect(Number(there.estimate)).toBe(-Number(back.estimate));
  });

  test('the seed is the digest of the inputs, so that the answer is always the same', () => {
    const [a, b] = [answers(50, (at) => at % 3 !== 0), answers(50, (at) => at % 4 !== 0)];
    const noise = noiseOf('accuracy', a, b);
    expect(noise).toMatchObject({ seed: sha256Of(encodeJson(['accuracy', a.evidence, b.evidence])) });
    expect(noiseOf('accuracy', a, b)).toEqual(noise);
    const { evidence } = answers(50, (at) => at % 5 !== 0);
    expect(noiseOf('accuracy', a, { ...b, evidence })).not.toEqual(noise);
  });

  test('samples that do not give the metric are not used', () => {
    expect(noiseOf('core.accuracy', story('base'), story('adapter'))).toEqual({
      kind: 'none',
      reason: 'unlike-metric',
    });
  });

  test('other samples are not paired', () => {
    const [a, b] = [answers(10, (at) => at > 3), answers(11, (at) => at > 3)];
    expect(noiseOf('accuracy', a, b)).toEqual({ kind: 'none', reason: 'not-paired' });
  });

  test('many are drawn less often', () => {
    const noise = noiseOf(
      'accuracy',
      answers(10_000, (at) => at % 3 > 0),
      answers(10_000, (at) => at % 4 > 0),
    );
    expect(noise).toMatchObject({ kind: 'interval', resamples: 5000 });
  });
});

describe('by counts', () => {
  const counted = (successes: number, n: number, more = {}): NoiseSource =>
    source(JSON.stringify({ accuracy: successes / n, counts: { accuracy: { successes, n } }, ...more }));

  test('as if they were of different samples', () => {
    // Newcombe 1998, table II (a): 56/70 - 48/80 is 0.2000 (0.0524 to 0.3339).
    expect(noiseOf('accuracy', counted(48, 80), counted(56, 70))).toMatchObject({
      method: 'Newcombe',
      basis: 'counts',
      n: [80, 70],
      low: expect.stringMatching(/^0\.0524/),
      high: expect.stringMatching(/^0\.33387/),
      withinNoise: false,
      seed: null,
    });
  });

  test('where samples are of no use', () => {
    const samples = [{ id: 'a', correct: true }];
    expect(noiseOf('accuracy', counted(48, 80, { samples }), counted(56, 70))).toMatchObject({ basis: 'counts' });
  });

  test('but not where paired samples show no spread', () => {
    const counts = { accuracy: { successes: 5, n: 10 } };
    const same = answers(10, (at) => at % 2 === 0, { counts });
    expect(noiseOf('accuracy', same, same)).toEqual({ kind: 'none', reason: 'all-equal' });
  });
});

describe('by runs', () => {
  const repeated = (...auc: readonly number[]): NoiseSource => source(JSON.stringify({ auc: auc[0], runs: { auc } }));

  test('the mean difference of repeats', () => {
    // scipy.stats.ttest_rel(b, a).confidence_interval(): mean 0.022, standard error 0.002.
    const [a, b] = [repeated(0.72, 0.71, 0.73, 0.72, 0.7), repeated(0.74, 0.73, 0.76, 0.74, 0.72)];
    expect(noiseOf('auc', a, b)).toMatchObject({
      method: 'paired t',
      basis: 'runs',
      n: [5, 5],
      estimate: '0.022',
      low: expect.stringMatching(/^0\.01644/),
      high: expect.stringMatching(/^0\.02755/),
    });
  });

  test('needs as many of both', () => {
    expect(noiseOf('auc', repeated(0.7, 0.8), repeated(0.7))).toEqual({ kind: 'none', reason: 'not-paired' });
  });
});

test('reports with older meanings of the names have no interval', () => {
  const old = source('{"accuracy":0.5,"samples":226,"counts":{"tp":3},"runs":4}');
  expect(noiseOf('accuracy', old, old)).toEqual({ kind: 'none', reason: 'wrong-form' });
  expect(noiseOf('accuracy', source('{"accuracy":1}'), source('{"accuracy":1}'))).toEqual({
    kind: 'none',
    reason: 'no-data',
  });
});
