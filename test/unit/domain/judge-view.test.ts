import { describe, expect, test } from 'vitest';
import type { ObjectId } from '../../../src/domain/digest.ts';
import { judgeView, type PushedView } from '../../../src/domain/judge-view.ts';
import type { ModelName } from '../../../src/domain/model-name.ts';
import { findView, refKeyText, viewsOf } from '../../../src/domain/views.ts';
import { commitOf, LogBuilder, sha, version } from '../../support/event-builder.ts';

const model = 'm' as ModelName;
const [one, two] = [commitOf('one'), commitOf('two')];
const KEYS = {
  entry: { kind: 'entry', sha256: sha('one') },
  version: { kind: 'version', model, version: version('v1.0.0') },
  tombstone: { kind: 'tombstone', model, sha256: sha('one') },
  stage: { kind: 'stage', model, slot: 'production' },
  pending: { kind: 'pending', model, sha256: sha('one') },
} as const satisfies Record<string, PushedView['key']>;

type Row = readonly [current: ObjectId | null, next: ObjectId | null, given: ObjectId | null, rule: string | undefined];

/** Every way in which where a ref is, where it is pushed to and where the log puts it can differ. */
const ONCE: readonly Row[] = [
  [null, one, one, undefined],
  [null, one, two, 'not-in-log'],
  [null, one, null, 'not-in-log'],
  [one, two, two, 'write-once'],
  [one, two, one, 'write-once'],
  [one, two, null, 'write-once'],
  [one, null, one, 'never-deleted'],
  [one, null, null, 'never-deleted'],
];
const MOVING: readonly Row[] = [
  [null, one, one, undefined],
  [one, two, two, undefined],
  [one, two, one, 'not-in-log'],
  [one, two, null, 'not-in-log'],
  [one, null, null, undefined],
  [one, null, two, 'still-in-log'],
];

describe('a pushed view', () => {
  for (const [kind, rows] of [
    ['entry', ONCE],
    ['version', ONCE],
    ['tombstone', ONCE],
    ['stage', MOVING],
    ['pending', MOVING],
  ] as const) {
    for (const [current, next, given, rule] of rows) {
      const spell = (id: ObjectId | null): string => (id === null ? 'nothing' : id === one ? 'one' : 'two');
      test(`${kind} at ${spell(current)} pushed to ${spell(next)}, the log says ${spell(given)}: ${rule ?? 'taken'}`, () => {
        expect(judgeView({ key: KEYS[kind], current, next, given })?.rule).toBe(rule);
      });
    }
  }
});

test('looking up one view gives what listing all of them gives', () => {
  const log = new LogBuilder();
  log.register('one', 'v1.0.0');
  log.register('two', 'v1.1.0');
  log.pend('three');
  log.pend('four');
  log.stage('one', 'production');
  log.stage('two', 'production');
  log.add({ kind: 'tombstone', sha256: sha('one'), reason: 'r' });
  log.add({ kind: 'tombstone', sha256: sha('four'), reason: 'r' });
  const given = new Map(viewsOf(log.state).map(({ key, target }) => [refKeyText(key), target]));
  const names = ['one', 'two', 'three', 'four', 'five'];
  const keys = [
    ...names.flatMap((name) =>
      (['entry', 'pending', 'tombstone'] as const).map((kind) =>
        kind === 'entry' ? { kind, sha256: sha(name) } : { kind, model, sha256: sha(name) },
      ),
    ),
    ...['v1.0.0', 'v1.1.0', 'v2.0.0'].map((text) => ({ kind: 'version', model, version: version(text) }) as const),
    ...['production', 'staging'].map((slot) => ({ kind: 'stage', model, slot }) as const),
  ];
  for (const key of keys) expect([key, findView(log.state, key)]).toEqual([key, given.get(refKeyText(key))]);
  expect(keys.filter((key) => findView(log.state, key) !== undefined)).toHaveLength(given.size);
  expect(
    findView(log.state, { kind: 'version', model: 'other' as ModelName, version: version('v1.0.0') }),
  ).toBeUndefined();
  expect(findView(log.state, { kind: 'log', model })).toBeUndefined();
});
