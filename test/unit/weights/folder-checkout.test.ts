import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Sha256 } from '../../../src/domain/digest.ts';
import type { CheckoutFile } from '../../../src/ports/checkout.ts';
import type { Progress } from '../../../src/ports/progress.ts';
import { FolderCheckout, type FolderCheckoutOptions } from '../../../src/weights/folder-checkout.ts';
import type { LinkType } from '../../../src/weights/link-file.ts';
import { CHUNK_BYTES } from '../../../src/weights/read-chunks.ts';
import { temporaryFolder } from '../../support/temporary-repository.ts';
import { randomFile } from './sample-files.ts';

const sha256 = (body: string | Uint8Array): Sha256 => createHash('sha256').update(body).digest('hex') as Sha256;

/** A file of an entry whose bytes are in memory. */
function inMemory(path: string, text: string): CheckoutFile {
  const body = Buffer.from(text);
  return { path, bytes: body.length, sha256: sha256(body), content: { kind: 'bytes', body } };
}

/** A file of an entry whose bytes are in a cache. */
function inCache(path: string, object: string): CheckoutFile {
  const body = readFileSync(object);
  return { path, bytes: body.length, sha256: sha256(body), content: { kind: 'file', path: object } };
}

/** A temporary folder with a cached object, and a checkout that starts there. */
function start(told: Partial<FolderCheckoutOptions> = {}) {
  const root = temporaryFolder();
  const object = join(root, 'object');
  writeFileSync(object, 'weights', { mode: 0o444 });
  const options: FolderCheckoutOptions = { cwd: root, forbidden: [], linkTypes: ['reflink', 'copy'], ...told };
  const checkout = new FolderCheckout(options);
  const files = [inMemory('config.json', '{}'), inCache('model.bin', object), inMemory('a/b/c', '')];
  return { root, object, checkout, files };
}

/** Regular files below a folder with their texts, folders as `undefined`. */
function treeOf(folder: string): Readonly<Record<string, string | undefined>> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    paths.map((path) => [
      path,
      statSync(join(folder, path)).isDirectory() ? undefined : readFileSync(join(folder, path), 'utf8'),
    ]),
  );
}

const WRITTEN = { a: undefined, 'a/b': undefined, 'a/b/c': '', 'config.json': '{}', 'model.bin': 'weights' };
const PLAIN = { force: false } as const;
const FORCE = { force: true } as const;

describe('a checkout writes', () => {
  test('all files, and nothing beside them', async () => {
    const { root, checkout, files } = start();
    await checkout.write('out', files, PLAIN);
    expect(treeOf(join(root, 'out'))).toEqual(WRITTEN);
    expect(readdirSync(root).sort()).toEqual(['object', 'out']);
  });

  test('into an empty folder, and below folders that it makes', async () => {
    const { root, checkout, files } = start();
    mkdirSync(join(root, 'out'));
    await checkout.write('out', files, PLAIN);
    await checkout.write(join(root, 'x', 'y', 'out'), files, PLAIN);
    expect(treeOf(join(root, 'out'))).toEqual(WRITTEN);
    expect(treeOf(join(root, 'x', 'y', 'out'))).toEqual(WRITTEN);
  });

  test('with the modes of new files and folders', async () => {
    const { root, object, checkout, files } = start();
    mkdirSync(join(root, 'sample'));
    writeFileSync(join(root, 'sample', 'file'), '');
    await checkout.write('out', files, PLAIN);
    const [folderMode, fileMode] = [statSync(join(root, 'sample')).mode, statSync(join(root, 'sample', 'file')).mode];
    for (const folder of ['out', 'out/a', 'out/a/b']) expect(statSync(join(root, folder)).mode).toBe(folderMode);
    for (const file of ['config.json', 'model.bin', 'a/b/c'])
      expect(statSync(join(root, 'out', file)).mode).toBe(fileMode);
    expect(statSync(object).nlink).toBe(1);
  });

  test('and tells progress by the path in the bundle', async () => {
    const { checkout, files } = start();
    const told: string[] = [];
    const progress: Progress = {
      start: (label, total) => {
        told.push(`${label} ${total}`);
        return { add: (amount) => told.push(`+${amount}`), end: () => told.push('end') };
      },
    };
    await checkout.write('out', files, { force: false, progress });
    expect(told).toEqual(['writing model.bin 7', '+7', 'end']);
  });
});

describe('a checkout refuses', () => {
  test.each<[string, (path: string) => void]>([
    ['a folder with a file in it', (path) => writeFileSync(join(path, 'mine'), 'mine')],
    ['a file', (path) => replaceByFile(path)],
  ])('%s, unless forced', async (_what, occupy) => {
    const { root, checkout, files } = start();
    const out = join(root, 'out');
    mkdirSync(out);
    occupy(out);
    await expect(checkout.write('out', files, PLAIN)).rejects.toMatchObject({
      code: 'destination',
      data: { path: out },
    });
    expect(readdirSync(root).sort()).toEqual(['object', 'out']);
    await checkout.write('out', files, FORCE);
    expect(treeOf(out)).toEqual(WRITTEN);
    expect(readdirSync(root).sort()).toEqual(['object', 'out']);
  });

  test.each([PLAIN, FORCE])('a link, wherever it leads (%j)', async (options) => {
    const { root, checkout, files } = start();
    mkdirSync(join(root, 'elsewhere'));
    symlinkSync('elsewhere', join(root, 'out'));
    symlinkSync('absent', join(root, 'dangling'));
    for (const name of ['out', 'dangling']) {
      await expect(checkout.write(name, files, options)).rejects.toMatchObject({
        code: 'destination',
        data: { path: join(root, name) },
      });
    }
    expect(readdirSync(join(root, 'elsewhere'))).toEqual([]);
  });

  test.each([PLAIN, FORCE])('git directories, the cache, and what holds them (%j)', async (options) => {
    const root = temporaryFolder();
    const repo = join(root, 'repo');
    const cache = join(root, 'weights', 'cache');
    const gitDir = join(root, 'real.git');
    for (const folder of [repo, cache, gitDir]) mkdirSync(folder, { recursive: true });
    const checkout = new FolderCheckout({ cwd: repo, workTree: repo, forbidden: [gitDir, cache], linkTypes: [] });
    const bad = [
      gitDir,
      join(gitDir, 'x'),
      cache,
      join(cache, 'files', 'x'),
      join(root, 'weights'),
      '.git',
      '.git/x',
      'sub/.GIT/y',
      '.',
      '..',
      '/',
    ];
    for (const folder of bad) {
      await expect(checkout.write(folder, [inMemory('a', '')], options)).rejects.toMatchObject({ code: 'destination' });
    }
    expect(readdirSync(root).sort()).toEqual(['real.git', 'repo', 'weights']);
    expect([readdirSync(repo), readdirSync(cache), readdirSync(gitDir)]).toEqual([[], [], []]);
  });

  test('a git directory that a link of the user leads to', async () => {
    const { root, files } = start();
    mkdirSync(join(root, 'gitdir'));
    symlinkSync('gitdir', join(root, 'shortcut'));
    const checkout = new FolderCheckout({ cwd: root, forbidden: [join(root, 'gitdir')], linkTypes: [] });
    await expect(checkout.write('shortcut/out', files, PLAIN)).rejects.toMatchObject({ code: 'destination' });
  });

  test('to replace a work tree', async () => {
    const { root, checkout, files } = start();
    mkdirSync(join(root, 'project', '.git'), { recursive: true });
    await expect(checkout.write('project', files, FORCE)).rejects.toMatchObject({ code: 'destination' });
    expect(existsSync(join(root, 'project', '.git'))).toBe(true);
  });

  test("to go through a link in the work tree, which came with a clone; others are the user's own", async () => {
    const { root, files } = start();
    const workTree = join(root, 'repo');
    mkdirSync(join(workTree, 'deep'), { recursive: true });
    mkdirSync(join(root, 'victim'));
    symlinkSync(join(root, 'victim'), join(workTree, 'deep', 'models'));
    symlinkSync(join(root, 'victim'), join(root, 'mine'));
    const checkout = new FolderCheckout({ cwd: workTree, workTree, forbidden: [], linkTypes: [] });
    const data = { path: join(workTree, 'deep', 'models') };
    await expect(checkout.write('deep/models/out', files, PLAIN)).rejects.toMatchObject({ code: 'destination', data });
    await expect(checkout.write('deep/models/x/out', files, FORCE)).rejects.toMatchObject({
      code: 'destination',
      data,
    });
    expect(readdirSync(join(root, 'victim'))).toEqual([]);
    await checkout.write(join(root, 'mine', 'out'), files, PLAIN);
    expect(treeOf(join(root, 'victim', 'out'))).toEqual(WRITTEN);
  });

  test.each(['../out', '/etc/out', 'a/../../out', 'a//b', './a', '', 'a/', 'a\0b'])(
    'the path %j in a bundle',
    async (path) => {
      const { root, checkout, files } = start();
      await expect(checkout.write('out', [...files, inMemory(path, 'x')], PLAIN)).rejects.toMatchObject({
        code: 'bad-path',
        data: { path },
      });
      expect(readdirSync(root)).toEqual(['object']);
    },
  );

  test('two files of one name, and a file in the place of a folder', async () => {
    const { root, checkout, object } = start();
    for (const files of [
      [inMemory('a', '1'), inMemory('a', '1')],
      [inMemory('a', '1'), inCache('a', object)],
      [inMemory('a', '1'), inMemory('a/b', '2')],
    ]) {
      await expect(checkout.write('out', files, PLAIN)).rejects.toMatchObject({ code: 'io' });
    }
    expect(readdirSync(root)).toEqual(['object']);
  });
});

describe.each<[readonly LinkType[]]>([[['copy']], [['hardlink', 'copy']], [['symlink', 'copy']], [['reflink']], [[]]])(
  'wrong bytes leave no destination, linked by %j:',
  (linkTypes) => {
    test('in the cache', async () => {
      const { root, object, checkout, files } = start({ linkTypes });
      chmodSync(object, 0o644);
      writeFileSync(object, 'Weights');
      const data = { path: 'model.bin', sha256: sha256('weights') };
      await expect(checkout.write('x/out', files, PLAIN)).rejects.toMatchObject({ code: 'corrupt-weights', data });
      expect(readdirSync(root)).toEqual(['object']);
    });

    test('in memory, or none where there should be some', async () => {
      const { root, object, checkout, files } = start({ linkTypes });
      const wrong = { ...inMemory('wrong', 'x'), sha256: sha256('y') };
      await expect(checkout.write('out', [...files, wrong], PLAIN)).rejects.toMatchObject({
        code: 'corrupt-weights',
        data: { path: 'wrong' },
      });
      const lying = { ...inCache('lying', object), bytes: 0 };
      await expect(checkout.write('out', [lying], PLAIN)).rejects.toMatchObject({ code: 'corrupt-weights' });
      expect(readdirSync(root)).toEqual(['object']);
    });

    test('and an object that is gone is a fault', async () => {
      const { root, object, checkout, files } = start({ linkTypes });
      rmSync(object);
      await expect(checkout.write('out', files, FORCE)).rejects.toMatchObject({ code: 'io' });
      expect(readdirSync(root)).toEqual([]);
    });
  },
);

test.each<[readonly LinkType[]]>([[['copy']], [['hardlink']], [['symlink']]])(
  'bytes that another process stores again meanwhile are written, linked by %j: they look new then',
  async (linkTypes) => {
    const { root, object, checkout, files } = start({ linkTypes });
    utimesSync(object, 1, 1);
    const progress: Progress = { start: () => ({ add: () => utimesSync(object, 2, 2), end: () => undefined }) };
    await checkout.write('out', files, { force: false, progress });
    expect(statSync(object).mtimeMs).toBe(2000);
    expect(treeOf(join(root, 'out'))).toEqual(WRITTEN);
  },
);

test('a forced checkout that fails leaves what was there', async () => {
  const { root, object, checkout, files } = start();
  mkdirSync(join(root, 'out'));
  writeFileSync(join(root, 'out', 'mine'), 'mine');
  chmodSync(object, 0o644);
  writeFileSync(object, 'Weights');
  await expect(checkout.write('out', files, FORCE)).rejects.toMatchObject({ code: 'corrupt-weights' });
  expect(treeOf(join(root, 'out'))).toEqual({ mine: 'mine' });
  expect(readdirSync(root).sort()).toEqual(['object', 'out']);
});

test('a checkout that is given up leaves nothing', async () => {
  const stop = new AbortController();
  const { root, checkout } = start({ signal: stop.signal, linkTypes: [] });
  randomFile(join(root, 'large'), 20 * CHUNK_BYTES);
  const progress: Progress = { start: () => ({ add: () => stop.abort(new Error('stopped')), end: () => undefined }) };
  const files = [inCache('large', join(root, 'large'))];
  await expect(checkout.write('out', files, { force: false, progress })).rejects.toThrow('stopped');
  expect(readdirSync(root).sort()).toEqual(['large', 'object']);
});

describe('links to the cache are made as cache.type says:', () => {
  test('hard links', async () => {
    const { root, object, checkout, files } = start({ linkTypes: ['hardlink'] });
    await checkout.write('out', files, PLAIN);
    expect(statSync(join(root, 'out', 'model.bin')).ino).toBe(statSync(object).ino);
    expect(treeOf(join(root, 'out'))).toEqual(WRITTEN);
  });

  test('symbolic links', async () => {
    const { root, object, checkout, files } = start({ linkTypes: ['symlink'] });
    await checkout.write('out', files, PLAIN);
    expect(readlinkSync(join(root, 'out', 'model.bin'))).toBe(object);
    expect(lstatSync(join(root, 'out', 'a/b/c')).isFile()).toBe(true);
  });

  test('not of empty files', async () => {
    const { root, object, checkout } = start({ linkTypes: ['hardlink', 'symlink'] });
    chmodSync(object, 0o644);
    writeFileSync(object, '');
    await checkout.write('out', [inCache('empty', object)], PLAIN);
    expect(statSync(object).nlink).toBe(1);
    expect(lstatSync(join(root, 'out', 'empty'))).toMatchObject({ size: 0, nlink: 1 });
  });

  test('never otherwise, on any file system', async () => {
    const { root, object, checkout, files } = start({ linkTypes: ['reflink', 'copy'] });
    await checkout.write('out', files, PLAIN);
    expect(statSync(object).nlink).toBe(1);
    expect(lstatSync(join(root, 'out', 'model.bin')).isFile()).toBe(true);
    expect(statSync(join(root, 'out', 'model.bin')).ino).not.toBe(statSync(object).ino);
    expect(statSync(object).mode & 0o777).toBe(0o444);
  });

  test('by the next type where one is not to be had', async (context) => {
    if (!existsSync('/dev/shm') || statSync('/dev/shm').dev === statSync(tmpdir()).dev)
      return context.skip('there is one file system');
    const disk = mkdtempSync('/dev/shm/git-registry-test-');
    onTestFinished(() => rmSync(disk, { recursive: true, force: true }));
    const { object, files } = start();
    const hard = new FolderCheckout({ cwd: disk, forbidden: [], linkTypes: ['reflink', 'hardlink'] });
    await hard.write('hard', files, PLAIN);
    expect(lstatSync(join(disk, 'hard', 'model.bin')).isFile()).toBe(true);
    const soft = new FolderCheckout({ cwd: disk, forbidden: [], linkTypes: ['hardlink', 'symlink'] });
    await soft.write('soft', files, PLAIN);
    expect(readlinkSync(join(disk, 'soft', 'model.bin'))).toBe(object);
  });
});

describe('several checkouts to one destination at once:', () => {
  const bundles = (object: string) =>
    [1, 2, 3, 4].map((n) => [inMemory('which', `${n}`), inCache('model.bin', object), inMemory(`only-${n}`, `${n}`)]);
  const whole = (n: string) => ({ [`only-${n}`]: n, 'model.bin': 'weights', which: n });

  test('one wins, the others fail cleanly, nothing is mixed', async () => {
    const { root, object, checkout } = start();
    const outcomes = await Promise.allSettled(bundles(object).map((files) => checkout.write('out', files, PLAIN)));
    const failed = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    expect(failed).toHaveLength(3);
    for (const reason of failed) expect(reason).toMatchObject({ code: 'destination' });
    const found = treeOf(join(root, 'out'));
    expect(found).toEqual(whole(found['which'] ?? ''));
    expect(readdirSync(root).sort()).toEqual(['object', 'out']);
  });

  test('forced, all succeed one after the other, and the last is whole', async () => {
    const { root, object, checkout } = start();
    mkdirSync(join(root, 'out'));
    writeFileSync(join(root, 'out', 'mine'), 'mine');
    await Promise.all(bundles(object).map((files) => checkout.write('out', files, FORCE)));
    const found = treeOf(join(root, 'out'));
    expect(found).toEqual(whole(found['which'] ?? ''));
    expect(readdirSync(root).sort()).toEqual(['object', 'out']);
  });
});

describe('a disk that is full', () => {
  test('is a fault that leaves nothing', async (context) => {
    const disk = temporaryFolder();
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk]).status !== 0)
      return context.skip('mounting a file system needs root');
    onTestFinished(() => void spawnSync('umount', ['--lazy', disk]));
    const { root } = start();
    randomFile(join(root, 'large'), 3 * CHUNK_BYTES);
    const checkout = new FolderCheckout({ cwd: disk, forbidden: [], linkTypes: [] });
    const files = [inCache('1', join(root, 'large')), inCache('2', join(root, 'large'))];
    await expect(checkout.write('deep/out', files, PLAIN)).rejects.toMatchObject({ code: 'no-space' });
    expect(readdirSync(disk)).toEqual([]);
    const inMemoryOnly = [inMemory('1', 'x'.repeat(5 * CHUNK_BYTES))];
    await expect(checkout.write('out', inMemoryOnly, PLAIN)).rejects.toMatchObject({ code: 'no-space' });
    expect(readdirSync(disk)).toEqual([]);
  });
});

function replaceByFile(path: string): void {
  rmSync(path, { recursive: true });
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, 'mine');
}
