import { describe, expect, test } from 'vitest';
import { parseJson } from '../../../src/domain/canonical-json.ts';
import { readHistograms } from '../../../src/domain/histogram.ts';
import { type Histograms, judgeDrift } from '../../../src/domain/judge-drift.ts';
import { isWrong } from '../../../src/domain/reported.ts';

const SEED = { reference: [0.2, 0.3, 0.25, 0.25], current: [0.1, 0.25, 0.3, 0.35] };
const EDGES = [0, 10, 20, 30, 40];
const CATEGORIES = ['a', 'b', 'c', 'd'];

function histograms(value: object): Histograms {
  const read = readHistograms(parseJson(new TextEncoder().encode(JSON.stringify(value)), 'test'), '');
  if (isWrong(read)) throw new Error(read.problem);
  return read;
}

const REFERENCE = histograms({ age: { edges: EDGES, counts: SEED.reference } });
const CURRENT = histograms({ age: { edges: EDGES, counts: SEED.current } });

describe('drift', () => {
  test("the seed's histograms: PSI 0.121194, JS 0.014957", () => {
    const verdicts = judgeDrift(
      { file: 'now.json', psi: '0.2', js: '0.01', ks: '0.15', wasserstein: '3.5' },
      REFERENCE,
      CURRENT,
    );
    const told = verdicts.map(({ metric, value, threshold, outcome }) => [
      metric,
      Number(value).toFixed(6),
      threshold,
      outcome,
    ]);
    expect(told).toEqual([
      ['psi.age', '0.121194', '0.2', 'pass'],
      ['js.age', '0.014957', '0.01', 'fail'],
      ['ks.age', '0.150000', '0.15', 'pass'],
      ['wasserstein.age', '3.500000', '3.5', 'pass'],
    ]);
    expect(verdicts[0]?.method).toBe('value <= threshold: population stability index, of now.json from the reference');
  });

  test('counts and shares are alike, whatever their totals are', () => {
    const counted = histograms({ age: { edges: EDGES, counts: SEED.current.map((share) => share * 4000) } });
    const rule = { file: 'f', psi: '1' };
    expect(judgeDrift(rule, REFERENCE, counted)).toEqual(judgeDrift(rule, REFERENCE, CURRENT));
  });

  test('only what is asked is measured, and a bound may be reached', () => {
    expect(judgeDrift({ file: 'f', psi: '0' }, REFERENCE, REFERENCE)).toMatchObject([
      { value: '0.0', outcome: 'pass' },
    ]);
  });

  test('a feature that the file lacks fails; one that only the file has is not looked at', () => {
    const more = histograms({ extra: { edges: [0, 1], counts: [1] } });
    expect(judgeDrift({ file: 'now.json', psi: '1' }, REFERENCE, more)).toEqual([
      { gate: 'drift', metric: 'age', method: 'now.json has no such feature', outcome: 'fail' },
    ]);
  });

  test('other bins cannot be compared', () => {
    const other = histograms({ age: { edges: [0, 10, 20, 30, 41], counts: SEED.current } });
    const kind = histograms({ age: { categories: CATEGORIES, counts: SEED.current } });
    const rule = { file: 'now.json', psi: '1' };
    expect(judgeDrift(rule, REFERENCE, other)).toMatchObject([
      { method: expect.stringContaining('other edges'), outcome: 'fail' },
    ]);
    expect(judgeDrift(rule, REFERENCE, kind)).toMatchObject([
      { method: expect.stringContaining('categories'), outcome: 'fail' },
    ]);
  });

  test('categories are judged by what needs no order, and fail where nothing else is asked', () => {
    const reference = histograms({ verb: { categories: CATEGORIES, counts: SEED.reference } });
    const current = histograms({
      verb: { categories: [...CATEGORIES].reverse(), counts: [...SEED.current].reverse() },
    });
    expect(judgeDrift({ file: 'f', psi: '0.2', ks: '0.1' }, reference, current)).toMatchObject([
      { metric: 'psi.verb', value: expect.stringMatching(/^0\.12119/), outcome: 'pass' },
    ]);
    expect(judgeDrift({ file: 'f', ks: '0.1' }, reference, current)).toMatchObject([
      { metric: 'verb', method: expect.stringContaining('no order'), outcome: 'fail' },
    ]);
  });

  test('a rule without a bound, or a reference without features, is no check that passed', () => {
    expect(judgeDrift({ file: 'f' }, REFERENCE, CURRENT)).toMatchObject([{ outcome: 'fail' }]);
    expect(judgeDrift({ file: 'f', psi: '1' }, histograms({}), CURRENT)).toMatchObject([{ outcome: 'fail' }]);
  });

  test('edges that no float tells apart from infinity fail', () => {
    const far = { far: { edges: [-1.7e308, 0, 1.7e308], counts: [1, 1] } };
    const gone = { far: { edges: [-1.7e308, 0, 1.7e308], counts: [0, 1] } };
    const [verdict] = judgeDrift({ file: 'f', wasserstein: '1' }, histograms(far), histograms(gone));
    expect(verdict).toMatchObject({ outcome: 'fail' });
  });

  test('of more than 32 verdicts the worst feature of each statistic stands for all', () => {
    const features = Array.from({ length: 40 }, (_, index) => `f${String(index).padStart(2, '0')}`);
    const reference = histograms(
      Object.fromEntries(features.map((name) => [name, { edges: EDGES, counts: SEED.reference }])),
    );
    const moved = { f07: SEED.current, f21: [0.2, 0.28, 0.27, 0.25] };
    const current = histograms(
      Object.fromEntries(
        features.slice(2).map((name) => {
          const counts = name in moved ? moved[name as keyof typeof moved] : SEED.reference;
          return [name, { edges: EDGES, counts }];
        }),
      ),
    );
    const verdicts = judgeDrift({ file: 'now.json', psi: '0.001', ks: '0.2' }, reference, current);
    expect(verdicts).toMatchObject([
      {
        metric: 'f00',
        method: expect.stringMatching(/the first of 2 features that cannot be compared$/),
        outcome: 'fail',
      },
      {
        metric: 'psi.f07',
        method: expect.stringMatching(/; the worst of 38 features, 2 of which fail$/),
        outcome: 'fail',
      },
      {
        metric: 'ks.f07',
        method: expect.stringMatching(/; the worst of 38 features, 0 of which fail$/),
        outcome: 'pass',
      },
    ]);
    expect(verdicts).toHaveLength(3);
  });
});
