/** The table of format §6.5, through the program: what is done again is nothing to do, what contradicts is refused. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type CliRegistry, cliRegistry } from '../support/cli-registry.ts';
import { lmBundle } from '../support/registry-rig.ts';

/** One line of the table: commands before, the command under test, how it ends, and the events that it writes. */
interface Line {
  readonly says: string;
  readonly before: readonly string[];
  readonly command: string;
  readonly exit: number;
  readonly code?: string;
  readonly events: number;
  readonly document?: Readonly<Record<string, unknown>>;
}

// `ONE` and `TWO` stand for two bundles, `ONE_SHA` and `TWO_SHA` for SPECs of their SHAs in the model `m`.
const REGISTERED = ['register ONE --model m --as 1.0.0'];
const VERSIONLESS = ['register ONE --model m'];
const PENDING = ['register ONE --model m --pending'];
const BURIED = [...REGISTERED, 'tombstone m@1.0.0 --reason leak'];
const STAGED = [...REGISTERED, 'promote m@1.0.0 --to production'];

const REGISTER: readonly Line[] = [
  {
    says: 'the same version',
    before: REGISTERED,
    command: 'register ONE --model m --as v1.0.0',
    exit: 0,
    events: 0,
    document: { created: false, version: 'v1.0.0' },
  },
  {
    says: 'no version',
    before: REGISTERED,
    command: 'register ONE --model m',
    exit: 0,
    events: 0,
    document: { created: false, version: 'v1.0.0' },
  },
  {
    says: 'a bump',
    before: REGISTERED,
    command: 'register ONE --model m --bump major',
    exit: 0,
    events: 0,
    document: { created: false, version: 'v1.0.0' },
  },
  {
    says: '--pending of what is registered',
    before: REGISTERED,
    command: 'register ONE --model m --pending',
    exit: 0,
    events: 0,
    document: { created: false, pending: false },
  },
  {
    says: 'another version',
    before: REGISTERED,
    command: 'register ONE --model m --as 1.1.0',
    exit: 3,
    code: 'has-version',
    events: 0,
  },
  {
    says: 'a version of what has none',
    before: VERSIONLESS,
    command: 'register ONE --model m --as 1.0.0',
    exit: 3,
    code: 'has-version',
    events: 0,
  },
  {
    says: 'a version that names another',
    before: REGISTERED,
    command: 'register TWO --model m --as 1.0.0',
    exit: 3,
    code: 'version-taken',
    events: 0,
  },
  {
    says: 'a candidate, as a candidate',
    before: PENDING,
    command: 'register ONE --model m --pending',
    exit: 0,
    events: 1,
    document: { created: true, pending: true },
  },
  {
    says: 'a candidate, in earnest',
    before: PENDING,
    command: 'register ONE --model m',
    exit: 0,
    events: 1,
    document: { created: true, pending: false, version: null },
  },
  {
    says: 'a candidate, with a version',
    before: PENDING,
    command: 'register ONE --model m --as 1.0.0',
    exit: 0,
    events: 1,
    document: { created: true, version: 'v1.0.0' },
  },
  {
    says: 'another model',
    before: REGISTERED,
    command: 'register ONE --model n --as 3.0.0',
    exit: 0,
    events: 0,
    document: { model: 'n', created: true, modelCreated: true, version: 'v3.0.0' },
  },
  {
    says: 'a tombstoned SHA',
    before: BURIED,
    command: 'register ONE --model m',
    exit: 1,
    code: 'tombstoned',
    events: 0,
  },
  {
    says: 'a tombstoned SHA as a candidate',
    before: BURIED,
    command: 'register ONE --model m --pending',
    exit: 1,
    code: 'tombstoned',
    events: 0,
  },
  {
    says: 'another bundle under a tombstoned version',
    before: BURIED,
    command: 'register TWO --model m --as 1.0.0',
    exit: 3,
    code: 'version-taken',
    events: 0,
  },
];

const PROMOTE: readonly Line[] = [
  {
    says: 'a version that it has',
    before: REGISTERED,
    command: 'promote m@1.0.0 --as 1.0.0',
    exit: 0,
    events: 0,
    document: { changed: false, version: 'v1.0.0' },
  },
  {
    says: 'a second version',
    before: REGISTERED,
    command: 'promote m@1.0.0 --as 2.0.0',
    exit: 0,
    events: 1,
    document: { changed: true, versionGiven: true, versions: ['v1.0.0', 'v2.0.0'] },
  },
  {
    says: 'a bump of what has a version',
    before: REGISTERED,
    command: 'promote m@1.0.0 --bump minor',
    exit: 0,
    events: 0,
    document: { changed: false, version: 'v1.0.0' },
  },
  {
    says: 'a version that names another',
    before: [...REGISTERED, 'register TWO --model m'],
    command: 'promote TWO_SHA --as 1.0.0',
    exit: 3,
    code: 'version-taken',
    events: 0,
  },
  {
    says: 'a slot that it is in',
    before: STAGED,
    command: 'promote m@1.0.0 --to production',
    exit: 0,
    events: 0,
    document: { changed: false, stage: 'production' },
  },
  {
    says: 'a lower slot',
    before: STAGED,
    command: 'promote m@1.0.0 --to staging',
    exit: 2,
    code: 'bad-transition',
    events: 0,
  },
  {
    says: 'a candidate to a slot without a version',
    before: PENDING,
    command: 'promote ONE_SHA --to staging',
    exit: 1,
    code: 'not-registered',
    events: 0,
  },
  {
    says: 'a candidate to a version and a slot',
    before: PENDING,
    command: 'promote ONE_SHA --as 1.0.0 --to staging',
    exit: 0,
    events: 2,
    document: { changed: true, from: null, stage: 'staging' },
  },
  {
    says: 'a tombstoned SHA to a version',
    before: BURIED,
    command: 'promote ONE_SHA --as 2.0.0',
    exit: 1,
    code: 'tombstoned',
    events: 0,
  },
  {
    says: 'a tombstoned SHA to a slot',
    before: BURIED,
    command: 'promote m@1.0.0 --to production',
    exit: 1,
    code: 'tombstoned',
    events: 0,
  },
  {
    says: 'a dry run',
    before: PENDING,
    command: 'promote ONE_SHA --as 1.0.0 --to staging --dry-run',
    exit: 0,
    events: 0,
    document: { changed: true, dryRun: true, stage: 'staging' },
  },
];

const OTHERS: readonly Line[] = [
  {
    says: 'archive of what is archived',
    before: [...STAGED, 'archive m@1.0.0'],
    command: 'archive m@1.0.0',
    exit: 0,
    events: 0,
    document: { changed: false, stage: 'archived' },
  },
  {
    says: 'demote to where it stands',
    before: REGISTERED,
    command: 'demote m@1.0.0 --to development',
    exit: 0,
    events: 0,
    document: { changed: false, stage: 'development' },
  },
  {
    says: 'demote that goes up',
    before: REGISTERED,
    command: 'demote m@1.0.0 --to production',
    exit: 2,
    code: 'bad-transition',
    events: 0,
  },
  {
    says: 'demote into a slot that is taken',
    before: [...STAGED, 'register TWO --model m --as 1.1.0', 'promote m@1.1.0 --to staging'],
    command: 'demote m@production --to staging',
    exit: 1,
    code: 'occupied',
    events: 0,
  },
  {
    says: 'demote --replace into a slot that is taken',
    before: [...STAGED, 'register TWO --model m --as 1.1.0', 'promote m@1.1.0 --to staging'],
    command: 'demote m@production --to staging --replace',
    exit: 0,
    events: 1,
    document: { from: 'production', stage: 'staging', replacedVersion: 'v1.1.0' },
  },
  {
    says: 'tombstone of a tombstoned SHA',
    before: BURIED,
    command: 'tombstone m@1.0.0 --reason other',
    exit: 0,
    events: 0,
    document: { changed: false, reason: 'leak' },
  },
  {
    says: 'tombstone of the occupant of a slot',
    before: STAGED,
    command: 'tombstone m@1.0.0 --reason leak',
    exit: 1,
    code: 'occupied',
    events: 0,
  },
  {
    says: 'tombstone without a reason',
    before: REGISTERED,
    command: 'tombstone m@1.0.0 --reason=',
    exit: 2,
    code: 'usage',
    events: 0,
  },
  {
    says: 'annotate that changes nothing',
    before: [...REGISTERED, 'annotate m@1.0.0 a=1 b=2'],
    command: 'annotate m@1.0.0 b=2 a=1',
    exit: 0,
    events: 0,
    document: { changed: false, annotations: { a: '1', b: '2' } },
  },
  {
    says: 'annotate --unset of what is not set',
    before: REGISTERED,
    command: 'annotate m@1.0.0 --unset a',
    exit: 0,
    events: 0,
    document: { changed: false },
  },
  {
    says: 'annotate of a tombstoned SHA',
    before: BURIED,
    command: 'annotate m@1.0.0 a=1',
    exit: 0,
    events: 1,
    document: { changed: true },
  },
  {
    says: 'annotate that sets and unsets a key',
    before: REGISTERED,
    command: 'annotate m@1.0.0 a=1 --unset a',
    exit: 2,
    code: 'usage',
    events: 0,
  },
  {
    says: 'rollback without a former occupant',
    before: STAGED,
    command: 'rollback m',
    exit: 1,
    code: 'no-former-occupant',
    events: 0,
  },
  {
    says: 'rollback to what never was in the slot',
    before: [...STAGED, 'register TWO --model m --as 1.1.0'],
    command: 'rollback m --to v1.1.0',
    exit: 1,
    code: 'no-former-occupant',
    events: 0,
  },
  {
    says: 'model create of what is there',
    before: REGISTERED,
    command: 'model create m',
    exit: 3,
    code: 'model-exists',
    events: 0,
  },
  {
    says: 'init of what is there',
    before: REGISTERED,
    command: 'init --model m',
    exit: 0,
    events: 0,
    document: { created: false },
  },
  {
    says: 'gc without overdue candidates',
    before: PENDING,
    command: 'gc',
    exit: 0,
    events: 0,
    document: { expired: [] },
  },
  {
    says: 'repair of what is whole',
    before: STAGED,
    command: 'repair --weights',
    exit: 0,
    events: 0,
    document: { views: [], left: [] },
  },
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
  for (const [name, seed] of [
    ['one', 1],
    ['two', 2],
  ] as const)
    registry.bundle(name, lmBundle(seed));
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
    return wantsSha === undefined ? bundle : `m@${shaOf(registry, bundle).slice(0, 12)}`;
  });
}

describe.each([
  ['register', REGISTER],
  ['promote', PROMOTE],
  ['the other verbs', OTHERS],
])('%s', (_, lines) => {
  test.each(lines)('$says: exit $exit, $events events', ({ before, command, exit, code, events, document = {} }) => {
    const registry = stateAfter(before);
    const words = fill(registry, command);
    const [refs, count] = [registry.refs(), registry.events('m')];
    const ran = registry.run(...words);
    expect({ exit: ran.exitCode, code: ran.code }).toEqual({ exit, code });
    expect(ran.document).toMatchObject(exit === 0 ? document : { error: { code } });
    expect(registry.events('m') - count).toBe(events);
    const wrote = events > 0 || document['modelCreated'] === true;
    expect(registry.refs() === refs).toBe(!wrote);
  });
});

test('an expired candidate gets no version by promote, and gets one by register', () => {
  const registry = cliRegistry();
  registry.bundle('../repository', { 'registry.yaml': 'pending_ttl: 1s\n' });
  const one = registry.bundle('one', lmBundle(1));
  const { sha256 } = registry.must('register', one, '--model', 'm', '--pending');
  const spec = `m@${String(sha256).slice(0, 12)}`;
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1100);
  expect(registry.run('promote', spec, '--as', '1.0.0')).toMatchObject({ exitCode: 1, code: 'candidate-expired' });
  expect(registry.must('gc')).toMatchObject({ expired: [{ model: 'm', sha256 }] });
  expect(registry.must('gc')).toMatchObject({ expired: [] });
  expect(registry.run('promote', spec, '--as', '1.0.0')).toMatchObject({ exitCode: 1, code: 'candidate-expired' });
  expect(registry.must('register', one, '--model', 'm', '--as', '1.0.0')).toMatchObject({
    created: true,
    version: 'v1.0.0',
  });
});

test('a second rollback goes further back, never to what was rolled back', () => {
  const registry = cliRegistry();
  for (const seed of [1, 2, 3]) {
    registry.must('register', registry.bundle(`b${seed}`, lmBundle(seed)), '--model', 'm', '--as', `${seed}.0.0`);
    registry.must('promote', `m@${seed}.0.0`, '--to', 'production');
  }
  expect(registry.must('rollback', 'm', '--reason', 'goed')).toMatchObject({
    version: 'v2.0.0',
    replacedVersion: 'v3.0.0',
    from: 'archived',
  });
  expect(registry.newestEvent('m')).toMatchObject({ kind: 'stage', cause: 'rollback', reason: 'goed' });
  expect(registry.must('rollback', 'm')).toMatchObject({ version: 'v1.0.0', replacedVersion: 'v2.0.0' });
  expect(registry.run('rollback', 'm')).toMatchObject({ exitCode: 1, code: 'no-former-occupant' });
  expect(registry.must('rollback', 'm', '--to', 'v3.0.0')).toMatchObject({
    version: 'v3.0.0',
    replacedVersion: 'v1.0.0',
  });
});
