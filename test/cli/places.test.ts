import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type CliOptions, runCli, runJson } from '../support/cli.ts';
import { lmBundle, writeBundle } from '../support/registry-rig.ts';
import { type TemporaryRepository, temporaryRepository } from '../support/temporary-repository.ts';

/** Where the commands are run, and what surrounds them. */
interface Place {
  readonly name: string;
  readonly bare?: true;
  readonly objectFormat?: 'sha256';
  /** Changes the repository or its surroundings and says where to run. */
  readonly prepare: (repository: TemporaryRepository) => Partial<CliOptions> & { readonly args?: readonly string[] };
}

function commit(repository: TemporaryRepository): void {
  repository.git(['commit', '--quiet', '--allow-empty', '-m', 'one']);
}

const HOSTILE = [
  ['core.autocrlf', 'true'],
  ['core.eol', 'crlf'],
  ['i18n.commitEncoding', 'ISO-8859-1'],
  ['i18n.logOutputEncoding', 'UTF-16'],
  ['log.showSignature', 'true'],
  ['log.date', 'relative'],
  ['log.mailmap', 'true'],
  ['format.pretty', 'fuller'],
  ['color.ui', 'always'],
  ['core.abbrev', '7'],
  ['core.quotePath', 'true'],
  ['core.fsyncObjectFiles', 'false'],
  ['core.logAllRefUpdates', 'always'],
  ['filter.evil.clean', 'tr a b'],
  ['filter.evil.smudge', 'tr a b'],
  ['core.attributesFile', '/dev/null'],
  ['fsck.skipList', '/nonexistent'],
  ['push.default', 'nothing'],
  ['transfer.fsckObjects', 'true'],
] as const;

const PLACES: readonly Place[] = [
  { name: 'the top of a work tree', prepare: () => ({}) },
  {
    name: 'a sub-folder',
    prepare: ({ folder }) => {
      mkdirSync(join(folder, 'a/b'), { recursive: true });
      return { cwd: join(folder, 'a/b') };
    },
  },
  { name: '-C from elsewhere', prepare: ({ folder }) => ({ cwd: dirname(folder), args: ['-C', folder] }) },
  { name: 'a bare repository', bare: true, prepare: () => ({}) },
  { name: 'a SHA-256 repository', objectFormat: 'sha256', prepare: () => ({}) },
  {
    name: 'a linked worktree',
    prepare: (repository) => {
      commit(repository);
      const linked = join(dirname(repository.folder), 'linked');
      repository.git(['worktree', 'add', '--quiet', '--detach', linked]);
      return { cwd: linked };
    },
  },
  {
    name: 'a folder elsewhere with GIT_DIR and GIT_WORK_TREE, as a hook has them',
    prepare: ({ folder, gitDir, environment }) => ({
      cwd: dirname(folder),
      env: { ...environment, GIT_DIR: gitDir, GIT_WORK_TREE: folder, GIT_INDEX_FILE: join(gitDir, 'index.lock-like') },
    }),
  },
  {
    name: 'a repository with hostile configuration',
    prepare: (repository) => {
      for (const [key, value] of HOSTILE) repository.git(['config', key, value]);
      writeFileSync(
        join(repository.folder, '.gitattributes'),
        '* text=auto filter=evil working-tree-encoding=UTF-16\n',
      );
      return {};
    },
  },
  {
    name: 'a repository whose hooks refuse everything',
    prepare: (repository) => {
      const hooks = join(repository.gitDir, 'my-hooks');
      mkdirSync(hooks);
      for (const hook of ['reference-transaction', 'pre-commit', 'update', 'post-index-change']) {
        writeFileSync(join(hooks, hook), '#!/bin/sh\nexit 1\n');
        chmodSync(join(hooks, hook), 0o755);
      }
      repository.git(['config', 'core.hooksPath', hooks]);
      return {};
    },
  },
  {
    name: 'another locale and time zone',
    prepare: ({ environment }) => ({
      env: { ...environment, LC_ALL: 'tr_TR.UTF-8', LANG: 'fr_FR.UTF-8', TZ: 'Asia/Kathmandu' },
    }),
  },
  {
    name: 'a path with spaces and quotes',
    prepare: ({ folder }) => {
      mkdirSync(join(folder, `it's a "folder" ü`));
      return { cwd: join(folder, `it's a "folder" ü`) };
    },
  },
];

describe.each(PLACES)('in $name', ({ bare, objectFormat, prepare }) => {
  test('the whole main job works, and the entry is the same SHA and commit as everywhere', () => {
    const repository = temporaryRepository({
      ...(bare === undefined ? {} : { bare }),
      ...(objectFormat === undefined ? {} : { objectFormat }),
    });
    const { cwd = repository.folder, env = repository.environment, args: leading = [] } = prepare(repository);
    const options = { cwd, env };
    const bundle = writeBundle(join(dirname(repository.folder), 'bundle'), lmBundle(1));
    const run = (...args: readonly string[]): Readonly<Record<string, unknown>> =>
      runJson([...leading, ...args], options);
    expect(run('init', '--model', 'tutor')).toMatchObject({ model: 'tutor', created: true });
    const registered = run('register', bundle, '--as', '1.0.0');
    expect(registered).toMatchObject({
      sha256: '04d3bea07c03bb54ef37832cc9fb9c71937f6b11161cc980b023fe32961b1f82',
      version: 'v1.0.0',
      created: true,
    });
    expect(run('promote', 'v1.0.0', '--to', 'production')).toMatchObject({ stage: 'production' });
    expect(run('resolve', 'production')).toMatchObject({ sha256: registered['sha256'] });
    expect(run('show', 'tutor@latest')).toMatchObject({ stage: 'production', versions: ['v1.0.0'] });
    expect(run('lineage', 'v1.0.0')).toMatchObject({ root: registered['sha256'] });
    const out = join(dirname(repository.folder), 'out');
    expect(runCli([...leading, 'get', 'v1.0.0', '-o', out], options)).toMatchObject({ exitCode: 0 });
    expect(run('verify', '--all', '--weights')).toMatchObject({ ok: true, findings: [] });
    if (objectFormat === undefined) expect(registered['commit']).toBe('d48ed40c4840c2d591afb6e3c8810c739017b8f1');
  });
});
