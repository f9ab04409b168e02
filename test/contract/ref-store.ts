/** The contract of ports/ref-store.ts, run by every adapter over real repositories. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ObjectId, parseSha256, type Sha256, sha256Of } from '../../src/domain/digest.ts';
import { type ModelName, parseModelName } from '../../src/domain/model-name.ts';
import { parseVersion } from '../../src/domain/version.ts';
import type { RefFilter, RefKey, RefListing, RefStore } from '../../src/ports/ref-store.ts';
import {
  looseCommit,
  repositoryAt,
  type TemporaryRepository,
  temporaryRepository,
} from '../support/temporary-repository.ts';
import { type Capabilities, openFor, type StoreMaker } from './object-store.ts';

const SHA = sha256Of('one');
const OTHER_SHA = sha256Of('two');
const MODEL = parseModelName('grammar-tutor');
const SPACED = parseModelName('Modèle α/.x 100% -.lock');

/** Keys of every kind with the names that format §5 gives them. */
const SPELLED: readonly (readonly [RefKey, string])[] = [
  [{ kind: 'entry', sha256: SHA }, `refs/registry/sha/${SHA}`],
  [{ kind: 'pending', model: MODEL, sha256: SHA }, `refs/registry/pending/grammar-tutor/${SHA}`],
  [
    { kind: 'version', model: MODEL, version: parseVersion('v1.0.0-rc.1') },
    'refs/registry/semver/grammar-tutor/v1.0.0-rc.1',
  ],
  [{ kind: 'stage', model: MODEL, slot: 'production' }, 'refs/registry/stage/grammar-tutor/production'],
  [{ kind: 'tombstone', model: MODEL, sha256: OTHER_SHA }, `refs/registry/tombstone/grammar-tutor/${OTHER_SHA}`],
  [{ kind: 'log', model: MODEL }, 'refs/registry/log/grammar-tutor'],
  [{ kind: 'log', model: SPACED }, 'refs/registry/log/Mod%C3%A8le%20%CE%B1/%2Ex%20100%25%20-%2Elock'],
];

interface Place {
  readonly repository: TemporaryRepository;
  readonly store: RefStore;
  readonly a: ObjectId;
  readonly b: ObjectId;
}

type Start = () => Promise<Place>;

const entryKey = (sha256: Sha256): RefKey => ({ kind: 'entry', sha256 });
const logKey = (model: ModelName): RefKey => ({ kind: 'log', model });
const set = ({ repository }: Place, name: string, id: string): string => repository.git(['update-ref', name, id]);
const pack = ({ repository }: Place): string => repository.git(['pack-refs', '--all']);

function namesOf(store: RefStore, { refs }: RefListing): readonly string[] {
  return refs.map(({ key }) => store.nameOf(key).replace('refs/registry/', ''));
}

function writeRefFile({ repository }: Place, name: string, text: string): void {
  const path = join(repository.gitDir, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** Runs the suite. */
export function describeRefStore(name: string, make: StoreMaker<RefStore>, capabilities: Capabilities): void {
  const formats = capabilities.sha256 ? (['sha1', 'sha256'] as const) : (['sha1'] as const);
  describe.each(formats)(`${name} in a %s repository`, (objectFormat) => {
    const start: Start = async () => {
      const repository = temporaryRepository({ objectFormat });
      const [a, b] = [looseCommit(repository, 'a') as ObjectId, looseCommit(repository, 'b') as ObjectId];
      return { repository, a, b, store: await openFor(make, repository) };
    };
    describeFinding(start);
    describeListing(start);
    describeOddities(start);
    if (capabilities.worktrees) describeWorktrees(start, make);
    if (capabilities.writes) describeMoving(start);
    else refusesToMove(start);
  });
}

function describeFinding(start: Start): void {
  test.each(SPELLED)('%j is spelled, found loose and found packed as %s', async (key, name) => {
    const place = await start();
    const { store, a, b } = place;
    expect(store.nameOf(key)).toBe(name);
    expect(await store.find(key)).toBeUndefined();
    set(place, name, a);
    expect(await store.find(key)).toBe(a);
    pack(place);
    expect(await store.find(key)).toBe(a);
    set(place, name, b);
    expect(await store.find(key)).toBe(b);
    place.repository.git(['update-ref', '-d', name]);
    expect(await store.find(key)).toBeUndefined();
  });

  test('find returns undefined for neighbours of packed refs', async () => {
    const place = await start();
    for (const version of ['v1.0.0', 'v1.0.2', 'v2.0.0']) set(place, `refs/registry/semver/m/${version}`, place.a);
    pack(place);
    const model = parseModelName('m');
    for (const version of ['v0.9.0', 'v1.0.1', 'v1.0.20', 'v3.0.0']) {
      expect(await place.store.find({ kind: 'version', model, version: parseVersion(version) })).toBeUndefined();
    }
    expect(await place.store.find({ kind: 'version', model, version: parseVersion('v1.0.2') })).toBe(place.a);
  });

  test('find returns undefined where the name is a folder of refs', async () => {
    const place = await start();
    set(place, 'refs/registry/log/namespace/model', place.a);
    expect(await place.store.find(logKey(parseModelName('namespace')))).toBeUndefined();
    pack(place);
    expect(await place.store.find(logKey(parseModelName('namespace')))).toBeUndefined();
  });
}

/** A registry of some models, part of it packed. */
function populate(place: Place): void {
  const { a, b } = place;
  const packed = [
    'log/m',
    'log/m2',
    'log/space/m',
    'semver/m/v1.0.0',
    'semver/m/v1.1.0',
    'semver/m2/v1.0.0',
    `sha/${SHA}`,
  ];
  for (const name of packed) set(place, `refs/registry/${name}`, a);
  place.repository.git(['tag', '-a', '-m', 'between', 'peeled', a]);
  set(place, 'refs/registry-remote/origin/log/m', a);
  set(place, 'refs/registry-remote/origin/semver/m/v9.0.0', a);
  pack(place);
  const loose = [
    'log/m3',
    'semver/m/v1.1.0',
    'semver/m/v0.9.0',
    'stage/m/staging',
    `pending/m2/${SHA}`,
    `tombstone/m/${SHA}`,
    `sha/${OTHER_SHA}`,
  ];
  for (const name of loose) set(place, `refs/registry/${name}`, b);
}

function describeListing(start: Start): void {
  const model = parseModelName('m');
  test.each<[RefFilter, readonly string[]]>([
    [{ kind: 'models' }, ['log/m', 'log/m2', 'log/m3', 'log/space/m']],
    [{ kind: 'version' }, ['semver/m/v0.9.0', 'semver/m/v1.0.0', 'semver/m/v1.1.0', 'semver/m2/v1.0.0']],
    [{ kind: 'version', model }, ['semver/m/v0.9.0', 'semver/m/v1.0.0', 'semver/m/v1.1.0']],
    [{ kind: 'stage', model }, ['stage/m/staging']],
    [{ kind: 'stage', model: parseModelName('m2') }, []],
    [{ kind: 'pending' }, [`pending/m2/${SHA}`]],
    [{ kind: 'tombstone' }, [`tombstone/m/${SHA}`]],
    [{ kind: 'entries', prefix: '' }, [`sha/${OTHER_SHA}`, `sha/${SHA}`]],
    [{ kind: 'entries', prefix: SHA.slice(0, 8) }, [`sha/${SHA}`]],
    [{ kind: 'entries', prefix: OTHER_SHA }, [`sha/${OTHER_SHA}`]],
    [{ kind: 'entries', prefix: '0000000' }, []],
  ])('list %j returns what there is, packed or loose, sorted by name', async (filter, expected) => {
    const place = await start();
    populate(place);
    const listing = await place.store.list(filter);
    expect(namesOf(place.store, listing)).toEqual([...expected].sort());
    expect(listing.odd).toEqual([]);
  });

  test('list all returns each ref once, with the value that stands', async () => {
    const place = await start();
    populate(place);
    const { refs, odd } = await place.store.list({ kind: 'all' });
    const shown = place.repository
      .git(['for-each-ref', '--format=%(refname) %(objectname)', 'refs/registry/'])
      .split('\n');
    expect(refs.map(({ key, id }) => `${place.store.nameOf(key)} ${id}`)).toEqual(shown);
    expect(odd).toEqual([]);
  });

  test('list returns nothing in an empty repository', async () => {
    const { store } = await start();
    expect(await store.list({ kind: 'all' })).toEqual({ refs: [], odd: [] });
    expect(await store.list({ kind: 'entries', prefix: 'ab' })).toEqual({ refs: [], odd: [] });
  });

  test('list of a model leaves out another model that hides below it', async () => {
    const place = await start();
    set(place, 'refs/registry/semver/m/sub/v1.0.0', place.a);
    expect(namesOf(place.store, await place.store.list({ kind: 'version', model }))).toEqual([]);
    expect(namesOf(place.store, await place.store.list({ kind: 'version' }))).toEqual(['semver/m/sub/v1.0.0']);
  });
}

function describeOddities(start: Start): void {
  test.each([
    'refs/registry/sha/abc',
    `refs/registry/sha/${SHA.toUpperCase()}`,
    'refs/registry/semver/m/1.0.0',
    'refs/registry/semver/v1.0.0',
    'refs/registry/semver/a/b/c/v1.0.0',
    'refs/registry/stage/m/development',
    'refs/registry/log/latest',
    'refs/registry/log/%6d',
    'refs/registry/log/m%2fx',
    'refs/registry/log/größe',
    'refs/registry/checkpoint',
  ])('list reports %s as odd', async (name) => {
    const place = await start();
    set(place, name, place.a);
    expect(await place.store.list({ kind: 'all' })).toEqual({ refs: [], odd: [{ name, id: place.a }] });
    pack(place);
    expect(await place.store.list({ kind: 'all' })).toEqual({ refs: [], odd: [{ name, id: place.a }] });
  });

  test('list leaves out lock files and what git takes for no ref', async () => {
    const place = await start();
    set(place, 'refs/registry/log/m', place.a);
    for (const file of ['log/m.lock', 'log/.hidden', 'log/with space', 'log/x..y']) {
      writeRefFile(place, `refs/registry/${file}`, `${place.b}\n`);
    }
    const listing = await place.store.list({ kind: 'all' });
    expect(namesOf(place.store, listing)).toEqual(['log/m']);
    expect(listing.odd).toEqual([]);
  });

  test('a torn ref file is a fault when asked for, and absent from lists', async () => {
    const place = await start();
    set(place, 'refs/registry/log/m', place.a);
    for (const [model, text] of [
      ['torn', ''],
      ['cut', place.a.slice(0, 20)],
      ['junk', 'junk\n'],
    ] as const) {
      writeRefFile(place, `refs/registry/log/${model}`, text);
      await expect(place.store.find(logKey(parseModelName(model)))).rejects.toMatchObject({ code: 'corrupt-object' });
    }
    expect(namesOf(place.store, await place.store.list({ kind: 'models' }))).toEqual(['log/m']);
  });

  test('a symbolic ref is read as what it points to', async () => {
    const place = await start();
    set(place, 'refs/registry/log/m', place.a);
    place.repository.git(['symbolic-ref', 'refs/registry/log/alias', 'refs/registry/log/m']);
    expect(await place.store.find(logKey(parseModelName('alias')))).toBe(place.a);
    const { refs } = await place.store.list({ kind: 'models' });
    expect(refs.map(({ id }) => id)).toEqual([place.a, place.a]);
  });
}

function describeWorktrees(start: Start, make: StoreMaker<RefStore>): void {
  test('a linked work tree sees and moves the refs of the repository', async () => {
    const place = await start();
    const { repository, a, b } = place;
    set(place, 'refs/heads/main', a);
    set(place, 'refs/registry/log/packed', a);
    pack(place);
    set(place, 'refs/registry/log/loose', b);
    const folder = join(repository.folder, '..', 'linked');
    repository.git(['worktree', 'add', '--quiet', '--detach', folder]);
    const linked = repositoryAt(folder, join(repository.gitDir, 'worktrees', 'linked'), repository.environment);
    const store = await openFor(make, linked);
    expect(await store.find(logKey(parseModelName('packed')))).toBe(a);
    expect(namesOf(store, await store.list({ kind: 'models' }))).toEqual(['log/loose', 'log/packed']);
    await store.apply([{ key: logKey(MODEL), old: null, next: b }]);
    expect(await place.store.find(logKey(MODEL))).toBe(b);
  });
}

function describeMoving(start: Start): void {
  const x = logKey(parseModelName('x'));
  const y = logKey(parseModelName('y'));

  test('apply creates, moves, verifies and deletes in one go', async () => {
    const place = await start();
    const { store, a, b } = place;
    expect(
      await store.apply([
        { key: x, old: null, next: a },
        { key: y, old: null, next: a },
      ]),
    ).toEqual({ kind: 'applied' });
    pack(place);
    const z = entryKey(SHA);
    const outcome = await store.apply([
      { key: x, old: a, next: b },
      { key: y, old: a, next: null },
      { key: z, old: null, next: a },
      { key: entryKey(OTHER_SHA), old: null, next: null },
    ]);
    expect(outcome).toEqual({ kind: 'applied' });
    expect([await store.find(x), await store.find(y), await store.find(z)]).toEqual([b, undefined, a]);
    expect(
      await store.apply([
        { key: x, old: b, next: b },
        { key: z, old: a, next: null },
      ]),
    ).toEqual({ kind: 'applied' });
    expect(await store.find(x)).toBe(b);
  });

  test('apply of nothing changes nothing', async () => {
    const { store } = await start();
    expect(await store.apply([])).toEqual({ kind: 'applied' });
  });

  test.each<[string, (place: Place) => { key: RefKey; old: ObjectId | null; next: ObjectId | null }]>([
    ['creates what exists', ({ b }) => ({ key: x, old: null, next: b })],
    ['moves what has moved', ({ a, b }) => ({ key: x, old: b, next: a })],
    ['moves what is not there', ({ a, b }) => ({ key: logKey(MODEL), old: b, next: a })],
    ['deletes what has moved', ({ b }) => ({ key: x, old: b, next: null })],
    ['deletes what is not there', ({ b }) => ({ key: logKey(MODEL), old: b, next: null })],
    ['verifies what has moved', ({ b }) => ({ key: x, old: b, next: b })],
    ['verifies as absent what exists', () => ({ key: x, old: null, next: null })],
    ['verifies what is not there', ({ a }) => ({ key: logKey(MODEL), old: a, next: a })],
    ['creates below a ref', ({ a }) => ({ key: logKey(parseModelName('x/sub')), old: null, next: a })],
    ['creates above a ref', ({ a }) => ({ key: logKey(parseModelName('space')), old: null, next: a })],
  ])('apply that %s moves nothing', async (_what, stale) => {
    const place = await start();
    const { store, a } = place;
    await store.apply([
      { key: x, old: null, next: a },
      { key: logKey(parseModelName('space/m')), old: null, next: a },
    ]);
    for (const packed of [false, true]) {
      if (packed) pack(place);
      const before = await store.list({ kind: 'all' });
      expect(await store.apply([{ key: y, old: null, next: a }, stale(place)])).toMatchObject({
        kind: 'moved',
        locked: false,
      });
      expect(await store.list({ kind: 'all' })).toEqual(before);
    }
  });

  test('apply moves a symbolic ref itself, not what it points to', async () => {
    const place = await start();
    const { repository, store, a, b } = place;
    set(place, 'refs/heads/precious', a);
    repository.git(['symbolic-ref', store.nameOf(x), 'refs/heads/precious']);
    expect(await store.apply([{ key: x, old: a, next: b }])).toEqual({ kind: 'applied' });
    expect(repository.git(['rev-parse', 'refs/heads/precious'])).toBe(a);
    expect(await store.find(x)).toBe(b);
  });

  test('apply refuses a target that does not exist', async () => {
    const { store, a } = await start();
    const absent = `${a.startsWith('0') ? '1' : '0'}${a.slice(1)}` as ObjectId;
    await expect(store.apply([{ key: x, old: null, next: absent }])).rejects.toMatchObject({ code: 'corrupt-object' });
    expect(await store.find(x)).toBeUndefined();
  });

  test('apply takes names and numbers that fill more than a pipe', async () => {
    const { store, a } = await start();
    const keys = Array.from(
      { length: 2000 },
      (_, index): RefKey => entryKey(parseSha256(index.toString(16).padStart(64, '0'))),
    );
    expect(await store.apply(keys.map((key) => ({ key, old: null, next: a })))).toEqual({ kind: 'applied' });
    expect((await store.list({ kind: 'entries', prefix: '' })).refs.map(({ key }) => key)).toEqual(keys);
    expect(await store.apply(keys.map((key) => ({ key, old: a, next: null })))).toEqual({ kind: 'applied' });
    expect((await store.list({ kind: 'all' })).refs).toEqual([]);
  });
}

function refusesToMove(start: Start): void {
  test('apply says that it takes git', async () => {
    const { store, a } = await start();
    await expect(store.apply([{ key: logKey(MODEL), old: null, next: a }])).rejects.toMatchObject({
      code: 'git-missing',
    });
  });
}
