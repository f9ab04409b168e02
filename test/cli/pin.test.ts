import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { type CliRegistry, cliRegistry } from '../support/cli-registry.ts';
import { lmBundle } from '../support/registry-rig.ts';

let registry: CliRegistry;

beforeEach(() => {
  registry = cliRegistry();
  registry.must('register', registry.bundle('one', lmBundle(1)), '--model', 'tutor', '--as', '1.0.0');
  registry.must('register', registry.bundle('two', lmBundle(2)), '--model', 'tutor', '--as', '1.1.0');
  registry.must('register', registry.bundle('three', lmBundle(3)), '--model', 'school/verbs', '--as', '0.1.0');
});

const lock = (): string => readFileSync(join(registry.repository.folder, 'registry.lock'), 'utf8');
const pinned = (document: Readonly<Record<string, unknown>>): readonly string[] =>
  (document['pins'] as readonly { model: string; version: string | null }[]).map(
    ({ model, version }) => `${model} ${version}`,
  );

test('writes one line a pin, sorted by model, and the same text whatever the order of the SPECs', () => {
  registry.must('pin', 'tutor@v1.0.0', 'school/verbs@latest');
  const text = lock();
  expect(
    text
      .split('\n')
      .slice(0, 5)
      .map((line) => line.replace(/[0-9a-f]{64}/, 'SHA')),
  ).toEqual([
    '{',
    '  "v": 1,',
    '  "pins": [',
    '    {"model":"school/verbs","version":"v0.1.0","sha256":"SHA"},',
    '    {"model":"tutor","version":"v1.0.0","sha256":"SHA"}',
  ]);
  expect(registry.must('pin', 'school/verbs@v0.1.0', 'tutor@1.0.0')['changed']).toBe(false);
  expect(lock()).toBe(text);
});

test('moves the pin of a model, keeps the others, and takes one away', () => {
  registry.must('pin', 'tutor@v1.0.0', 'school/verbs@latest');
  expect(pinned(registry.must('pin', 'tutor@latest'))).toEqual(['school/verbs v0.1.0', 'tutor v1.1.0']);
  expect(pinned(registry.must('pin', '--remove', 'school/verbs'))).toEqual(['tutor v1.1.0']);
  expect(pinned(registry.must('pin'))).toEqual(['tutor v1.1.0']);
  expect(registry.run('pin', '--remove', 'school/verbs')).toMatchObject({ exitCode: 2, code: 'usage' });
});

test('pins what occupies a stage by its version, and an entry without one by its SHA', () => {
  registry.must('promote', 'tutor@v1.0.0', '--to', 'production');
  expect(pinned(registry.must('pin', 'tutor@production'))).toEqual(['tutor v1.0.0']);
  const { sha256 } = registry.must('register', registry.bundle('four', lmBundle(4)), '--model', 'tutor');
  expect(pinned(registry.must('pin', `tutor@${String(sha256)}`))).toEqual(['tutor null']);
  expect(registry.run('check').exitCode).toBe(0);
});

test('refuses a candidate, a tombstoned entry, an unknown one, and two entries of one model, and writes nothing', () => {
  const { sha256 } = registry.must('register', registry.bundle('five', lmBundle(5)), '--model', 'tutor', '--pending');
  expect(registry.run('pin', `tutor@${String(sha256)}`)).toMatchObject({ exitCode: 1, code: 'not-registered' });
  expect(registry.run('pin', 'tutor@v9.0.0')).toMatchObject({ exitCode: 1, code: 'unknown-spec' });
  expect(registry.run('pin', 'tutor@v1.0.0', 'tutor@v1.1.0')).toMatchObject({ exitCode: 2, code: 'usage' });
  registry.must('tombstone', 'tutor@v1.0.0', '--reason', 'bad data');
  expect(registry.run('pin', 'tutor@v1.0.0')).toMatchObject({ exitCode: 1, code: 'tombstoned' });
  expect(lock).toThrow('ENOENT');
});

test.each([
  ['{', '{'],
  ['another version', '{"v":2,"pins":[]}'],
  ['a conflict of two branches', '<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> side\n'],
  [
    'a model twice',
    '{"v":1,"pins":[{"model":"a","version":null,"sha256":"S"},{"model":"a","version":null,"sha256":"S"}]}',
  ],
  ['an unknown member', '{"v":1,"pins":[],"more":1}'],
])('refuses to write over a lock that it cannot read: %s', (_what, text) => {
  const broken = text.replaceAll('"S"', JSON.stringify('ab'.repeat(32)));
  writeFileSync(join(registry.repository.folder, 'registry.lock'), broken);
  expect(registry.run('pin', 'tutor@v1.0.0')).toMatchObject({ exitCode: 2, code: 'bad-lock' });
  expect(lock()).toBe(broken);
});
