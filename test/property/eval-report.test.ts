import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeJson, type JsonValue, parseJson } from '../../src/domain/canonical-json.ts';
import { sameEvidence } from '../../src/domain/eval-evidence.ts';
import { readEvalReport } from '../../src/domain/eval-report.ts';
import { countsOf, scoresOf } from '../../src/domain/eval-scores.ts';
import { noiseOf } from '../../src/domain/metric-noise.ts';
import { jsonValue, numberText } from '../support/json-arbitraries.ts';

const number = numberText.map((text): JsonValue => ({ kind: 'number', text }));
const METRICS = ['accuracy', 'auc', 'a.b'] as const;

/** What could be meant, so that not everything is wrong at the first look. */
const digest = fc.constantFrom('a'.repeat(64), 'b'.repeat(64));
const sample = fc
  .tuple(fc.constantFrom('1', '2', '3', '4'), fc.constantFrom('correct', 'auc', 'b'), fc.oneof(number, fc.boolean()))
  .map(
    ([id, member, score]): JsonValue =>
      new Map<string, JsonValue>([
        ['id', id],
        [member, score],
      ]),
  );
const byMetric = (value: fc.Arbitrary<JsonValue>): fc.Arbitrary<JsonValue> =>
  fc.array(fc.tuple(fc.constantFrom(...METRICS), value), { maxLength: 3 }).map((members) => new Map(members));
const count = fc.integer({ min: -1, max: 9 }).map((value): JsonValue => ({ kind: 'number', text: String(value) }));
const counts = fc.tuple(count, count).map(([successes, n]): JsonValue => {
  return new Map([
    ['successes', successes],
    ['n', n],
  ] as const);
});

const MEANT: Readonly<Record<string, fc.Arbitrary<JsonValue>>> = {
  accuracy: number,
  auc: number,
  a: byMetric(number),
  eval_set: digest.map((sha256) => new Map([['sha256', sha256]])),
  metric_code: digest,
  sample_ids: digest,
  samples: fc.array(sample, { maxLength: 4 }),
  sample_scores: byMetric(fc.constantFrom('correct', 'auc', 'b')),
  counts: byMetric(counts),
  runs: byMetric(fc.array(number, { maxLength: 4 })),
  latency_ms: fc.array(number, { maxLength: 4 }),
  drift_check_passed: fc.boolean(),
  histograms: fc.constant(new Map()),
};

/** Any report: a member is left out, as it is meant, or anything. */
const report: fc.Arbitrary<JsonValue> = fc
  .record(
    Object.fromEntries(
      Object.entries(MEANT).map(([name, meant]) => [name, fc.oneof({ arbitrary: meant, weight: 4 }, jsonValue)]),
    ),
    { requiredKeys: [] },
  )
  .map((members) => new Map(Object.entries(members as Readonly<Record<string, JsonValue>>)));

test('any JSON is an eval report, whose members are given, absent or wrong at a place in it', () => {
  fc.assert(
    fc.property(fc.oneof(report, jsonValue), (json) => {
      const { metrics: _, ...members } = readEvalReport(json);
      for (const member of Object.values(members)) {
        if (member.kind !== 'wrong') continue;
        expect(member.pointer).toMatch(/^\//);
        expect(member.problem).toMatch(/^expected /);
      }
    }),
    { numRuns: 500 },
  );
});

test('what is read does not hang on the order of members or on spacing', () => {
  fc.assert(
    fc.property(report, (json) => {
      const canonical = parseJson(new TextEncoder().encode(encodeJson(json)), 'eval_report.json');
      const [{ metrics: _a, ...a }, { metrics: _b, ...b }] = [readEvalReport(json), readEvalReport(canonical)];
      // Of several wrong forms the first in the file is told.
      const withoutPlace = (members: object): unknown =>
        Object.entries(members).map(([name, member]) => [name, member.kind === 'wrong' ? 'wrong' : member]);
      expect(withoutPlace(b)).toEqual(withoutPlace(a));
    }),
    { numRuns: 300 },
  );
});

test('evidence is judged the same from either side', () => {
  fc.assert(
    fc.property(report, report, (a, b) => {
      const [one, other] = [readEvalReport(a), readEvalReport(b)];
      expect(sameEvidence(one, other).kind).toBe(sameEvidence(other, one).kind);
      expect(sameEvidence(one, one).kind).not.toBe('different');
    }),
    { numRuns: 500 },
  );
});

test('of any two reports the noise of a metric is an interval that holds its estimate, or a reason', () => {
  fc.assert(
    fc.property(report, report, fc.constantFrom(...METRICS, 'a.auc'), (a, b, metric) => {
      const [one, other] = [readEvalReport(a), readEvalReport(b)];
      scoresOf(one, metric);
      countsOf(one, metric);
      const noise = noiseOf(metric, { report: one, evidence: [] }, { report: other, evidence: [] });
      if (noise.kind === 'none') return;
      expect(Number(noise.low)).toBeLessThanOrEqual(Number(noise.estimate));
      expect(Number(noise.high)).toBeGreaterThanOrEqual(Number(noise.estimate));
    }),
    { numRuns: 1000 },
  );
});
