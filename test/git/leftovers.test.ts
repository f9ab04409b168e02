/** What a git that was killed leaves behind, and what becomes of it. */
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { ObjectId } from '../../src/domain/digest.ts';
import { parseModelName } from '../../src/domain/model-name.ts';
import { GitRefStore } from '../../src/git/git-ref-store.ts';
import { GitRepositoryFiles } from '../../src/git/git-repository-files.ts';
import { openRepository } from '../../src/git/open-repository.ts';
import { repositoryRunner } from '../../src/git/repository.ts';
import { moveStaleLockAside } from '../../src/git/stale-ref-lock.ts';
import type { RefOutcome } from '../../src/ports/ref-store.ts';
import { startBeside } from '../support/side-process.ts';
import { looseCommit, type TemporaryRepository, temporaryRepository } from '../support/temporary-repository.ts';

const KEY = { kind: 'log', model: parseModelName('m') } as const;
const REF_LOCK = 'refs/registry/log/m.lock';

function leave({ gitDir }: TemporaryRepository, name: string, ageSeconds: number): string {
  const path = join(gitDir, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, 'left behind');
  const then = Date.now() / 1000 - ageSeconds;
  utimesSync(path, then, then);
  return path;
}

async function storeOf({ folder, environment }: TemporaryRepository): Promise<GitRefStore> {
  const repository = await openRepository(folder, environment);
  return new GitRefStore(repository, repositoryRunner(repository, environment), 50);
}

async function create(repository: TemporaryRepository): Promise<RefOutcome> {
  return (await storeOf(repository)).apply([{ key: KEY, old: null, next: looseCommit(repository, 'a') as ObjectId }]);
}

// The age of a file is the same to the second however long git takes on the way.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});

afterEach(() => {
  vi.useRealTimers();
});

const movedAside = ({ gitDir }: TemporaryRepository): readonly string[] =>
  readdirSync(join(gitDir, 'registry', 'stale-locks'));

describe('a lock file of a ref', () => {
  test('of late makes the outcome `locked`, and stays', async () => {
    const repository = temporaryRepository();
    const path = leave(repository, REF_LOCK, 5);
    expect(await create(repository)).toMatchObject({ kind: 'moved', locked: true });
    expect(readFileSync(path, 'utf8')).toBe('left behind');
  });

  test('that has been there for a minute and that nobody has open is moved aside, and the refs move', async () => {
    const repository = temporaryRepository();
    const path = leave(repository, REF_LOCK, 61);
    // Where open files cannot be seen it takes ten minutes.
    if (!existsSync('/proc/self/fd')) leave(repository, REF_LOCK, 601);
    expect(await create(repository)).toEqual({ kind: 'applied' });
    expect(existsSync(path)).toBe(false);
    expect(movedAside(repository)).toEqual([expect.stringMatching(/^m\.lock-/)]);
  });

  test('that somebody has open is respected for ten minutes', async () => {
    const repository = temporaryRepository();
    const path = leave(repository, REF_LOCK, 599);
    const open = openSync(path, 'r');
    onTestFinished(() => closeSync(open));
    expect(await create(repository)).toMatchObject({ kind: 'moved', locked: true });
    leave(repository, REF_LOCK, 601);
    expect(await create(repository)).toEqual({ kind: 'applied' });
  });

  test('in the way of a namespace makes the outcome `locked`', async () => {
    const repository = temporaryRepository();
    leave(repository, 'refs/registry/log/m/sub.lock', 0);
    expect(await create(repository)).toMatchObject({ kind: 'moved', locked: true });
  });
});

test('the lock file of packed-refs is respected for ten minutes, since git closes it while it works', async () => {
  const repository = temporaryRepository();
  expect(await create(repository)).toEqual({ kind: 'applied' });
  repository.git(['pack-refs', '--all']);
  const store = await storeOf(repository);
  const id = (await store.find(KEY)) as ObjectId;
  leave(repository, 'packed-refs.lock', 599);
  expect(await store.apply([{ key: KEY, old: id, next: null }])).toMatchObject({ kind: 'moved', locked: true });
  leave(repository, 'packed-refs.lock', 601);
  expect(await store.apply([{ key: KEY, old: id, next: null }])).toEqual({ kind: 'applied' });
  expect(await store.find(KEY)).toBeUndefined();
});

test('no other file is ever moved aside, however old', async () => {
  const repository = temporaryRepository();
  const opened = await openRepository(repository.folder, repository.environment);
  for (const name of ['index.lock', 'refs/heads/main.lock', 'refs/registry/log/m', 'config.lock']) {
    const path = leave(repository, name, 100_000);
    expect(moveStaleLockAside(opened, path)).toBe(false);
    expect(existsSync(path)).toBe(true);
  }
  expect(moveStaleLockAside(opened, join(repository.gitDir, REF_LOCK))).toBe(false);
  expect(moveStaleLockAside(opened, undefined)).toBe(false);
});

test('locks are found while other processes make and remove folders of refs', async () => {
  const repository = temporaryRepository();
  const opened = await openRepository(repository.folder, repository.environment);
  const files = new GitRepositoryFiles(opened, repositoryRunner(opened, repository.environment));
  const path = leave(repository, REF_LOCK, 601);
  expect(await files.sweepLeftovers()).toEqual([path]);
  const folder = join(repository.gitDir, 'refs', 'registry', 'pending');
  const loop = `for (;;) { fs.mkdirSync('${folder}/a/b/c/d', { recursive: true }); fs.rmSync('${folder}', { recursive: true }); }`;
  const other = startBeside(loop);
  while (!existsSync(folder)) await sleep(5);
  for (let sweep = 0; sweep < 2000; sweep += 1) expect(await files.sweepLeftovers()).toEqual([]);
  expect(other.exitCode).toBeNull();
});

test('a transaction that fails for no reason that it knows is a fault, not an answer', async () => {
  const repository = temporaryRepository();
  writeFileSync(join(repository.gitDir, 'refs', 'registry'), 'a file in the way\n');
  await expect(create(repository)).rejects.toMatchObject({ data: { command: 'update-ref' } });
});

test('half-written objects of a killed git harm nobody', async () => {
  const repository = temporaryRepository();
  leave(repository, 'objects/pack/tmp_pack_x1Y2z3', 0);
  leave(repository, 'objects/ab/tmp_obj_x1Y2z3', 0);
  expect(await create(repository)).toEqual({ kind: 'applied' });
  expect(repository.tryGit(['fsck', '--strict']).exitCode).toBe(0);
});
