/** What every weights cache on a disk does (port `weights-cache.ts`, format §8). */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Md5, Sha256 } from '../../src/domain/digest.ts';
import type { Progress } from '../../src/ports/progress.ts';
import type { FileDigests, WeightsCache } from '../../src/ports/weights-cache.ts';
import { temporaryFolder } from '../support/temporary-repository.ts';
import { MD5_TWINS, makeFifo } from '../unit/weights/sample-files.ts';

/** Opens a cache in a folder, which need not exist. */
export type CacheMaker = (folder: string, owner: 'registry' | 'dvc') => WeightsCache;

/** A cache in a temporary folder, and files beside it. */
interface Rig {
  readonly cache: WeightsCache;
  /** Writes a file outside the cache. */
  source(content: string | Uint8Array, name?: string): string;
  pathOf(algorithm: 'sha256' | 'md5', digest: string): string;
  /** All files below the cache folder, relative to it. */
  files(): readonly string[];
}

type Start = (owner?: 'registry' | 'dvc') => Rig;

/** Runs the suite. */
export function describeWeightsCache(name: string, make: CacheMaker): void {
  const start: Start = (owner = 'registry') => {
    const root = temporaryFolder();
    const cache = make(join(root, 'cache'), owner);
    return {
      cache,
      source: (content, file = 'weights.bin') => {
        writeFileSync(join(root, file), content);
        return join(root, file);
      },
      pathOf: (algorithm, digest) => join(root, 'cache', 'files', algorithm, digest.slice(0, 2), digest.slice(2)),
      files: () => filesBelow(cache.folder),
    };
  };
  describe(`${name} stores`, () => {
    describeStoring(start);
    describeSources(start);
  });
  describe(`${name} meets what is there already:`, () => describeMeeting(start));
  describe(`${name} tells`, () => describeInspecting(start));
  describe(`${name} reads out`, () => describeReading(start));
  describe(`${name} repairs:`, () => describeRepair(start));
  describe(`${name} cleans up:`, () => describeCleaning(start));
}

/** Returns the digests that node computes. */
function digestsOf(body: string | Uint8Array): FileDigests {
  return {
    sha256: createHash('sha256').update(body).digest('hex') as Sha256,
    md5: createHash('md5').update(body).digest('hex') as Md5,
    bytes: Buffer.byteLength(body),
  };
}

function filesBelow(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => !statSync(join(folder, path), { throwIfNoEntry: false })?.isDirectory())
    .sort();
}

/** Replaces an object's bytes as bit rot would: same name, same mode. */
function overwrite(path: string, body: string | Uint8Array): void {
  chmodSync(path, 0o644);
  writeFileSync(path, body);
  chmodSync(path, 0o444);
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const HELLO = digestsOf('hello');
/** Names of `hello` in the cache (format §8.1). */
const HELLO_FILES = [
  'files/md5/5d/41402abc4b2a76b9719d911017c592',
  'files/sha256/2c/f24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
];

function describeStoring(start: Start): void {
  test('bytes under both names, which are one read-only file', async () => {
    const { cache, source, files, pathOf } = start();
    expect(await cache.ingest(source('hello'))).toEqual(HELLO);
    expect(files()).toEqual(HELLO_FILES);
    const [ours, dvcs] = [statSync(pathOf('sha256', HELLO.sha256)), statSync(pathOf('md5', HELLO.md5))];
    expect(ours.ino).toBe(dvcs.ino);
    expect(ours.mode & 0o7777).toBe(0o444);
    expect(readFileSync(pathOf('sha256', HELLO.sha256), 'utf8')).toBe('hello');
  });

  test('nothing, too', async () => {
    const { cache, source } = start();
    const empty = await cache.ingest(source(''));
    expect(empty).toEqual(digestsOf(''));
    expect(await cache.inspect(empty, { hash: true })).toEqual({ kind: 'present' });
    expect(await collect(cache.read(empty))).toEqual([]);
  });

  test('equal bytes once, whatever their files are called', async () => {
    const { cache, source, files } = start();
    const found = await Promise.all(['a', 'b', 'c', 'd'].map((name) => cache.ingest(source('hello', name))));
    expect(found).toEqual([HELLO, HELLO, HELLO, HELLO]);
    expect(files()).toEqual(HELLO_FILES);
  });

  test('bytes in memory as those of a file', async () => {
    const { cache, files } = start();
    expect(await cache.ingestBytes(Buffer.from('hello'))).toEqual(HELLO);
    expect(cache.digestBytes(Buffer.from('hello'))).toEqual(HELLO);
    expect(files()).toEqual(HELLO_FILES);
    expect(await cache.inspect(HELLO, { hash: true })).toEqual({ kind: 'present' });
  });

  test('nothing when it only computes digests', async () => {
    const { cache, source } = start();
    expect(await cache.digest(source('hello'))).toEqual(HELLO);
    expect(existsSync(cache.folder)).toBe(false);
  });
}

function describeSources(start: Start): void {
  test('a copy: its source is neither linked nor changed', async () => {
    const { cache, source } = start();
    const path = source('hello');
    chmodSync(path, 0o640);
    await cache.ingest(path);
    expect(statSync(path)).toMatchObject({ nlink: 1, mode: 0o100640 });
    writeFileSync(path, 'other');
    expect(await cache.inspect(HELLO, { hash: true })).toEqual({ kind: 'present' });
  });

  test('no FIFO and no link, and leaves nothing of the attempt', async () => {
    const { cache, source, files } = start();
    const target = source('hello');
    symlinkSync(target, `${target}.link`);
    makeFifo(`${target}.fifo`);
    await expect(cache.ingest(`${target}.link`)).rejects.toMatchObject({ code: 'not-a-file' });
    await expect(cache.ingest(`${target}.fifo`)).rejects.toMatchObject({ code: 'not-a-file' });
    await expect(cache.ingest(`${target}.absent`)).rejects.toMatchObject({ code: 'io' });
    expect(files()).toEqual([]);
  });

  test('no file that changes meanwhile, and leaves nothing of the attempt', async () => {
    const { cache, source, files } = start();
    const path = source('hello');
    const progress: Progress = {
      start: () => ({ add: () => writeFileSync(path, 'hello, world'), end: () => undefined }),
    };
    await expect(cache.ingest(path, progress)).rejects.toMatchObject({ code: 'changed-while-reading', data: { path } });
    expect(files()).toEqual([]);
  });
}

function describeMeeting(start: Start): void {
  test("an object of DVC's gets a second name, not a second copy", async () => {
    const { cache, source, files, pathOf } = start('dvc');
    const dvcs = pathOf('md5', HELLO.md5);
    mkdirSync(dirname(dvcs), { recursive: true });
    writeFileSync(dvcs, 'hello', { mode: 0o444 });
    const { ino } = statSync(dvcs);
    await cache.ingest(source('hello'));
    expect(files()).toEqual(HELLO_FILES);
    expect(statSync(pathOf('sha256', HELLO.sha256)).ino).toBe(ino);
    expect(statSync(dvcs).ino).toBe(ino);
  });

  test('a damaged object goes to quarantine and the good bytes take its place', async () => {
    const { cache, source, files, pathOf } = start();
    await cache.ingest(source('hello'));
    overwrite(pathOf('sha256', HELLO.sha256), 'hellO');
    await cache.ingest(source('hello'));
    expect(await cache.inspect(HELLO, { hash: true })).toEqual({ kind: 'present' });
    const quarantined = files().filter((path) => path.startsWith('quarantine/'));
    expect(quarantined.map((path) => readFileSync(join(cache.folder, path), 'utf8'))).toEqual(['hellO', 'hellO']);
    expect(files()).toHaveLength(4);
  });

  test.each<[string, (path: string) => void]>([
    ['a folder', (path) => mkdirSync(path)],
    ['a link to somewhere else', (path) => symlinkSync('/dev/null', path)],
    ['a file of another size', (path) => writeFileSync(path, 'hello, world')],
  ])('%s under either name goes to quarantine', async (_what, plant) => {
    for (const algorithm of ['sha256', 'md5'] as const) {
      const { cache, source, pathOf } = start();
      const path = pathOf(algorithm, HELLO[algorithm]);
      mkdirSync(dirname(path), { recursive: true });
      plant(path);
      await cache.ingest(source('hello'));
      expect(await cache.inspect(HELLO, { hash: true })).toEqual({ kind: 'present' });
      expect(readdirSync(join(cache.folder, 'quarantine'))).toHaveLength(1);
    }
  });

  test('bytes of equal MD5 and another SHA-256 are refused, and what was there stays', async () => {
    const { cache, source, files } = start();
    const [first, second] = MD5_TWINS;
    const kept = await cache.ingest(source(first));
    expect(digestsOf(second).md5).toBe(kept.md5);
    const before = files();
    await expect(cache.ingest(source(second))).rejects.toMatchObject({
      code: 'md5-collision',
      data: { md5: kept.md5, sha256: digestsOf(second).sha256, found: kept.sha256 },
    });
    expect(files()).toEqual(before);
    expect(await cache.inspect(kept, { hash: true })).toEqual({ kind: 'present' });
  });
}

function describeInspecting(start: Start): void {
  const stored = async (): Promise<Rig> => {
    const rig = start();
    await rig.cache.ingest(rig.source('hello'));
    return rig;
  };

  test('that there is nothing', async () => {
    const { cache } = start();
    expect(await cache.inspect(HELLO, { hash: true })).toEqual({ kind: 'absent' });
    expect(await cache.findPath(HELLO)).toBeUndefined();
  });

  test("what lies under the MD5 of a pointer, where the size is the pointer's too", async () => {
    const { cache, pathOf } = await stored();
    expect(await cache.findByMd5(HELLO.md5, HELLO.bytes)).toBe(pathOf('md5', HELLO.md5));
    expect(await cache.findByMd5(HELLO.md5, HELLO.bytes + 1)).toBeUndefined();
    rmSync(pathOf('md5', HELLO.md5));
    expect(await cache.findByMd5(HELLO.md5, HELLO.bytes)).toBeUndefined();
  });

  test.each(['sha256', 'md5'] as const)(
    'that the %s name is missing, and finds the bytes by the other',
    async (missing) => {
      const { cache, pathOf } = await stored();
      rmSync(pathOf(missing, HELLO[missing]));
      expect(await cache.inspect(HELLO, { hash: false })).toEqual({ kind: 'half', missing });
      expect(await cache.inspect(HELLO, { hash: true })).toEqual({ kind: 'half', missing });
      expect(readFileSync((await cache.findPath(HELLO)) ?? '', 'utf8')).toBe('hello');
    },
  );

  test('damage of the same size by reading alone, whatever the mode says', async () => {
    const { cache, pathOf } = await stored();
    overwrite(pathOf('sha256', HELLO.sha256), 'hellO');
    expect(await cache.inspect(HELLO, { hash: false })).toEqual({ kind: 'present' });
    expect(await cache.inspect(HELLO, { hash: true })).toEqual({
      kind: 'corrupt',
      path: pathOf('sha256', HELLO.sha256),
    });
  });

  test('that bytes are good which another process stores again meanwhile: they look new then', async () => {
    const { cache, pathOf } = await stored();
    const path = pathOf('sha256', HELLO.sha256);
    utimesSync(path, 1, 1);
    const progress: Progress = { start: () => ({ add: () => utimesSync(path, 2, 2), end: () => undefined }) };
    expect(await cache.inspect(HELLO, { hash: true, progress })).toEqual({ kind: 'present' });
    expect(statSync(path).mtimeMs).toBe(2000);
  });

  test('another size without reading, and gives no path to it', async () => {
    const { cache, pathOf } = await stored();
    overwrite(pathOf('sha256', HELLO.sha256), 'hell');
    expect(await cache.inspect(HELLO, { hash: false })).toEqual({
      kind: 'corrupt',
      path: pathOf('sha256', HELLO.sha256),
    });
    expect(await cache.findPath(HELLO)).toBeUndefined();
  });

  test.each(['sha256', 'md5'] as const)('damage under the %s name alone', async (algorithm) => {
    const { cache, pathOf } = await stored();
    const path = pathOf(algorithm, HELLO[algorithm]);
    rmSync(path);
    writeFileSync(path, 'hellO', { mode: 0o444 });
    expect(await cache.inspect(HELLO, { hash: true })).toEqual({ kind: 'corrupt', path });
  });
}

function describeReading(start: Start): void {
  test('the bytes, in chunks that stay as they are', async () => {
    const { cache, source } = start();
    const body = Buffer.alloc(3_000_001, 'grammar');
    const digests = await cache.ingest(source(body));
    const chunks = await collect(cache.read(digests));
    expect(chunks.length).toBeGreaterThan(1);
    expect(Buffer.concat(chunks).equals(body)).toBe(true);
  });

  test('nothing that is not there', async () => {
    const { cache } = start();
    await expect(collect(cache.read(HELLO))).rejects.toMatchObject({
      code: 'weights-missing',
      data: { sha256: HELLO.sha256 },
    });
  });

  test('damaged bytes, and says so before the end', async () => {
    const { cache, source, pathOf } = start();
    await cache.ingest(source('hello'));
    const path = pathOf('sha256', HELLO.sha256);
    overwrite(path, 'hellO');
    const data = { path, sha256: HELLO.sha256 };
    await expect(collect(cache.read(HELLO))).rejects.toMatchObject({ code: 'corrupt-weights', data });
  });

  test('no byte of an object of the wrong size', async () => {
    const { cache, source, pathOf } = start();
    await cache.ingest(source('hello'));
    overwrite(pathOf('sha256', HELLO.sha256), 'hello, world');
    const chunks: Uint8Array[] = [];
    const reading = async (): Promise<void> => {
      for await (const chunk of cache.read(HELLO)) chunks.push(chunk);
    };
    await expect(reading()).rejects.toMatchObject({ code: 'corrupt-weights' });
    expect(chunks).toEqual([]);
  });

  test('from the good name when the other has the wrong size', async () => {
    const { cache, source, pathOf } = start();
    await cache.ingest(source('hello'));
    rmSync(pathOf('sha256', HELLO.sha256));
    writeFileSync(pathOf('sha256', HELLO.sha256), 'hello, world');
    expect(Buffer.concat(await collect(cache.read(HELLO))).toString()).toBe('hello');
  });
}

function describeRepair(start: Start): void {
  test('quarantine moves what is bad, keeps its bytes, and leaves what is good', async () => {
    const { cache, source, pathOf } = start();
    await cache.ingest(source('hello'));
    const ours = pathOf('sha256', HELLO.sha256);
    rmSync(ours);
    writeFileSync(ours, 'hellO');
    const moved = await cache.quarantine(HELLO);
    expect(moved.map((path) => readFileSync(path, 'utf8'))).toEqual(['hellO']);
    expect(moved.map((path) => dirname(path))).toEqual([join(cache.folder, 'quarantine')]);
    expect(await cache.inspect(HELLO, { hash: true })).toEqual({ kind: 'half', missing: 'sha256' });
    expect(await cache.quarantine(HELLO)).toEqual([]);
  });

  test('quarantine moves both names of a bad file', async () => {
    const { cache, source, pathOf } = start();
    await cache.ingest(source('hello'));
    overwrite(pathOf('sha256', HELLO.sha256), 'hellO');
    expect(await cache.quarantine(HELLO)).toHaveLength(2);
    expect(await cache.inspect(HELLO, { hash: true })).toEqual({ kind: 'absent' });
  });

  test.each(['sha256', 'md5'] as const)('relink gives the %s name back', async (missing) => {
    const { cache, source, pathOf, files } = start();
    await cache.ingest(source('hello'));
    rmSync(dirname(pathOf(missing, HELLO[missing])), { recursive: true });
    await cache.relink(HELLO);
    expect(files()).toEqual(HELLO_FILES);
    expect(statSync(pathOf('md5', HELLO.md5)).ino).toBe(statSync(pathOf('sha256', HELLO.sha256)).ino);
    await cache.relink(HELLO);
    expect(files()).toEqual(HELLO_FILES);
  });

  test('relink does nothing where there is nothing', async () => {
    const { cache, files } = start();
    await cache.relink(HELLO);
    expect(files()).toEqual([]);
  });

  test('relink gives no name to bytes that do not have both digests', async () => {
    const { cache, source, pathOf } = start();
    await cache.ingest(source('hello'));
    rmSync(pathOf('sha256', HELLO.sha256));
    overwrite(pathOf('md5', HELLO.md5), 'hellO');
    await expect(cache.relink(HELLO)).rejects.toMatchObject({
      code: 'corrupt-weights',
      data: { sha256: HELLO.sha256 },
    });
    expect(existsSync(pathOf('sha256', HELLO.sha256))).toBe(false);
    await cache.quarantine(HELLO);
    await cache.ingest(source('hello'));
    const wrong: FileDigests = { ...HELLO, md5: digestsOf('other').md5 };
    await expect(cache.relink(wrong)).rejects.toMatchObject({ code: 'corrupt-weights' });
    expect(existsSync(pathOf('md5', wrong.md5))).toBe(false);
  });
}

function describeCleaning(start: Start): void {
  test('list yields each object once, by the name of its SHA-256, and nothing else', async () => {
    const { cache, source, pathOf } = start();
    expect(await collect(cache.list())).toEqual([]);
    const stored = [await cache.ingest(source('hello')), await cache.ingest(source('other'))];
    for (const stray of [
      'files/sha256/stray',
      'files/sha256/ab/short',
      'files/sha256/AB/x',
      'files/sha256/tmp/unfinished',
    ]) {
      mkdirSync(dirname(join(cache.folder, stray)), { recursive: true });
      writeFileSync(join(cache.folder, stray), 'stray');
    }
    mkdirSync(pathOf('sha256', 'f'.repeat(64)), { recursive: true });
    const listed = await collect(cache.list());
    const expected = stored.map(({ sha256, bytes }) => ({
      sha256,
      bytes,
      changedAt: statSync(pathOf('sha256', sha256)).mtimeMs,
    }));
    expect(listed).toEqual(expected.sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1)));
  });

  test('an object that is stored again is new again', async () => {
    const { cache, source, pathOf } = start();
    await cache.ingest(source('hello'));
    utimesSync(pathOf('sha256', HELLO.sha256), 1, 1);
    const before = Date.now() - 60_000;
    await cache.ingest(source('hello'));
    const [listed] = await collect(cache.list());
    expect(listed?.changedAt).toBeGreaterThan(before);
  });

  test.each([HELLO, { sha256: HELLO.sha256 }])(
    "remove takes both names from the registry's own cache %#",
    async (object) => {
      const { cache, source, files } = start('registry');
      await cache.ingest(source('other'));
      const others = files();
      await cache.ingest(source('hello'));
      await cache.remove(object);
      expect(files()).toEqual(others);
      await cache.remove(object);
      expect(files()).toEqual(others);
    },
  );

  test.each([HELLO, { sha256: HELLO.sha256 }])("remove leaves DVC its name in DVC's cache %#", async (object) => {
    const { cache, source, files } = start('dvc');
    await cache.ingest(source('hello'));
    await cache.remove(object);
    expect(files()).toEqual(HELLO_FILES.slice(0, 1));
  });

  test("remove leaves a name of MD5 that is another file's", async () => {
    const { cache, source, pathOf, files } = start('registry');
    await cache.ingest(source('hello'));
    rmSync(pathOf('md5', HELLO.md5));
    writeFileSync(pathOf('md5', HELLO.md5), 'hello');
    await cache.remove(HELLO);
    expect(files()).toEqual(HELLO_FILES.slice(0, 1));
  });

  test('sweep removes old unfinished files, and no object', async () => {
    const { cache, source, files } = start();
    await cache.ingest(source('hello'));
    expect(await cache.sweep(Date.now() + 60_000)).toBe(0);
    for (const algorithm of ['sha256', 'md5']) {
      const folder = join(cache.folder, 'files', algorithm, 'tmp');
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'old'), 'unfinished');
      utimesSync(join(folder, 'old'), 1000, 1000);
      writeFileSync(join(folder, 'young'), 'unfinished');
    }
    expect(await cache.sweep(Date.now() - 60_000)).toBe(2);
    expect(files()).toEqual([...HELLO_FILES, 'files/md5/tmp/young', 'files/sha256/tmp/young'].sort());
  });
}
