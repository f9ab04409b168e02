/** The table of format §6.5, through the program: what is done again is nothing to do, what contradicts is refused. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type CliRegistry, cliRegistry } from '../support/cli-registry.ts';
import { lmBundle } from '../support/registry-rig.ts';

/**
 * What is so, the commands before, the command under test, its outcome and the events that it writes. The outcome is
 * members of the document, or `EXIT CODE` of a refusal. `ONE` and `TWO` stand for bundles, `ONE_SHA` and `TWO_SHA` for their
 * SHAs; the default model is `m`.
 */
type Line = readonly [
  says: string,
  before: readonly string[],
  command: string,
  outcome: string | Readonly<Record<string, unknown>>,
  events?: number,
];

const REGISTERED = ['register ONE --as 1.0.0'];
const VERSIONLESS = ['register ONE'];
const PENDING = ['register ONE --pending'];
const BURIED = [...REGISTERED, 'tombstone 1.0.0 --reason leak'];
const STAGED = [...REGISTERED, 'promote 1.0.0 --to production'];
const TWO_SLOTS = [...STAGED, 'register TWO --as 1.1.0', 'promote 1.1.0 --to staging'];

const REGISTER: readonly Line[] = [
  ['the same version', REGISTERED, 'register ONE --as v1.0.0', { created: false, version: 'v1.0.0' }],
  ['no version', REGISTERED, 'register ONE', { created: false, version: 'v1.0.0' }],
  ['a bump', REGISTERED, 'register ONE --bump major', { created: false, version: 'v1.0.0' }],
  ['--pending of what is registered', REGISTERED, 'register ONE --pending', { created: false, pending: false }],
  ['another version', REGISTERED, 'register ONE --as 1.1.0', '3 has-version'],
  ['a version of what has none', VERSIONLESS, 'register ONE --as 1.0.0', '3 has-version'],
  ['a version that names another', REGISTERED, 'register TWO --as 1.0.0', '3 version-taken'],
  ['a candidate, as a candidate', PENDING, 'register ONE --pending', { created: true, pending: true }, 1],
  ['a candidate, in earnest', PENDING, 'register ONE', { created: true, pending: false, version: null }, 1],
  ['a candidate, with a version', PENDING, 'register ONE --as 1.0.0', { created: true, version: 'v1.0.0' }, 1],
  ['another model', REGISTERED, 'register ONE --model n --as 3.0.0', { model: 'n', modelCreated: true }],
  ['a tombstoned SHA', BURIED, 'register ONE', '1 tombstoned'],
  ['a tombstoned SHA as a candidate', BURIED, 'register ONE --pending', '1 tombstoned'],
  ['another bundle under a tombstoned version', BURIED, 'register TWO --as 1.0.0', '3 version-taken'],
];

const PROMOTE: readonly Line[] = [
  ['a version that it has', REGISTERED, 'promote 1.0.0 --as 1.0.0', { changed: false, version: 'v1.0.0' }],
  ['a second version', REGISTERED, 'promote 1.0.0 --as 2.0.0', { versions: ['v1.0.0', 'v2.0.0'] }, 1],
  ['a bump of what has a version', REGISTERED, 'promote 1.0.0 --bump minor', { changed: false, version: 'v1.0.0' }],
  ['a version of another', [...REGISTERED, 'register TWO'], 'promote TWO_SHA --as 1.0.0', '3 version-taken'],
  ['a slot that it is in', STAGED, 'promote 1.0.0 --to production', { changed: false, stage: 'production' }],
  ['a lower slot', STAGED, 'promote 1.0.0 --to staging', '2 bad-transition'],
  ['a candidate to a slot alone', PENDING, 'promote ONE_SHA --to staging', '1 not-registered'],
  ['a candidate to a version and a slot', PENDING, 'promote ONE_SHA --as 1.0.0 --to staging', { stage: 'staging' }, 2],
  ['a tombstoned SHA to a version', BURIED, 'promote ONE_SHA --as 2.0.0', '1 tombstoned'],
  ['a tombstoned SHA to a slot', BURIED, 'promote 1.0.0 --to production', '1 tombstoned'],
  ['a dry run', PENDING, 'promote ONE_SHA --as 1.0.0 --dry-run', { changed: true, dryRun: true, version: 'v1.0.0' }],
];

const OTHERS: readonly Line[] = [
  ['archive of what is archived', [...STAGED, 'archive 1.0.0'], 'archive 1.0.0', { changed: false, stage: 'archived' }],
  ['demote to where it stands', REGISTERED, 'demote 1.0.0 --to development', { changed: false }],
  ['demote that goes up', REGISTERED, 'demote 1.0.0 --to production', '2 bad-transition'],
  ['demote into a slot that is taken', TWO_SLOTS, 'demote production --to staging', '1 occupied'],
  ['the same with --replace', TWO_SLOTS, 'demote production --to staging --replace', { replacedVersion: 'v1.1.0' }, 1],
  ['tombstone of a tombstoned SHA', BURIED, 'tombstone 1.0.0 --reason other', { changed: false, reason: 'leak' }],
  ['tombstone of the occupant of a slot', STAGED, 'tombstone 1.0.0 --reason leak', '1 occupied'],
  ['tombstone without a reason', REGISTERED, 'tombstone 1.0.0 --reason=', '2 usage'],
  ['annotate of the same', [...REGISTERED, 'annotate 1.0.0 a=1 b=2'], 'annotate 1.0.0 b=2 a=1', { changed: false }],
  ['annotate --unset of what is not set', REGISTERED, 'annotate 1.0.0 --unset a', { changed: false }],
  ['annotate of a tombstoned SHA', BURIED, 'annotate 1.0.0 a=1', { changed: true, annotations: { a: '1' } }, 1],
  ['annotate that sets and unsets a key', REGISTERED, 'annotate 1.0.0 a=1 --unset a', '2 usage'],
  ['rollback without a former occupant', STAGED, 'rollback', '1 no-former-occupant'],
  ['rollback to what never was there', TWO_SLOTS, 'rollback --to v1.1.0', '1 no-former-occupant'],
  ['model create of what is there', REGISTERED, 'model create m', '3 model-exists'],
  ['init of what is there', REGISTERED, 'init', { created: false, wrotePolicy: false }],
  ['gc without overdue candidates', PENDING, 'gc', { expired: [] }],
  ['repair of what is whole', STAGED, 'repair --weights', { views: [], left: [] }],
];

/** Each state is made once by the program and then copied: what was before is not what is tested. */
const templates = mkdtempSync(join(tmpdir(), 'git-registry-states-'));
afterAll(() => rmSync(templates, { recursive: true, force: true }));
const known = new Map<string, string>();

function stateAfter(before: readonly string[]): CliRegistry {
  const key = before.join('\n');
  const registry = cliRegistry();
  const root = dirname(registry.repository.folder);
  const template = known.get(key);
  if (template !== undefined) {
    cpSync(template, root, { recursive: true, force: true, preserveTimestamps: true });
    return registry;
  }
  registry.bundle('one', lmBundle(1));
  registry.bundle('two', lmBundle(2));
  registry.bundle('../repository', { 'registry.yaml': 'model: m\n' });
  for (const earlier of before) registry.must(...fill(registry, earlier));
  const made = join(templates, String(known.size));
  cpSync(root, made, { recursive: true, preserveTimestamps: true });
  known.set(key, made);
  return registry;
}

const shas = new Map<string, string>();

function shaOf(registry: CliRegistry, bundle: string): string {
  const sha256 =
    shas.get(bundle) ?? String(registry.must('register', bundle, '--model', 'probe', '--dry-run')['sha256']);
  shas.set(bundle, sha256);
  return sha256;
}

function fill(registry: CliRegistry, text: string): readonly string[] {
  return text.split(' ').map((word) => {
    const [, name, wantsSha] = /^(ONE|TWO)(_SHA)?$/.exec(word) ?? [];
    if (name === undefined) return word;
    const bundle = join('..', 'bundles', name.toLowerCase());
    return wantsSha === undefined ? bundle : shaOf(registry, bundle).slice(0, 12);
  });
}

describe.each([
  ['register', REGISTER],
  ['promote', PROMOTE],
  ['the other verbs', OTHERS],
])('%s', (_, lines) => {
  test.each(lines.map((line) => ({ says: line[0], line })))(
    '$says',
    ({ line: [, before, command, outcome, events = 0] }) => {
      const registry = stateAfter(before);
      const words = fill(registry, command);
      const [refs, count] = [registry.refs(), registry.events('m')];
      const ran = registry.run(...words);
      if (typeof outcome === 'string') expect(`${ran.exitCode} ${ran.code}`).toBe(outcome);
      else expect(ran).toMatchObject({ exitCode: 0, document: outcome });
      expect(registry.events('m') - count).toBe(events);
      const wrote = events > 0 || ran.document['modelCreated'] === true;
      expect(registry.refs() !== refs).toBe(wrote);
    },
  );
});

test('an expired candidate gets no version by promote, and gets one by register', () => {
  const registry = cliRegistry();
  registry.bundle('../repository', { 'registry.yaml': 'model: m\npending_ttl: 1s\n' });
  const one = registry.bundle('one', lmBundle(1));
  const sha256 = String(registry.must('register', one, '--pending')['sha256']);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1100);
  expect(registry.run('promote', sha256, '--as', '1.0.0')).toMatchObject({ exitCode: 1, code: 'candidate-expired' });
  expect(registry.must('gc')).toMatchObject({ expired: [{ model: 'm', sha256 }] });
  expect(registry.must('gc')).toMatchObject({ expired: [] });
  expect(registry.run('promote', sha256, '--as', '1.0.0')).toMatchObject({ exitCode: 1, code: 'candidate-expired' });
  expect(registry.must('register', one, '--as', '1.0.0')).toMatchObject({ created: true, version: 'v1.0.0' });
});

test('a second rollback goes further back, never to what was rolled back', () => {
  const registry = cliRegistry();
  for (const seed of [1, 2, 3]) {
    const folder = registry.bundle(`b${seed}`, lmBundle(seed));
    registry.must('register', folder, '--model', 'm', '--as', `${seed}.0.0`);
    registry.must('promote', `m@${seed}.0.0`, '--to', 'production');
  }
  const back = registry.must('rollback', 'm', '--reason', 'goed');
  expect(back).toMatchObject({ version: 'v2.0.0', replacedVersion: 'v3.0.0', from: 'archived' });
  expect(registry.newestEvent('m')).toMatchObject({ kind: 'stage', cause: 'rollback', reason: 'goed' });
  expect(registry.must('rollback', 'm')).toMatchObject({ version: 'v1.0.0', replacedVersion: 'v2.0.0' });
  expect(registry.run('rollback', 'm')).toMatchObject({ exitCode: 1, code: 'no-former-occupant' });
  expect(registry.must('rollback', 'm', '--to', 'v3.0.0')).toMatchObject({ replacedVersion: 'v1.0.0' });
});
