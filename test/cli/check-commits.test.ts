import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hookRig, WEIGHTS } from '../support/hook-rig.ts';
import { repositoryAt } from '../support/temporary-repository.ts';

describe('the pre-commit hook, run by git commit', () => {
  test('lets a commit without anything of the registry pass, and says nothing', () => {
    const rig = hookRig();
    rig.write({ 'c.txt': 'c\n' });
    rig.repository.git(['add', 'c.txt']);
    expect(rig.commit()).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  test('stops raw weights under any name, and nothing is committed', () => {
    const rig = hookRig();
    const before = rig.repository.git(['rev-parse', 'HEAD']);
    rig.write({ 'notes.txt': WEIGHTS });
    rig.repository.git(['add', '.']);
    const { exitCode, stdout, stderr } = rig.commit();
    expect(exitCode).toBe(1);
    expect(stdout + stderr).toContain('weights-raw');
    expect(stdout + stderr).toContain('notes.txt');
    expect(rig.repository.git(['rev-parse', 'HEAD'])).toBe(before);
  });

  test('judges what is staged: not what the work tree has made of it since', () => {
    const rig = hookRig();
    rig.write({ 'notes.txt': WEIGHTS });
    rig.repository.git(['add', '.']);
    rig.write({ 'notes.txt': 'harmless\n' });
    expect(rig.commit().exitCode).toBe(1);
    rig.repository.git(['add', '.']);
    rig.write({ 'notes.txt': WEIGHTS });
    expect(rig.commit().exitCode).toBe(0);
  });

  test('sees what git commit -a adds to the index for the commit', () => {
    const rig = hookRig();
    rig.write({ 'a.txt': WEIGHTS });
    expect(rig.commit('--all').exitCode).toBe(1);
    expect(rig.repository.git(['status', '--porcelain'])).toBe(' M a.txt');
    rig.write({ 'a.txt': 'other\n' });
    expect(rig.commit('--all').exitCode).toBe(0);
  });

  test('under git commit FILE judges that file alone, whatever else is staged', () => {
    const rig = hookRig();
    rig.write({ 'weights.txt': WEIGHTS, 'a.txt': 'other\n' });
    rig.repository.git(['add', 'weights.txt']);
    expect(rig.commit('a.txt')).toMatchObject({ exitCode: 0 });
    rig.write({ 'b.txt': WEIGHTS });
    const refused = rig.commit('b.txt');
    expect(refused.exitCode).toBe(1);
    expect(refused.stdout + refused.stderr).toContain('b.txt');
    expect(refused.stdout + refused.stderr).not.toContain('weights.txt');
  });

  test('runs in a linked worktree on the index of that worktree', () => {
    const rig = hookRig();
    const linked = join(rig.repository.folder, '../linked');
    rig.repository.git(['worktree', 'add', '--quiet', linked, '-b', 'side']);
    rig.write({ 'staged-in-main.txt': WEIGHTS });
    rig.repository.git(['add', '.']);
    const other = repositoryAt(linked, join(linked, '.git'), rig.repository.environment);
    writeFileSync(join(linked, 'a.txt'), 'other\n');
    expect(other.tryGit(['commit', '--quiet', '--all', '--message', 'm'])).toMatchObject({ exitCode: 0 });
    writeFileSync(join(linked, 'b.txt'), WEIGHTS);
    expect(other.tryGit(['commit', '--quiet', '--message', 'm', 'b.txt']).exitCode).toBe(1);
    other.git(['add', 'b.txt']);
    expect(other.tryGit(['commit', '--quiet', '--message', 'm']).exitCode).toBe(1);
  });

  test('runs from a folder below the top, where paths are still those from the top', () => {
    const rig = hookRig();
    const below = join(rig.repository.folder, 'below');
    mkdirSync(below);
    writeFileSync(join(below, 'w.txt'), WEIGHTS);
    const there = repositoryAt(below, rig.repository.gitDir, rig.repository.environment);
    const { exitCode, stdout, stderr } = there.tryGit(['commit', '--quiet', '--message', 'm', '--', 'w.txt']);
    expect(exitCode).not.toBe(0);
    there.git(['add', 'w.txt']);
    const refused = there.tryGit(['commit', '--quiet', '--message', 'm', 'w.txt']);
    expect(`${refused.stdout}${refused.stderr}${stdout}${stderr}`).toContain('below/w.txt');
    expect(refused.exitCode).toBe(1);
  });

  test('judges the first commit of a repository, and one of SHA-256 objects', () => {
    for (const objectFormat of ['sha1', 'sha256'] as const) {
      const rig = hookRig({ objectFormat });
      rig.repository.git(['checkout', '--quiet', '--orphan', 'fresh']);
      rig.write({ 'w.txt': WEIGHTS });
      rig.repository.git(['add', '.']);
      expect(rig.commit().exitCode).toBe(1);
      rig.repository.git(['rm', '--quiet', '--cached', 'w.txt']);
      rmSync(join(rig.repository.folder, 'w.txt'));
      expect(rig.commit().exitCode).toBe(0);
    }
  });

  test('finds node where the PATH of a desktop program lacks it', () => {
    const rig = hookRig();
    rig.write({ 'a.txt': WEIGHTS });
    const environment = { ...rig.repository.environment, PATH: '/usr/bin:/bin' };
    const desktop = repositoryAt(rig.repository.folder, rig.repository.gitDir, environment);
    const { exitCode, stdout, stderr } = desktop.tryGit(['commit', '--quiet', '--all', '--message', 'm']);
    expect(exitCode).toBe(1);
    expect(stdout + stderr).toContain('weights-raw');
  });
});
