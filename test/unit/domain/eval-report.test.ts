import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parseJson } from '../../../src/domain/canonical-json.ts';
import { type Evidence, sameEvidence } from '../../../src/domain/eval-evidence.ts';
import { type EvalReport, readEvalReport, withSamples } from '../../../src/domain/eval-report.ts';
import { digestSampleIds, readSampleLines } from '../../../src/domain/eval-samples.ts';
import { countsOf, scoresOf } from '../../../src/domain/eval-scores.ts';
import { givenValue, isWrong, reported } from '../../../src/domain/reported.ts';
import { readVectors } from '../../support/vectors.ts';

interface ReportVector {
  readonly name: string;
  readonly report: string;
  readonly metrics: readonly (readonly [string, string])[];
  /** Pointers of what is of another form, by member. */
  readonly wrong: Readonly<Record<string, string>>;
  readonly sample_ids: string | null;
  readonly scores: Readonly<Record<string, object>>;
  readonly counts: Readonly<Record<string, object>>;
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function read(text: string): EvalReport {
  return readEvalReport(parseJson(bytes(text), 'eval_report.json'));
}

function wrongMembers({ sampleIds, metrics: _, ...members }: EvalReport): Record<string, string> {
  const all = Object.entries({ ...members, sample_ids: sampleIds });
  return Object.fromEntries(all.flatMap(([name, member]) => (member.kind === 'wrong' ? [[name, member.pointer]] : [])));
}

describe.each(readVectors<ReportVector>('eval-report'))('$name', (vector) => {
  const report = read(vector.report);

  test('reads as an independent reader reads it', () => {
    expect(report.metrics.map(({ name, value }) => [name, value])).toEqual(vector.metrics);
    expect(wrongMembers(report)).toEqual(vector.wrong);
    expect(givenValue(report.sampleIds) ?? null).toBe(vector.sample_ids);
    for (const [metric, scores] of Object.entries(vector.scores))
      expect(scoresOf(report, metric)).toMatchObject(scores);
    for (const [metric, counts] of Object.entries(vector.counts)) expect(countsOf(report, metric)).toEqual(counts);
  });
});

test('what a report names is there as it was given', () => {
  const vector = readVectors<ReportVector>('eval-report').find(({ name }) => name === 'all that a report may name');
  const report = read(vector?.report ?? '');
  expect(report).toMatchObject({
    evalSet: { value: { md5: 'a'.repeat(32), sha256: 'b'.repeat(64), path: 'data/eval.jsonl' } },
    metricCode: { value: { git_sha: 'c'.repeat(40) } },
    latencies: { value: [42, 48.5] },
    driftCheckPassed: { value: true },
    samples: { kind: 'absent' },
  });
  expect(givenValue(report.runs)?.get('auc')).toEqual(['0.72', '0.71', '0.73']);
  const histograms = givenValue(report.histograms);
  expect(histograms?.get('age')).toEqual({ kind: 'bins', edges: [0, 18, 65, 120], counts: [3, 5, 2] });
  expect(histograms?.get('land')).toEqual({ kind: 'categories', categories: ['de', 'fr'], counts: [0.4, 0.6] });
});

describe.each(
  readVectors<{ readonly name: string; readonly a: unknown; readonly b: unknown; readonly evidence: Evidence }>(
    'eval-evidence',
  ),
)('evidence: $name', ({ a, b, evidence }) => {
  test('is judged so', () => {
    expect(sameEvidence(read(JSON.stringify(a)), read(JSON.stringify(b)))).toEqual(evidence);
  });
});

describe('eval_samples.jsonl', () => {
  const lines = '{"id":"b","correct":true}\n{"id":"a","correct":false}\n';

  test('stands in for samples that the report has not', () => {
    const report = withSamples(read('{"accuracy":0.5}'), reported(readSampleLines(bytes(lines))));
    expect(scoresOf(report, 'accuracy')).toMatchObject({ ids: ['a', 'b'], values: ['0', '1'], binary: true });
    expect(report.sampleIds).toEqual({
      kind: 'given',
      value: '911169ddaaf146aff539f58c26c489af3b892dff0fe283c1c264c65ae5aa59a2',
    });
  });

  test('does not replace samples of the report', () => {
    const report = withSamples(read('{"accuracy":1.0,"samples":[{"id":"x","correct":true}]}'), {
      kind: 'given',
      value: [],
    });
    expect(scoresOf(report, 'accuracy')).toMatchObject({ ids: ['x'] });
  });

  test('needs no line feed at its end, and no line at all', () => {
    expect(readSampleLines(bytes(lines.trimEnd()))).toEqual(readSampleLines(bytes(lines)));
    expect(readSampleLines(bytes(''))).toEqual([]);
  });

  test.each([
    ['{"id":"a"}\n{"id":1,}\n', '/1'],
    ['{"id":"a"}\n\n{"id":"b"}\n', '/1'],
    ['{"id":"a"}\n[]\n', '/1'],
    ['{"id":"a"}\n{"id":1.5}\n', '/1/id'],
    ['{"id":"a\\nb"}\n', '/0/id'],
    ['{"id":"1"}\n{"id":1}\n', '/1/id'],
  ])('%j is wrong at %s', (text, pointer) => {
    expect(readSampleLines(bytes(text))).toMatchObject({ kind: 'wrong', pointer });
  });
});

test('the ids of samples are sorted by code point, not by UTF-16 unit', () => {
  const samples = readSampleLines(bytes('{"id":"\u{1f600}"}\n{"id":"\uff5e"}\n'));
  expect(isWrong(samples) ? samples : digestSampleIds(samples)).toBe(
    '0824c36ccfb6a35fa0bb86e5b8cde6dee4fd186257bf4781d51065efe831f816',
  );
});

describe('the published schema', () => {
  const validate = new Ajv2020({ strict: false }).compile(
    JSON.parse(readFileSync('src/schema/eval-report.schema.json', 'utf8')) as object,
  );
  const isFit = (report: string): boolean => validate(JSON.parse(report));

  test.each(readVectors<ReportVector>('eval-report').filter(({ report }) => !report.startsWith('[')))(
    'takes "$name" for what the reader takes it',
    ({ name, report, wrong }) => {
      // What only a program can tell: ids that repeat, a digest that is not that of the samples.
      const isBeyondSchema = name === 'ids that are not those of the samples';
      expect(isFit(report)).toBe(isBeyondSchema || Object.keys(wrong).length === 0);
    },
  );

  test('fits the reports of the story', () => {
    for (const bundle of ['base', 'more-verbs', 'no-go', 'adapter', 'reseed'])
      expect(isFit(readFileSync(`fixtures/grammar-tutor/bundles/${bundle}/eval_report.json`, 'utf8'))).toBe(true);
  });
});

test('the samples of the story give its accuracy', () => {
  const report = read(readFileSync('fixtures/grammar-tutor/bundles/no-go/eval_report.json', 'utf8'));
  expect(scoresOf(report, 'overall.accuracy')).toMatchObject({ kind: 'scores', member: 'correct', binary: true });
  expect(scoresOf(report, 'core.accuracy')).toMatchObject({ kind: 'unlike' });
  expect(scoresOf(report, 'overall.loss')).toEqual({ kind: 'absent' });
});
