import { describe, expect, test } from 'vitest';
import { judgeImprovements } from '../../../src/domain/improvement/judge-improvements.ts';
import { judgeOne, question, scored } from '../../support/improve-question.ts';

/** So many ones, then zeros. */
function bits(ones: number, n: number): readonly number[] {
  return Array.from({ length: n }, (_, index) => (index < ones ? 1 : 0));
}

const EVAL_SET = { sha256: 'a'.repeat(64) };
const OTHER_SET = { sha256: 'b'.repeat(64) };

describe('without confidence', () => {
  test('production + 0.02 is strict, in exact decimals: 0.93 over 0.91 is refused', () => {
    const rule = { metric: 'auc', by: '0.02' };
    expect(judgeOne(rule, '{"auc": 0.93}', '{"auc": 0.91}')).toEqual({
      gate: 'improve',
      metric: 'auc',
      value: '0.93',
      threshold: '0.93',
      method:
        'value > threshold, exact decimals (production 0123456789ab: 0.91 + 0.02); ' +
        'not proven alike: eval_set, sample_ids, metric_code',
      outcome: 'fail',
    });
    expect(judgeOne(rule, '{"auc": 0.9300000000000002}', '{"auc": 0.91}').outcome).toBe('pass');
  });

  test('without `by` it must be above the baseline', () => {
    expect(judgeOne({ metric: 'auc' }, '{"auc": 0.91}', '{"auc": 0.91}').outcome).toBe('fail');
    expect(judgeOne({ metric: 'auc' }, '{"auc": 0.92}', '{"auc": 0.91}').outcome).toBe('pass');
  });

  test('downward, lower is better', () => {
    const rule = { metric: 'loss', by: '0.05', direction: 'down' } as const;
    expect(judgeOne(rule, '{"loss": 0.15}', '{"loss": 0.2}')).toMatchObject({ threshold: '0.15', outcome: 'fail' });
    expect(judgeOne(rule, '{"loss": 0.14}', '{"loss": 0.2}')).toMatchObject({ threshold: '0.15', outcome: 'pass' });
  });

  test('a margin is borne, but not reached', () => {
    const rule = { metric: 'auc', margin: '0.00001' };
    expect(judgeOne(rule, '{"auc": 0.90999}', '{"auc": 0.91}')).toMatchObject({
      threshold: '0.90999',
      outcome: 'fail',
    });
    expect(judgeOne(rule, '{"auc": 0.909991}', '{"auc": 0.91}')).toMatchObject({
      method: expect.stringContaining('0.91 - 1e-05'),
      outcome: 'pass',
    });
    const down = { metric: 'loss', margin: '0.1', direction: 'down' } as const;
    expect(judgeOne(down, '{"loss": 0.29}', '{"loss": 0.2}')).toMatchObject({ threshold: '0.3', outcome: 'pass' });
  });

  test('a metric that one of both lacks fails, and says whose', () => {
    expect(judgeOne({ metric: 'auc' }, '{}', '{"auc": 0.91}').method).toBe('eval_report.json has no such metric');
    expect(judgeOne({ metric: 'auc' }, '{"auc": 0.91}', '{}').method).toContain('of production 0123456789ab has no');
  });

  test('numbers too long to add are refused, not worked out', () => {
    const verdict = judgeOne({ metric: 'a', by: '1e999999999' }, '{"a": 1}', '{"a": 1}');
    expect(verdict).toMatchObject({ outcome: 'fail', method: expect.stringContaining('1,000 digits') });
    expect(judgeOne({ metric: 'a' }, '{"a": 1}', `{"a": 1${'0'.repeat(2000)}}`)).toMatchObject({ outcome: 'fail' });
  });
});

describe('evidence', () => {
  test('reports that name different evaluation sets are not compared, and it says which digests', () => {
    const verdict = judgeOne({ metric: 'auc' }, { auc: 0.99, eval_set: EVAL_SET }, { auc: 0.9, eval_set: OTHER_SET });
    expect(verdict).toEqual({
      gate: 'improve',
      metric: 'auc',
      method: `unlike evidence, not compared: eval_set sha256 ${EVAL_SET.sha256}, of production 0123456789ab ${OTHER_SET.sha256}`,
      outcome: 'fail',
    });
  });

  test('nor those that name different samples or metric code', () => {
    const compare = (ours: object, theirs: object): string =>
      judgeOne({ metric: 'auc' }, { auc: 0.99, ...ours }, { auc: 0.9, ...theirs }).method;
    expect(compare({ sample_ids: 'a'.repeat(64) }, { sample_ids: 'b'.repeat(64) })).toContain('sample_ids sha256 aaaa');
    expect(compare({ metric_code: 'a'.repeat(40) }, { metric_code: 'b'.repeat(40) })).toContain(
      'metric_code git_sha aaaa',
    );
  });

  test('what proves both alike is said', () => {
    const proof = { eval_set: EVAL_SET, metric_code: 'a'.repeat(40) };
    expect(judgeOne({ metric: 'auc' }, { auc: 0.99, ...proof }, { auc: 0.9, ...proof }).method).toMatch(
      /; same evidence$/,
    );
  });

  test('other samples are refused by their ids', () => {
    const other = { accuracy: 0.5, samples: [0, 1].map((score) => ({ id: `other${score}`, accuracy: score })) };
    const verdict = judgeOne({ metric: 'accuracy', confidence: '0.95' }, scored([1, 0]), other);
    expect(verdict).toMatchObject({ outcome: 'fail', method: expect.stringContaining('unlike evidence') });
  });

  test('so are the same samples of which others have a score', () => {
    const report = (scores: readonly (number | null)[]): object => {
      const given = scores.filter((score) => score !== null);
      return {
        f1: given.reduce((sum, score) => sum + score, 0) / given.length,
        samples: scores.map((score, id) => ({ id, ...(score === null ? {} : { f1: score }) })),
      };
    };
    const verdict = judgeOne({ metric: 'f1', confidence: '0.95' }, report([1, 1, null]), report([0, null, null]));
    expect(verdict.method).toBe(
      "unlike evidence: of the samples with a score, 1 are the candidate's alone, 0 are production 0123456789ab's alone",
    );
  });

  test('samples that contradict the metric are not used, whatever else there is', () => {
    const lie = scored(bits(90, 100), { accuracy: 0.95, counts: { accuracy: { successes: 95, n: 100 } } });
    const verdict = judgeOne({ metric: 'accuracy', confidence: '0.95' }, lie, scored(bits(50, 100)));
    expect(verdict).toMatchObject({
      method: 'the candidate: its data give 0.9, it states 0.95',
      outcome: 'fail',
    });
  });
});

describe('with confidence, over samples', () => {
  const rule = { metric: 'accuracy', confidence: '0.95' } as const;

  test('a gain that samples bear passes, and the method says which, n and the interval', () => {
    const verdict = judgeOne(rule, scored(bits(180, 200)), scored(bits(160, 200)));
    expect(verdict).toMatchObject({ gate: 'improve', metric: 'accuracy', threshold: '0', outcome: 'pass' });
    expect(verdict.method).toMatch(
      /^lower bound of the gain > threshold: paired bootstrap \(BCa, 10000 resamples\), 200 samples: gain 0\.1 \[0\.0\d+, 0\.1\d*\], each bound at 0\.95; McNemar, exact, one-sided, 20 gained, 0 lost: p 9\.5367431640\d+e-07; over production 0123456789ab; not proven alike: eval_set, metric_code$/,
    );
    expect(verdict.method).toContain(`[${verdict.value}, `);
  });

  test('the same difference by chance does not', () => {
    const ours = Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? 1 : index < 52 ? 1 : 0));
    const theirs = Array.from({ length: 100 }, (_, index) => (index % 2 === 1 ? 1 : index < 48 ? 1 : 0));
    expect(judgeOne(rule, scored(ours), scored(theirs)).outcome).toBe('fail');
  });

  test('the gain must be above `by` with the confidence, not only as it was measured', () => {
    const [ours, theirs] = [scored(bits(180, 200)), scored(bits(160, 200))];
    expect(judgeOne({ ...rule, by: '0.05' }, ours, theirs).outcome).toBe('pass');
    expect(judgeOne({ ...rule, by: '0.09' }, ours, theirs).outcome).toBe('fail');
  });

  test("of few 0/1 samples McNemar's exact test decides where the bootstrap would have said yes", () => {
    const [ours, theirs] = [scored(bits(9, 12)), scored(bits(5, 12))];
    const verdict = judgeOne(rule, ours, theirs);
    expect(verdict).toMatchObject({ value: '0.0625', threshold: '0.05', outcome: 'fail' });
    expect(verdict.method).toMatch(/^p of McNemar's test <= threshold: /);
    expect(judgeOne(rule, scored(bits(10, 12)), theirs).outcome).toBe('pass');
  });

  test('downward it measures the loss that is gone', () => {
    const cases = Array.from({ length: 60 }, (_, index) => index / 60);
    const better = scored(cases.map((loss, index) => loss - 0.1 - (index % 5) / 100));
    expect(judgeOne({ ...rule, direction: 'down' }, better, scored(cases)).outcome).toBe('pass');
    expect(judgeOne({ ...rule, direction: 'up' }, better, scored(cases)).outcome).toBe('fail');
  });

  test('no worse than a margin: a small loss is borne, and McNemar is not asked', () => {
    const ours = Array.from({ length: 400 }, (_, index) => (index % 40 === 0 ? 0 : 1));
    const theirs = Array.from({ length: 400 }, (_, index) => (index % 40 === 1 && index > 80 ? 0 : 1));
    const borne = judgeOne({ ...rule, margin: '0.03' }, scored(ours), scored(theirs));
    expect(borne).toMatchObject({ threshold: '-0.03', outcome: 'pass' });
    expect(borne.method).not.toContain('McNemar');
    expect(judgeOne({ ...rule, margin: '0.01' }, scored(ours), scored(theirs)).outcome).toBe('fail');
  });

  test('the same answers on n samples are no worse than what n samples can tell', () => {
    const same = scored(bits(50, 100));
    const verdict = judgeOne({ ...rule, margin: '0.03' }, same, same);
    // 1 - 0.05^(1/100)
    expect(verdict).toMatchObject({ value: '-0.029513049607', threshold: '-0.03', outcome: 'pass' });
    expect(judgeOne({ ...rule, margin: '0.029' }, same, same).outcome).toBe('fail');
    expect(judgeOne(rule, same, same).outcome).toBe('fail');
  });

  test('nothing is told from one sample, or from differences without spread', () => {
    expect(judgeOne(rule, scored([1]), scored([0])).method).toBe('1 paired samples: at least 2 are needed');
    expect(judgeOne(rule, scored([0.5, 0.75]), scored([0.25, 0.5])).method).toContain('no spread');
  });

  test('the order of the samples changes nothing, another report draws other samples', () => {
    const n = 64;
    const scores = Array.from({ length: n }, (_, index) => Math.sin(index) ** 2);
    const base = scored(scores.map((score, index) => score - Math.cos(index) / 10 + 0.02));
    const [verdict, again] = [judgeOne(rule, scored(scores), base), judgeOne(rule, scored(scores), base)];
    expect(again).toEqual(verdict);
    expect(judgeOne(rule, scored(scores, { note: 'x' }), base).method).not.toBe(verdict.method);
  });

  test('a confidence that no resampling gives is refused', () => {
    const [ours, theirs] = [scored(bits(180, 200)), scored(bits(160, 200))];
    expect(judgeOne({ ...rule, confidence: '0.9999' }, ours, theirs).method).toContain('100000 resamples');
    expect(judgeOne({ ...rule, confidence: '0.99999' }, ours, theirs)).toMatchObject({ outcome: 'fail' });
    expect(judgeOne({ ...rule, confidence: `0.${'9'.repeat(30)}` }, ours, theirs)).toMatchObject({ outcome: 'fail' });
  });
});

describe('with confidence, without samples', () => {
  test("repeats are paired by their order: the seed's mean of 0.022 with a standard error of 0.002", () => {
    const runs = (values: readonly number[]): object => ({ auc: values[0], runs: { auc: values } });
    const [ours, theirs] = [runs([0.74, 0.75, 0.74, 0.77, 0.75]), runs([0.72, 0.73, 0.71, 0.75, 0.73])];
    const verdict = judgeOne({ metric: 'auc', confidence: '0.95' }, ours, theirs);
    // 0.022 - t(0.95, 4) * 0.002
    expect(verdict).toMatchObject({ value: '0.0177363064273', threshold: '0', outcome: 'pass' });
    expect(verdict.method).toContain("Student's t, 5 paired runs: gain 0.022 [");
    expect(judgeOne({ metric: 'auc', confidence: '0.95', by: '0.02' }, ours, theirs).outcome).toBe('fail');
    expect(judgeOne({ metric: 'auc', confidence: '0.95' }, ours, runs([0.7, 0.71])).method).toContain('5 runs of the');
  });

  test('counts are compared unpaired, and it says so', () => {
    const counted = (successes: number, n: number): object => ({
      acc: successes / n,
      counts: { acc: { successes, n } },
    });
    const rule = { metric: 'acc', confidence: '0.95' } as const;
    const verdict = judgeOne(rule, counted(930, 1000), counted(900, 1000));
    expect(verdict).toMatchObject({ outcome: 'pass' });
    expect(verdict.method).toContain('Newcombe (Wilson), counts of 1000 and 1000, not paired: gain 0.03 [');
    expect(judgeOne(rule, counted(93, 100), counted(90, 100)).outcome).toBe('fail');
    const down = { ...rule, direction: 'down' } as const;
    expect(judgeOne(down, counted(900, 1000), counted(930, 1000)).value).toBe(verdict.value);
  });

  test('samples go before runs, runs before counts; what one side lacks is passed over', () => {
    const all = { runs: { accuracy: [0.5, 0.6, 0.8] }, counts: { accuracy: { successes: 1, n: 2 } } };
    const other = { runs: { accuracy: [0.4, 0.55, 0.6] }, counts: { accuracy: { successes: 0, n: 2 } } };
    const rule = { metric: 'accuracy', confidence: '0.95' } as const;
    expect(judgeOne(rule, scored([0, 1], all), scored([0, 0], other)).method).toContain('samples');
    expect(judgeOne(rule, scored([0, 1], all), { accuracy: 0, ...other }).method).toContain('paired runs');
    const counted = { accuracy: 0, counts: other.counts };
    expect(judgeOne(rule, { accuracy: 0.5, ...all }, counted).method).toContain('counts of 2 and 2');
    expect(judgeOne(rule, { accuracy: 0.5, ...all }, { accuracy: 0 }).method).toContain('not both reports have');
  });
});

describe('several metrics', () => {
  const counted = (successes: readonly number[]): object => ({
    ...Object.fromEntries(successes.map((count, index) => [`m${index}`, count / 1000])),
    counts: Object.fromEntries(successes.map((count, index) => [`m${index}`, { successes: count, n: 1000 }])),
  });
  const judge = (ours: readonly number[], theirs: readonly number[]) =>
    judgeImprovements(
      ours.map((_, index) => question({ metric: `m${index}`, confidence: '0.95' }, counted(ours), counted(theirs))),
    );

  test('a gain that would do alone does not among five', () => {
    expect(judge([924], [900])).toMatchObject([{ outcome: 'pass' }]);
    const five = judge([924, 900, 900, 900, 900], [900, 900, 900, 900, 900]);
    expect(five.map(({ outcome }) => outcome)).toEqual(['fail', 'fail', 'fail', 'fail', 'fail']);
    expect(five[0]?.method).toContain('each bound at 0.99 by Holm, 5 metrics');
  });

  test('those that hold make it easier for the others (Holm), down to the confidence itself', () => {
    const verdicts = judge([990, 924, 990], [900, 900, 900]);
    expect(verdicts.map(({ outcome }) => outcome)).toEqual(['pass', 'pass', 'pass']);
    expect(verdicts[0]?.method).toContain('each bound at 0.983333333333 by Holm, 3 metrics');
    expect(verdicts[1]?.method).toContain('each bound at 0.95 by Holm, 3 metrics');
  });

  test('one that cannot be tested counts, and rules without confidence do not', () => {
    const [first, second, third] = judgeImprovements([
      question({ metric: 'm0', confidence: '0.95' }, counted([928]), counted([900])),
      question({ metric: 'none', confidence: '0.95' }, counted([924]), counted([900])),
      question({ metric: 'm0' }, counted([924]), counted([900])),
    ]);
    expect(first).toMatchObject({ outcome: 'pass', method: expect.stringContaining('at 0.975 by Holm, 2 metrics') });
    expect([second?.outcome, third?.outcome]).toEqual(['fail', 'pass']);
  });
});
