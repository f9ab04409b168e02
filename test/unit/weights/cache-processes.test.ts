import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { digestBytes } from '../../../src/weights/digest-file.ts';
import { LocalCache } from '../../../src/weights/local-cache.ts';
import { CHUNK_BYTES } from '../../../src/weights/read-chunks.ts';
import { temporaryFolder } from '../../support/temporary-repository.ts';
import { buildCacheProgram, runCacheProgram, startCacheProgram } from './cache-program.ts';
import { randomFile } from './sample-files.ts';

const KILL_AT = fileURLToPath(new URL('../../support/kill-at.mjs', import.meta.url));

let home: string;
let program: string;

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'git-registry-test-'));
  chmodSync(home, 0o755);
  program = buildCacheProgram(home);
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

const openCache = (folder: string): LocalCache => new LocalCache({ folder, owner: 'registry', shared: false });

/** All files below a folder, relative to it. */
function filesBelow(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return paths.filter((path) => statSync(join(folder, path)).isFile()).sort();
}

/** Returns the modes of all folders below and including a folder, as octal text. */
function folderModes(folder: string): ReadonlySet<string> {
  const folders = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path));
  const stats = [folder, ...folders].map((path) => statSync(path)).filter((found) => found.isDirectory());
  return new Set(stats.map(({ mode }) => (mode & 0o7777).toString(8)));
}

const isRoot = process.getuid?.() === 0;
/** A user who owns nothing. */
const NOBODY = 65_534;
/** Root may do everything, so what is forbidden is tried as another user. */
const lesser = isRoot ? { uid: NOBODY } : {};
const lacksLesserUser = process.env['CI'] !== 'true' && spawnSync(process.execPath, ['--version'], lesser).status !== 0;

/** A file system in memory of 4 MiB; undefined where this process may not mount one. */
function smallDisk(): string | undefined {
  const folder = temporaryFolder();
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', folder]).status !== 0) return undefined;
  onTestFinished(() => void spawnSync('umount', ['--lazy', folder]));
  return folder;
}

/** A folder on another file system than the temporary folders; undefined where there is none. */
function otherDisk(): string | undefined {
  if (statSync('/dev/shm', { throwIfNoEntry: false })?.dev === statSync(tmpdir()).dev) return undefined;
  if (!existsSync('/dev/shm')) return undefined;
  const folder = mkdtempSync('/dev/shm/git-registry-test-');
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe('many processes at once', () => {
  test('store the same bytes once and all get the same answer', async () => {
    const folder = temporaryFolder();
    const cache = join(folder, 'cache');
    const bodies = [randomFile(join(folder, 'a'), 3 * CHUNK_BYTES + 1), randomFile(join(folder, 'b'), 10)];
    const task = { cache, ingest: [join(folder, 'a'), join(folder, 'b')] };
    const reports = await Promise.all(Array.from({ length: 8 }, () => runCacheProgram(program, task)));
    for (const report of reports) expect(report).toMatchObject({ stored: bodies.map((body) => digestBytes(body)) });
    expect(filesBelow(cache)).toHaveLength(4);
    for (const body of bodies) {
      const digests = digestBytes(body);
      expect(await openCache(cache).inspect(digests, { hash: true })).toEqual({ kind: 'present' });
      expect(statSync((await openCache(cache).findPath(digests)) ?? '').nlink).toBe(2);
    }
  });

  test('heal a damaged object together, and keep the damage', async () => {
    const folder = temporaryFolder();
    const cache = join(folder, 'cache');
    const body = randomFile(join(folder, 'a'), 3 * CHUNK_BYTES);
    const digests = await openCache(cache).ingest(join(folder, 'a'));
    const path = (await openCache(cache).findPath(digests)) ?? '';
    chmodSync(path, 0o644);
    writeFileSync(path, Buffer.alloc(body.length));
    chmodSync(path, 0o444);
    const task = { cache, ingest: [join(folder, 'a')] };
    const reports = await Promise.all(Array.from({ length: 6 }, () => runCacheProgram(program, task)));
    for (const report of reports) expect(report).toMatchObject({ stored: [digests] });
    expect(await openCache(cache).inspect(digests, { hash: true })).toEqual({ kind: 'present' });
    const quarantined = filesBelow(join(cache, 'quarantine')).map((name) =>
      readFileSync(join(cache, 'quarantine', name)),
    );
    expect(quarantined.length).toBeGreaterThan(0);
    for (const bytes of quarantined) expect(bytes.equals(Buffer.alloc(body.length))).toBe(true);
  });
});

test.each<[string, number, (steps: number) => readonly number[], readonly string[]]>([
  [
    'at any step',
    3 * CHUNK_BYTES,
    (steps) => Array.from({ length: steps }, (_, index) => index + 1),
    ['absent', 'half', 'present'],
  ],
  ['in the middle of a file for two threads', 66 * CHUNK_BYTES, (steps) => [Math.floor(steps / 2)], ['absent']],
])(
  'a process killed %s leaves whole objects and unfinished files, and the next one finishes',
  async (_when, bytes, pick, expected) => {
    const folder = temporaryFolder();
    const [cache, report] = [join(folder, 'cache'), join(folder, 'steps')];
    const digests = digestBytes(randomFile(join(folder, 'a'), bytes));
    const ingest = async (env: Readonly<Record<string, string>>): Promise<void> => {
      rmSync(cache, { recursive: true, force: true });
      const preload = { NODE_OPTIONS: `--import=${KILL_AT}`, ...env };
      await once(startCacheProgram(program, { cache, ingest: [join(folder, 'a')] }, { env: preload }), 'close');
    };
    await ingest({ KILL_REPORT: report });
    const steps = Number(readFileSync(report, 'utf8'));
    const seen = new Set<string>();
    for (const step of pick(steps)) {
      await ingest({ KILL_AT: String(step) });
      const state = await openCache(cache).inspect(digests, { hash: true });
      expect(state.kind).not.toBe('corrupt');
      seen.add(state.kind);
      const unfinished = filesBelow(cache).filter((path) => path.startsWith('files/sha256/tmp/'));
      const objects = filesBelow(cache).length - unfinished.length;
      expect(objects).toBe({ present: 2, half: 1, absent: 0, corrupt: -1 }[state.kind]);
      expect(await openCache(cache).sweep(Date.now() + 60_000)).toBe(unfinished.length);
      expect(filesBelow(cache)).toHaveLength(objects);
    }
    expect(seen).toEqual(new Set(expected));
    expect(await openCache(cache).ingest(join(folder, 'a'))).toEqual(digests);
    expect(await openCache(cache).inspect(digests, { hash: true })).toEqual({ kind: 'present' });
  },
);

describe('a process', () => {
  test('bundled and minified gives MD5 its thread, in little memory', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'a');
    writeFileSync(path, '');
    truncateSync(path, 100 * CHUNK_BYTES);
    const report = await runCacheProgram(program, { cache: join(folder, 'cache'), ingest: [path] });
    expect(report.stored).toMatchObject([{ bytes: 100 * CHUNK_BYTES, md5: '2f282b84e7e608d5852449ed940bfc51' }]);
    expect(report.memory).toBeLessThan(150 * CHUNK_BYTES);
  });

  test.skipIf(lacksLesserUser)('of a user who may not write or read says so, and leaves nothing', async () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o755);
    const path = join(folder, 'a');
    randomFile(path, 10);
    const locked = join(folder, 'locked');
    mkdirSync(locked, { mode: 0o555 });
    const denied = await runCacheProgram(program, { cache: join(locked, 'cache'), ingest: [path] }, lesser);
    expect(denied).toMatchObject({ stored: [], fault: { code: 'permission' } });
    expect(readdirSync(locked)).toEqual([]);
    mkdirSync(join(folder, 'cache'), { mode: 0o777 });
    chmodSync(join(folder, 'cache'), 0o777);
    chmodSync(path, 0o000);
    const unread = await runCacheProgram(program, { cache: join(folder, 'cache'), ingest: [path] }, lesser);
    expect(unread).toMatchObject({ stored: [], fault: { code: 'permission', data: { path } } });
    expect(filesBelow(join(folder, 'cache'))).toEqual([]);
  });

  test.skipIf(lacksLesserUser)('that may not write to a destination says so, and leaves what was there', async () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o777);
    randomFile(join(folder, 'a'), 10);
    const locked = join(folder, 'locked');
    mkdirSync(join(locked, 'out'), { recursive: true });
    writeFileSync(join(locked, 'out', 'mine'), 'mine');
    chmodSync(locked, 0o555);
    for (const name of ['out', 'new']) {
      const task = { cache: join(folder, 'cache'), ingest: [join(folder, 'a')], checkout: join(locked, name) };
      const report = await runCacheProgram(program, task, lesser);
      expect(report).toMatchObject({ stored: [{ bytes: 10 }], fault: { code: 'permission' } });
    }
    expect(filesBelow(locked)).toEqual(['out/mine']);
    chmodSync(locked, 0o777);
    expect(readdirSync(locked)).toEqual(['out']);
  });

  test("that shares a cache makes the group's folders, whatever its umask", async () => {
    const folder = temporaryFolder();
    randomFile(join(folder, 'a'), 10);
    const cache = join(folder, 'deep', 'cache');
    await runCacheProgram(program, { cache, ingest: [join(folder, 'a')], shared: true, umask: 0o077 });
    expect(folderModes(join(folder, 'deep'))).toEqual(new Set(['2775']));
    for (const path of filesBelow(cache)) expect(statSync(join(cache, path)).mode & 0o7777).toBe(0o444);
  });

  test('that shares nothing leaves the modes of folders to its umask', async () => {
    const folder = temporaryFolder();
    randomFile(join(folder, 'a'), 10);
    const cache = join(folder, 'deep', 'cache');
    await runCacheProgram(program, { cache, ingest: [join(folder, 'a')], umask: 0o077 });
    expect(folderModes(join(folder, 'deep'))).toEqual(new Set(['700']));
    for (const path of filesBelow(cache)) expect(statSync(join(cache, path)).mode & 0o7777).toBe(0o444);
  });

  test('that reaches its limit of file size says that there is no space, and leaves nothing', async () => {
    const folder = temporaryFolder();
    randomFile(join(folder, 'a'), 3 * CHUNK_BYTES);
    const cache = join(folder, 'cache');
    const prefix = ['sh', '-c', 'ulimit -f 2048 && exec "$@"', 'sh'];
    const report = await runCacheProgram(program, { cache, ingest: [join(folder, 'a')] }, { prefix });
    expect(report).toMatchObject({ stored: [], fault: { code: 'no-space' } });
    expect(filesBelow(cache)).toEqual([]);
  });
});

describe('a full disk', () => {
  test('is noticed before a byte is written, even for a file of holes', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'holes');
    // More than the whole disk, since others may free some of it meanwhile.
    const { blocks, bsize } = statfsSync(folder);
    const bytes = (blocks + 1) * bsize;
    writeFileSync(path, '');
    truncateSync(path, bytes);
    const cache = join(folder, 'cache');
    await expect(openCache(cache).ingest(path)).rejects.toMatchObject({ code: 'no-space', data: { needed: bytes } });
    expect(filesBelow(cache)).toEqual([]);
  });

  test('stores what fits and nothing of what does not', async (context) => {
    const disk = smallDisk();
    if (disk === undefined) return context.skip('mounting a file system needs root');
    const folder = temporaryFolder();
    randomFile(join(folder, 'a'), 3 * CHUNK_BYTES);
    randomFile(join(folder, 'b'), 3 * CHUNK_BYTES);
    const cache = openCache(join(disk, 'cache'));
    const kept = await cache.ingest(join(folder, 'a'));
    await expect(cache.ingest(join(folder, 'b'))).rejects.toMatchObject({ code: 'no-space' });
    expect(filesBelow(cache.folder)).toHaveLength(2);
    expect(await cache.inspect(kept, { hash: true })).toEqual({ kind: 'present' });
  });

  test('fills while a file is written: the attempt leaves nothing', async (context) => {
    const disk = smallDisk();
    if (disk === undefined) return context.skip('mounting a file system needs root');
    const folder = temporaryFolder();
    randomFile(join(folder, 'a'), 3 * CHUNK_BYTES);
    const cache = openCache(join(disk, 'cache'));
    let isFilled = false;
    const fill = (): void => {
      if (!isFilled) writeFileSync(join(disk, 'others'), Buffer.alloc(2 * CHUNK_BYTES));
      isFilled = true;
    };
    const progress = { start: () => ({ add: fill, end: () => undefined }) };
    await expect(cache.ingest(join(folder, 'a'), progress)).rejects.toMatchObject({ code: 'no-space' });
    expect(filesBelow(cache.folder)).toEqual([]);
  });
});

describe('names on two file systems', () => {
  test('are two copies of the bytes', async (context) => {
    const disk = otherDisk();
    if (disk === undefined) return context.skip('there is one file system');
    const folder = temporaryFolder();
    const cache = openCache(join(folder, 'cache'));
    mkdirSync(join(cache.folder, 'files'), { recursive: true });
    symlinkSync(disk, join(cache.folder, 'files', 'md5'));
    randomFile(join(folder, 'a'), CHUNK_BYTES + 1);
    const digests = await cache.ingest(join(folder, 'a'));
    expect(await cache.ingest(join(folder, 'a'))).toEqual(digests);
    expect(await cache.inspect(digests, { hash: true })).toEqual({ kind: 'present' });
    const ours = (await cache.findPath(digests)) ?? '';
    expect(statSync(ours).nlink).toBe(1);
    expect(filesBelow(disk).map((path) => statSync(join(disk, path)).mode & 0o7777)).toEqual([0o444]);
    rmSync(ours);
    await cache.relink(digests);
    expect(await cache.inspect(digests, { hash: true })).toEqual({ kind: 'present' });
    expect(filesBelow(join(cache.folder, 'files', 'sha256', 'tmp'))).toEqual([]);
  });
});
