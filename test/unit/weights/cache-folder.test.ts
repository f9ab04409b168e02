import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type CacheLocation, locateCache } from '../../../src/weights/cache-folder.ts';
import { readDvcConfig } from '../../../src/weights/dvc-config.ts';
import { findDvcProject } from '../../../src/weights/dvc-project.ts';
import { temporaryFolder } from '../../support/temporary-repository.ts';

/** A git work tree `repo` in a temporary folder, with a home beside it. */
interface Rig {
  readonly root: string;
  readonly workTree: string;
  write(path: string, text: string): void;
  locate(env?: Readonly<Record<string, string>>): Promise<CacheLocation>;
}

function start(): Rig {
  const root = temporaryFolder();
  const workTree = join(root, 'repo');
  const base = {
    HOME: join(root, 'home'),
    XDG_CONFIG_DIRS: join(root, 'xdg'),
    DVC_GLOBAL_CONFIG_DIR: join(root, 'global'),
  };
  mkdirSync(join(workTree, '.git'), { recursive: true });
  return {
    root,
    workTree,
    write: (path, text) => {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    },
    locate: (env = {}) => locateCache({ workTree, commonDir: join(workTree, '.git'), env: { ...base, ...env } }),
  };
}

describe('without a DVC project the cache', () => {
  test("is the registry's own, in the git common dir, and nothing is created", async () => {
    const { workTree, locate } = start();
    expect(await locate()).toEqual({
      folder: join(workTree, '.git', 'registry', 'cache'),
      owner: 'registry',
      shared: false,
      linkTypes: ['reflink', 'copy'],
    });
    expect(readdirSync(join(workTree, '.git'))).toEqual([]);
  });

  test('is that of a bare repository too', async () => {
    const { root } = start();
    const found = await locateCache({ commonDir: join(root, 'bare.git'), env: {} });
    expect(found).toMatchObject({ folder: join(root, 'bare.git', 'registry', 'cache'), owner: 'registry' });
  });

  test("is not moved by a user's configuration of DVC", async () => {
    const { workTree, write, locate } = start();
    write('global/config', '[cache]\ndir = /elsewhere\n');
    expect((await locate()).folder).toBe(join(workTree, '.git', 'registry', 'cache'));
  });

  test('is not moved by a file that is called .dvc', async () => {
    const { write, locate } = start();
    write('repo/.dvc', '');
    expect((await locate()).owner).toBe('registry');
  });
});

describe("in a DVC project the cache is DVC's:", () => {
  test('.dvc/cache by default', async () => {
    const { workTree, write, locate } = start();
    write('repo/.dvc/config', '');
    expect(await locate()).toEqual({
      folder: join(workTree, '.dvc', 'cache'),
      owner: 'dvc',
      shared: false,
      linkTypes: ['reflink', 'copy'],
    });
  });

  test('of the nearest folder above that has one', async () => {
    const { root, write, locate } = start();
    write('.dvc/config', '');
    expect((await locate()).folder).toBe(join(root, '.dvc', 'cache'));
    expect(findDvcProject(join(root, 'repo'))).toBe(root);
    expect(findDvcProject(join(root, 'absent'))).toBeUndefined();
  });

  test.each<[string, string, (rig: Rig) => string]>([
    ['an absolute path', '/var/weights', () => '/var/weights'],
    ["relative to its file's folder", '../../weights', ({ root }) => join(root, 'weights')],
    ['beside its file', 'weights', ({ workTree }) => join(workTree, '.dvc', 'weights')],
    ['the home folder', '~/weights', ({ root }) => join(root, 'home', 'weights')],
    ['in quotes', '"/var/a, b #c"', () => '/var/a, b #c'],
  ])('where cache.dir says: %s', async (_how, dir, expected) => {
    const rig = start();
    rig.write('repo/.dvc/config', `['CACHE']\n    Dir = ${dir}\n`);
    expect((await rig.locate()).folder).toBe(expected(rig));
  });

  test('where the highest level says: local, repository, user, machine', async () => {
    const { root, workTree, write, locate } = start();
    write('repo/.dvc/config', '');
    write('xdg/dvc/config', '[cache]\ndir = machine\ntype = copy\n');
    expect(await locate()).toMatchObject({ folder: join(root, 'xdg', 'dvc', 'machine'), linkTypes: ['copy'] });
    write('global/config', '[cache]\ndir = user\n');
    expect(await locate()).toMatchObject({ folder: join(root, 'global', 'user'), linkTypes: ['copy'] });
    write('repo/.dvc/config', '[cache]\ndir = repository\n');
    expect((await locate()).folder).toBe(join(workTree, '.dvc', 'repository'));
    write('repo/.dvc/config.local', '[cache]\ndir = local\ntype = symlink\n');
    expect(await locate()).toMatchObject({ folder: join(workTree, '.dvc', 'local'), linkTypes: ['symlink'] });
  });

  test('with the folders that the environment names for machine and user', async () => {
    const { root, write, locate } = start();
    write('repo/.dvc/config', '');
    write('other/config', '[cache]\ndir = there\n');
    expect((await locate({ DVC_SYSTEM_CONFIG_DIR: join(root, 'other') })).folder).toBe(join(root, 'other', 'there'));
    write('home/.config/dvc/config', '[cache]\ndir = home\n');
    expect((await locate({ DVC_GLOBAL_CONFIG_DIR: '' })).folder).toBe(join(root, 'home', '.config', 'dvc', 'home'));
    write('config-home/dvc/config', '[cache]\ndir = given\n');
    const env = { DVC_GLOBAL_CONFIG_DIR: '', XDG_CONFIG_HOME: join(root, 'config-home') };
    expect((await locate(env)).folder).toBe(join(root, 'config-home', 'dvc', 'given'));
  });

  test.each<[string, readonly string[]]>([
    ['copy', ['copy']],
    ['"reflink,hardlink, symlink,copy"', ['reflink', 'hardlink', 'symlink', 'copy']],
    ['hardlink,copy', ['hardlink', 'copy']],
  ])('with links as cache.type = %s says', async (type, expected) => {
    const { write, locate } = start();
    write('repo/.dvc/config', `[cache]\ntype = ${type}\n`);
    expect((await locate()).linkTypes).toEqual(expected);
  });

  test('shared when cache.shared says group', async () => {
    const { write, locate } = start();
    write('repo/.dvc/config', '[cache]\nshared = Group\n');
    expect((await locate()).shared).toBe(true);
  });
});

describe('a configuration that DVC refuses is refused:', () => {
  test.each([
    'type = hardlinks',
    'type =',
    'shared = everybody',
    'shared = group, all',
    'dir = a, b',
    'dir = s3://bucket',
    'dir',
  ])('%s', async (line) => {
    const { write, locate } = start();
    write('repo/.dvc/config', `[cache]\n${line}\n`);
    await expect(locate()).rejects.toMatchObject({ code: 'bad-dvc-config' });
  });

  test('what is not UTF-8', async () => {
    const { workTree, write, locate } = start();
    write('repo/.dvc/config', '');
    writeFileSync(join(workTree, '.dvc', 'config'), Buffer.from([0x23, 0xff]));
    await expect(locate()).rejects.toMatchObject({
      code: 'bad-dvc-config',
      data: { file: join(workTree, '.dvc', 'config') },
    });
  });

  test('a folder in the place of the file', async () => {
    const { workTree, write, locate } = start();
    write('repo/.dvc/config/x', '');
    await expect(locate()).rejects.toMatchObject({
      code: 'not-a-file',
      data: { path: join(workTree, '.dvc', 'config') },
    });
  });
});

test("a project's folder does not reach over a mount point, as DVC has it", async (context) => {
  const { root, write } = start();
  write('.dvc/config', '');
  const disk = join(root, 'disk');
  mkdirSync(join(disk, 'repo'), { recursive: true });
  expect(findDvcProject(join(disk, 'repo'))).toBe(root);
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]).status !== 0) {
    return context.skip('mounting a file system needs root');
  }
  onTestFinished(() => void spawnSync('umount', ['--lazy', disk]));
  mkdirSync(join(disk, 'repo'));
  expect(findDvcProject(join(disk, 'repo'))).toBeUndefined();
});

test('remotes are read with the folder that their relative paths start at', () => {
  const { root, workTree, write } = start();
  write('repo/.dvc/config', '[core]\nremote = Store\n[\'remote "Store"\']\nurl = ../store\n');
  const config = readDvcConfig(workTree, { HOME: join(root, 'home'), XDG_CONFIG_DIRS: join(root, 'xdg') });
  expect(config.get('remote "store"')?.get('url')).toEqual({ value: '../store', folder: join(workTree, '.dvc') });
});
