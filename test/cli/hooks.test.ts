import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Ran } from '../support/cli-registry.ts';
import { hookRig, WEIGHTS } from '../support/hook-rig.ts';
import { lmBundle } from '../support/registry-rig.ts';

/** `HOOK outcome` of each hook. */
function outcomes({ document }: Ran): readonly string[] {
  const hooks = document['hooks'] as readonly { readonly hook: string; readonly outcome: string }[];
  return hooks.map(({ hook, outcome }) => `${hook} ${outcome}`);
}

describe('hooks install', () => {
  test('writes an executable hook once, and the same when asked again', () => {
    const rig = hookRig({ hooks: false });
    const path = join(rig.repository.gitDir, 'hooks/pre-commit');
    expect(outcomes(rig.run('hooks', 'install'))).toEqual(['pre-commit installed']);
    expect(statSync(path).mode & 0o777).toBe(0o755);
    expect(outcomes(rig.run('hooks', 'install'))).toEqual(['pre-commit unchanged']);
    expect(outcomes(rig.run('hooks', 'uninstall'))).toEqual(['pre-commit removed', 'pre-push absent']);
    expect(existsSync(path)).toBe(false);
    expect(outcomes(rig.run('hooks', 'uninstall'))).toEqual(['pre-commit absent', 'pre-push absent']);
  });

  test('lets a hook that was there run first, and puts it back byte for byte', () => {
    const rig = hookRig({ hooks: false });
    const mine = '#!/bin/sh\necho mine "$#" >> ran.log\n[ ! -e forbid ]\n';
    rig.hook('.git/hooks/pre-commit', mine);
    expect(outcomes(rig.run('hooks', 'install'))).toEqual(['pre-commit chained']);
    rig.write({ 'a.txt': 'other\n', forbid: '' });
    rig.repository.git(['add', 'a.txt']);
    expect(rig.commit().exitCode).toBe(1);
    rmSync(join(rig.repository.folder, 'forbid'));
    expect(rig.commit().exitCode).toBe(0);
    expect(readFileSync(join(rig.repository.folder, 'ran.log'), 'utf8')).toBe('mine 0\nmine 0\n');
    rig.write({ 'a.txt': WEIGHTS });
    expect(rig.commit('--all').exitCode).toBe(1);
    expect(outcomes(rig.run('hooks', 'uninstall'))).toContain('pre-commit restored');
    expect(readFileSync(join(rig.repository.gitDir, 'hooks/pre-commit'), 'utf8')).toBe(mine);
    expect(statSync(join(rig.repository.gitDir, 'hooks/pre-commit')).mode & 0o111).toBe(0o111);
  });

  test('leaves a hook that is not executable as unheard as it was', () => {
    const rig = hookRig({ hooks: false });
    rig.hook('.git/hooks/pre-commit', '#!/bin/sh\nexit 1\n');
    chmodSync(join(rig.repository.gitDir, 'hooks/pre-commit'), 0o644);
    rig.must('hooks', 'install');
    rig.write({ 'a.txt': 'other\n' });
    expect(rig.commit('--all').exitCode).toBe(0);
  });

  test('chains a symbolic link and puts the link back', () => {
    const rig = hookRig({ hooks: false });
    rig.hook('tools/hook.sh', '#!/bin/sh\nexit 1\n');
    mkdirSync(join(rig.repository.gitDir, 'hooks'), { recursive: true });
    symlinkSync('../../tools/hook.sh', join(rig.repository.gitDir, 'hooks/pre-commit'));
    expect(outcomes(rig.run('hooks', 'install'))).toEqual(['pre-commit chained']);
    rig.write({ 'a.txt': 'other\n' });
    expect(rig.commit('--all').exitCode).toBe(1);
    expect(readFileSync(join(rig.repository.folder, 'tools/hook.sh'), 'utf8')).toBe('#!/bin/sh\nexit 1\n');
    rig.must('hooks', 'uninstall');
    expect(readFileSync(join(rig.repository.gitDir, 'hooks/pre-commit'), 'utf8')).toBe('#!/bin/sh\nexit 1\n');
  });

  test('writes where core.hooksPath of the repository leads', () => {
    const rig = hookRig({ hooks: false });
    rig.repository.git(['config', 'core.hooksPath', 'my hooks']);
    expect(rig.must('hooks', 'install')['folder']).toBe(join(rig.repository.folder, 'my hooks'));
    expect(existsSync(join(rig.repository.gitDir, 'hooks/pre-commit'))).toBe(false);
    rig.write({ 'a.txt': WEIGHTS });
    expect(rig.commit('a.txt').exitCode).toBe(1);
  });

  test('leaves a core.hooksPath that holds for other repositories too alone, and says what to do', () => {
    const rig = hookRig({ hooks: false });
    const shared = join(rig.repository.folder, '../shared');
    const config = join(rig.repository.folder, '../gitconfig');
    writeFileSync(config, `[core]\n\thooksPath = ${shared}\n`);
    const ran = rig.runIn({ env: { GIT_CONFIG_GLOBAL: config } }, 'hooks', 'install');
    expect(ran).toMatchObject({
      exitCode: 3,
      code: 'hooks-managed',
      document: { error: { data: { folder: shared } } },
    });
    expect(existsSync(shared)).toBe(false);
  });

  test.each([
    ['husky 9', '.husky/_', 'husky'],
    ['husky 8', '.husky', 'husky'],
  ])('leaves the folder of %s alone', (_name, folder, owner) => {
    const rig = hookRig({ hooks: false });
    rig.repository.git(['config', 'core.hooksPath', folder]);
    rig.hook(`${folder}/pre-commit`, '#!/usr/bin/env sh\n. "$(dirname "$0")/h"\n');
    const before = readFileSync(join(rig.repository.folder, folder, 'pre-commit'), 'utf8');
    const ran = rig.run('hooks', 'install');
    expect(ran).toMatchObject({ exitCode: 3, code: 'hooks-managed', document: { error: { data: { owner } } } });
    expect(readFileSync(join(rig.repository.folder, folder, 'pre-commit'), 'utf8')).toBe(before);
  });

  test.each([
    ['pre-commit', '#!/usr/bin/env bash\n# File generated by pre-commit: https://pre-commit.com\n'],
    ['lefthook', '#!/bin/sh\ncall_lefthook() { lefthook "$@"; }\ncall_lefthook run "pre-commit"\n'],
    ['overcommit', '#!/usr/bin/env ruby\n# Entrypoint for Overcommit hook integration.\n'],
  ])('leaves the hooks of %s alone', (owner, text) => {
    const rig = hookRig({ hooks: false });
    rig.hook('.git/hooks/pre-commit', text);
    expect(rig.run('hooks', 'install')).toMatchObject({ exitCode: 3, document: { error: { data: { owner } } } });
    expect(readFileSync(join(rig.repository.gitDir, 'hooks/pre-commit'), 'utf8')).toBe(text);
  });

  test('neither replaces nor removes a hook of its own that was changed by hand', () => {
    const rig = hookRig();
    const path = join(rig.repository.gitDir, 'hooks/pre-commit');
    const edited = `${readFileSync(path, 'utf8')}# mine\n`;
    writeFileSync(path, edited);
    expect(rig.run('hooks', 'install')).toMatchObject({ exitCode: 3, code: 'hooks-managed' });
    expect(outcomes(rig.run('hooks', 'uninstall'))).toContain('pre-commit foreign');
    expect(readFileSync(path, 'utf8')).toBe(edited);
  });

  test('never writes over what an earlier installation set aside', () => {
    const rig = hookRig({ hooks: false });
    rig.hook('.git/hooks/pre-commit', '#!/bin/sh\n# one\n');
    rig.must('hooks', 'install');
    rig.hook('.git/hooks/pre-commit', '#!/bin/sh\n# two\n');
    expect(rig.run('hooks', 'install')).toMatchObject({ exitCode: 3, code: 'hooks-managed' });
    expect(readFileSync(join(rig.repository.gitDir, 'hooks/pre-commit'), 'utf8')).toBe('#!/bin/sh\n# two\n');
    expect(readFileSync(join(rig.repository.gitDir, 'hooks/pre-commit.before-git-registry'), 'utf8')).toContain(
      '# one',
    );
  });

  test('brings a hook of an older installation up to date', () => {
    const rig = hookRig({ hooks: false });
    rig.must('hooks', 'install', '--pre-push');
    const path = join(rig.repository.gitDir, 'hooks');
    // The pre-push text under the other name: ours, unchanged, and another one than would be written now.
    writeFileSync(join(path, 'pre-commit'), readFileSync(join(path, 'pre-push')));
    expect(outcomes(rig.run('hooks', 'install'))).toEqual(['pre-commit updated']);
  });

  test('in a linked worktree installs for all of them', () => {
    const rig = hookRig({ hooks: false });
    const linked = join(rig.repository.folder, '../linked');
    rig.repository.git(['worktree', 'add', '--quiet', linked]);
    expect(rig.runIn({ cwd: linked }, 'hooks', 'install').document['folder']).toBe(
      join(rig.repository.gitDir, 'hooks'),
    );
    rig.write({ 'a.txt': WEIGHTS });
    expect(rig.commit('--all').exitCode).toBe(1);
  });

  test('is refused in a bare repository', () => {
    const rig = hookRig({ hooks: false });
    const bare = `${rig.repository.folder}.git`;
    rig.repository.git(['clone', '--quiet', '--bare', rig.repository.folder, bare]);
    expect(rig.runIn({ cwd: bare }, 'hooks', 'install')).toMatchObject({ exitCode: 2, code: 'usage' });
  });
});

test('a hook whose program is gone stops the commit and says how to go on', () => {
  const rig = hookRig();
  const path = join(rig.repository.gitDir, 'hooks/pre-commit');
  writeFileSync(path, readFileSync(path, 'utf8').replace(/^program='.*'$/m, "program='/gone'"));
  rig.write({ 'a.txt': 'other\n' });
  rig.repository.environment['PATH'] = '/usr/bin:/bin';
  const { exitCode, stderr } = rig.commit('--all');
  expect(exitCode).toBe(1);
  expect(stderr).toContain('git-registry: not found at /gone');
});

describe('the pre-push hook', () => {
  test('warns of what was never pushed and lets the push through, the hook before it getting the same input', () => {
    const rig = hookRig({ hooks: false });
    const remote = `${rig.repository.folder}-remote.git`;
    rig.repository.git(['init', '--quiet', '--bare', remote]);
    rig.repository.git(['remote', 'add', 'origin', remote]);
    rig.hook('.git/hooks/pre-push', '#!/bin/sh\ncat > pushed.log\necho "$1" >> pushed.log\n');
    expect(outcomes(rig.run('hooks', 'install', '--pre-push'))).toEqual(['pre-commit installed', 'pre-push chained']);
    rig.must('register', rig.bundle('one', lmBundle(1)), '--model', 'tutor', '--as', '1.0.0');
    const { exitCode, stdout, stderr } = rig.repository.tryGit(['push', 'origin', 'main']);
    expect(exitCode).toBe(0);
    expect(stdout + stderr).toContain('unpublished');
    const head = rig.repository.git(['rev-parse', 'main']);
    const log = readFileSync(join(rig.repository.folder, 'pushed.log'), 'utf8');
    expect(log).toBe(`refs/heads/main ${head} refs/heads/main ${'0'.repeat(40)}\norigin\n`);
  });

  test('says nothing where all is published', () => {
    const rig = hookRig({ hooks: false });
    const remote = `${rig.repository.folder}-remote.git`;
    rig.repository.git(['init', '--quiet', '--bare', remote]);
    rig.repository.git(['remote', 'add', 'origin', remote]);
    rig.must('hooks', 'install', '--pre-push');
    const { exitCode, stdout, stderr } = rig.repository.tryGit(['push', '--quiet', 'origin', 'main']);
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });
});
