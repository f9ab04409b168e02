import {
  appendFileSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Collected } from '../../../src/ports/bundle-source.ts';
import { BundleFolder } from '../../../src/weights/bundle-folder.ts';
import { temporaryFolder, temporaryRepository } from '../../support/temporary-repository.ts';
import { makeFifo } from './sample-files.ts';

/** Writes files below a new folder `bundle`, and collects from there. */
function start(files: Readonly<Record<string, string>> = {}) {
  const root = temporaryFolder();
  const folder = join(root, 'bundle');
  mkdirSync(folder);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const source = new BundleFolder(root);
  const collect = (
    options: {
      readonly paths?: readonly string[];
      readonly followLinks?: boolean;
      readonly exclude?: readonly string[];
    } = {},
  ) => source.collect({ paths: ['bundle'], followLinks: false, exclude: [], ...options });
  return { root, folder, source, collect };
}

const pathsOf = ({ files }: Collected): readonly string[] => files.map(({ path }) => path);
const skippedOf = ({ skipped }: Collected): readonly string[] => skipped.map(({ path }) => path);

describe('a folder', () => {
  test('gives its files by their paths in it, in order of code points', async () => {
    const { folder, collect } = start({
      'b/c': '1',
      'b.txt': '22',
      a: '',
      'b/a/x': '333',
      '\u{1f600}': '',
      '\uffee': '',
      B: '',
    });
    const collected = await collect();
    expect(pathsOf(collected)).toEqual(['B', 'a', 'b.txt', 'b/a/x', 'b/c', '\uffee', '\u{1f600}']);
    expect(collected.files[4]).toEqual({ path: 'b/c', source: join(folder, 'b', 'c'), bytes: 1 });
    expect(collected.skipped).toEqual([]);
  });

  test('is found from the folder that relative paths start at, or anywhere', async () => {
    const { folder, source } = start({ a: '1' });
    const request = { followLinks: false, exclude: [] };
    expect(pathsOf(await source.collect({ ...request, paths: ['bundle/../bundle/'] }))).toEqual(['a']);
    expect(pathsOf(await new BundleFolder('/').collect({ ...request, paths: [folder] }))).toEqual(['a']);
  });

  test('without files gives none', async () => {
    const { folder, collect } = start();
    mkdirSync(join(folder, 'empty'));
    expect(await collect()).toEqual({ files: [], skipped: [] });
  });

  test('of more than ten thousand files is too big', async () => {
    const { folder, collect } = start();
    mkdirSync(join(folder, 'deep'));
    for (let index = 0; index < 10_000; index += 1) writeFileSync(join(folder, 'deep', `${index}`), '');
    expect((await collect()).files).toHaveLength(10_000);
    writeFileSync(join(folder, 'z'), '');
    await expect(collect()).rejects.toMatchObject({ code: 'too-big', data: { limit: 10_000 } });
    expect((await collect({ exclude: ['z'] })).files).toHaveLength(10_000);
  });

  test('with a name that is not UTF-8 is refused', async () => {
    const { folder, collect } = start();
    try {
      writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0x61, 0xff])]), '');
    } catch {
      return; // This file system has no such names.
    }
    await expect(collect()).rejects.toMatchObject({ code: 'bad-path', data: { hex: '61ff' } });
  });
});

describe('files that are named one by one', () => {
  test('come by their base names, with those of folders', async () => {
    const { folder, collect } = start({ 'x/a': '1', 'y/b': '2' });
    const collected = await collect({ paths: ['bundle/x/a', 'bundle/y'] });
    expect(collected.files).toEqual([
      { path: 'a', source: join(folder, 'x', 'a'), bytes: 1 },
      { path: 'b', source: join(folder, 'y', 'b'), bytes: 1 },
    ]);
  });

  test('come once when their folder is named too, and twice when two have one name', async () => {
    const { collect } = start({ a: '1', 'x/a': '2' });
    expect(pathsOf(await collect({ paths: ['bundle', 'bundle/a'] }))).toEqual(['a', 'x/a']);
    expect(pathsOf(await collect({ paths: ['bundle/a', 'bundle/x/a'] }))).toEqual(['a', 'a']);
  });

  test('may begin with a dash', async () => {
    const { collect } = start({ '-rf': '1', '--x': '2' });
    expect(pathsOf(await collect({ paths: ['bundle/-rf', 'bundle/--x'] }))).toEqual(['--x', '-rf']);
  });

  test('that are not there are refused', async () => {
    const { root, collect } = start();
    await expect(collect({ paths: ['absent'] })).rejects.toMatchObject({
      code: 'not-a-file',
      data: { path: join(root, 'absent') },
    });
  });
});

describe('left out and named are', () => {
  test('what is never part of a bundle, at any depth', async () => {
    const names = ['.git', '.gitattributes', '.gitignore', '.cache', '__pycache__', '.DS_Store', '.registryignore'];
    const { collect } = start(
      Object.fromEntries(
        names.flatMap((name) => [
          [`x/${name}/inside`, ''],
          [`y/${name}`, ''],
        ]),
      ),
    );
    const collected = await collect();
    expect(pathsOf(collected)).toEqual([]);
    expect(skippedOf(collected)).toEqual(names.flatMap((name) => [`x/${name}`, `y/${name}`]).sort());
    for (const { reason } of collected.skipped) expect(reason).not.toBe('');
  });

  test("DVC's pointers beside what they point to, and no others", async () => {
    const { collect } = start({
      'model.bin': '',
      'model.bin.dvc': '',
      'images/a': '',
      'images.dvc': '',
      'absent.dvc': '',
      '.dvc': '',
    });
    const collected = await collect();
    expect(skippedOf(collected)).toEqual(['images.dvc', 'model.bin.dvc']);
    expect(pathsOf(collected)).toEqual(['.dvc', 'absent.dvc', 'images/a', 'model.bin']);
    const named = await collect({ paths: ['bundle/model.bin', 'bundle/model.bin.dvc'] });
    expect([pathsOf(named), skippedOf(named)]).toEqual([['model.bin'], ['model.bin.dvc']]);
  });

  test('what .registryignore in the root says, and what the caller says', async () => {
    const { collect } = start({
      '.registryignore': '# scratch\n*.tmp\n/optimizer/\n!keep.tmp\n',
      'a.tmp': '',
      'keep.tmp': '',
      'x/b.tmp': '',
      'optimizer/state': '',
      'x/optimizer/state': '',
      'x/.registryignore': '*',
      'log.txt': '',
    });
    const collected = await collect({ exclude: ['*.txt'] });
    expect(pathsOf(collected)).toEqual(['keep.tmp', 'x/optimizer/state']);
    expect(skippedOf(collected)).toEqual([
      '.registryignore',
      'a.tmp',
      'log.txt',
      'optimizer',
      'x/.registryignore',
      'x/b.tmp',
    ]);
    expect(collected.skipped.find(({ path }) => path === 'a.tmp')?.reason).toContain('.registryignore');
    expect(collected.skipped.find(({ path }) => path === 'log.txt')?.reason).not.toContain('.registryignore');
  });

  test('links and FIFOs that a rule covers, which are not looked at', async () => {
    const { folder, collect } = start({ a: '' });
    symlinkSync('/nowhere', join(folder, '.git'));
    makeFifo(join(folder, 'pipe.tmp'));
    expect(pathsOf(await collect({ exclude: ['*.tmp'] }))).toEqual(['a']);
  });
});

// But for `?`, which is a character here and a byte to git.
test('globs mean what they mean to git', async () => {
  const files = [
    'a',
    'a.txt',
    'A.TXT',
    'b/a',
    'b/c/a.txt',
    'b/c/d',
    'build/x',
    'b/build/y',
    'foo bar',
    '#hash',
    '!bang',
    '...',
    'x[1]',
    'größe',
  ];
  const globs = [
    '*.txt',
    '!b/c/a.txt',
    'build/',
    '/a',
    'b/*/d',
    '\\#hash',
    '\\!bang',
    'foo\\ bar',
    '**/y',
    'x\\[1\\]',
    '...',
    '# no',
    '',
  ];
  for (const glob of [...globs, 'b/**', '**', '?', '[a-b]', '/b/', 'B', '*\n!*/', 'grö*']) {
    const { folder, collect } = start(Object.fromEntries(files.map((path) => [path, ''])));
    const repository = temporaryRepository();
    writeFileSync(join(repository.folder, '.gitignore'), `${glob}\n`);
    for (const path of files) {
      mkdirSync(dirname(join(repository.folder, path)), { recursive: true });
      writeFileSync(join(repository.folder, path), '');
    }
    const listed = repository
      .git(['-c', 'core.quotePath=false', 'ls-files', '--others', '--exclude-standard'])
      .split('\n');
    writeFileSync(join(folder, '.registryignore'), `${glob}\n`);
    expect([glob, pathsOf(await collect())]).toEqual([
      glob,
      listed.filter((path) => path !== '.gitignore' && path !== '').sort(),
    ]);
  }
});

describe('what is no regular file is refused:', () => {
  test.each<[string, (path: string) => void]>([
    ['a FIFO', (path) => makeFifo(path)],
    ['a link to a file', (path) => symlinkSync('a', path)],
    ['a link to a folder', (path) => symlinkSync('.', path)],
    ['a link to nothing', (path) => symlinkSync('absent', path)],
    ['a link to itself', (path) => symlinkSync(path, path)],
    ['a link out of the folder', (path) => symlinkSync('/etc/passwd', path)],
  ])('%s', async (_what, make) => {
    const { folder, collect } = start({ a: '1' });
    const path = join(folder, 'odd');
    make(path);
    await expect(collect()).rejects.toMatchObject({ code: 'not-a-file', data: { path } });
    await expect(collect({ paths: ['bundle/odd'] })).rejects.toMatchObject({ code: 'not-a-file', data: { path } });
  });

  test('a socket', async () => {
    const { folder, collect } = start();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(folder, 'socket'), resolve));
    onTestFinished(() => void server.close());
    await expect(collect()).rejects.toMatchObject({ code: 'not-a-file', data: { path: join(folder, 'socket') } });
  });

  test('a device that is named', async () => {
    const { collect } = start();
    await expect(collect({ paths: ['/dev/null'] })).rejects.toMatchObject({ code: 'not-a-file' });
  });
});

describe('links are followed on request', () => {
  test('to files anywhere, as the caches of Hugging Face and DVC have them', async () => {
    const { root, folder, collect } = start();
    const blob = join(root, 'blobs', 'ab12');
    mkdirSync(dirname(blob));
    writeFileSync(blob, 'weights');
    symlinkSync(join('..', 'blobs', 'ab12'), join(folder, 'model.safetensors'));
    const collected = await collect({ followLinks: true });
    expect(collected.files).toEqual([{ path: 'model.safetensors', source: blob, bytes: 7 }]);
    expect((await collect({ followLinks: true, paths: ['bundle/model.safetensors'] })).files).toEqual(collected.files);
  });

  test('to a folder that is named, such as the snapshot of a branch', async () => {
    const { root, folder, collect } = start({ a: '1' });
    symlinkSync('bundle', join(root, 'latest'));
    expect((await collect({ followLinks: true, paths: ['latest'] })).files).toEqual([
      { path: 'a', source: join(folder, 'a'), bytes: 1 },
    ]);
    await expect(collect({ paths: ['latest'] })).rejects.toMatchObject({ code: 'not-a-file' });
  });

  test.each<[string, string]>([
    ['a folder, which might be around them', '..'],
    ['nothing', 'absent'],
    ['themselves', 'odd'],
    ['a device', '/dev/zero'],
  ])('but not to %s', async (_what, target) => {
    const { folder, collect } = start({ a: '1' });
    symlinkSync(target, join(folder, 'odd'));
    await expect(collect({ followLinks: true })).rejects.toMatchObject({ code: 'not-a-file' });
  });

  test('but .registryignore is no way out either', async () => {
    const { root, folder, collect } = start({ a: '1' });
    writeFileSync(join(root, 'globs'), 'a\n');
    symlinkSync('../globs', join(folder, '.registryignore'));
    await expect(collect()).rejects.toMatchObject({ code: 'not-a-file' });
    expect(pathsOf(await collect({ followLinks: true }))).toEqual([]);
  });
});

describe('reading', () => {
  test('gives all bytes, or the first', async () => {
    const { source, collect } = start({ a: 'hello, world' });
    const [file] = (await collect()).files;
    if (file === undefined) throw new Error('no file');
    expect(Buffer.from(await source.read(file, 12)).toString()).toBe('hello, world');
    expect(Buffer.from(await source.readHead(file.source, 5)).toString()).toBe('hello');
    expect(Buffer.from(await source.readHead(file.source, 100)).toString()).toBe('hello, world');
    expect(await source.readHead(file.source, 0)).toHaveLength(0);
  });

  test('refuses more bytes than are wanted', async () => {
    const { source, collect } = start({ a: 'hello, world' });
    const [file] = (await collect()).files;
    if (file === undefined) throw new Error('no file');
    await expect(source.read(file, 11)).rejects.toMatchObject({ code: 'too-big', data: { bytes: 12, limit: 11 } });
  });

  test.each<[string, (path: string) => void, string]>([
    ['grew', (path) => appendFileSync(path, '!'), 'changed-while-reading'],
    ['is gone', (path) => rmSync(path), 'io'],
    ['became a link', (path) => replaceByLink(path), 'not-a-file'],
    ['became a FIFO', (path) => replaceByFifo(path), 'not-a-file'],
  ])('refuses a file that %s since it was found', async (_what, change, code) => {
    const { source, collect } = start({ a: 'hello' });
    const [file] = (await collect()).files;
    if (file === undefined) throw new Error('no file');
    change(file.source);
    await expect(source.read(file, 100)).rejects.toMatchObject({ code, data: { path: file.source } });
  });

  test('of a file with two names gives its bytes', async () => {
    const { folder, source, collect } = start({ a: 'hello' });
    linkSync(join(folder, 'a'), join(folder, 'b'));
    utimesSync(join(folder, 'a'), 1, 1);
    for (const file of (await collect()).files) expect(await source.read(file, 5)).toHaveLength(5);
  });
});

function replaceByLink(path: string): void {
  renameSync(path, `${path}.moved`);
  symlinkSync(`${path}.moved`, path);
}

function replaceByFifo(path: string): void {
  rmSync(path);
  makeFifo(path);
}
