import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { GitRunner } from '../../src/git/git-runner.ts';
import { maintain } from '../../src/git/maintenance.ts';
import { openRepository } from '../../src/git/open-repository.ts';
import { type Repository, repositoryRunner } from '../../src/git/repository.ts';
import { looseCommit, type TemporaryRepository, temporaryRepository } from '../support/temporary-repository.ts';

async function open({ folder, environment }: TemporaryRepository): Promise<readonly [Repository, GitRunner]> {
  const repository = await openRepository(folder, environment);
  return [repository, repositoryRunner(repository, environment)];
}

/** Makes loose refs as so many registrations do: half of them of entries, half of candidates in namespaces. */
function register(repository: TemporaryRepository, count: number): readonly string[] {
  const id = looseCommit(repository, 'entry');
  const names = Array.from({ length: count }, (_, index) => {
    const sha256 = index.toString(16).padStart(64, '0');
    return index % 2 === 0 ? `refs/registry/sha/${sha256}` : `refs/registry/pending/space/m-${index % 3}/${sha256}`;
  });
  repository.git(['update-ref', '--stdin'], names.map((name) => `create ${name} ${id}\n`).join(''));
  return names;
}

/** Those of the refs that are files of their own. Looks for each by its name: maintenance removes folders meanwhile. */
const looseRefs = ({ gitDir }: TemporaryRepository, names: readonly string[]): readonly string[] =>
  names.filter((name) => existsSync(join(gitDir, name)));

test('nothing is done before it is due', async () => {
  const repository = temporaryRepository();
  const [opened, git] = await open(repository);
  expect(await maintain(opened, git)).toBe('not-due');
  const names = register(repository, 9);
  expect(await maintain(opened, git, { limit: 10 })).toBe('not-due');
  expect(looseRefs(repository, names)).toEqual(names);
});

test('when it is due, refs are packed and the commit-graph is written', async () => {
  const repository = temporaryRepository();
  const [opened, git] = await open(repository);
  const names = register(repository, 10);
  expect(await maintain(opened, git, { limit: 10, wait: true })).toBe('done');
  expect(looseRefs(repository, names)).toEqual([]);
  expect(readFileSync(join(repository.gitDir, 'packed-refs'), 'utf8').match(/refs\/registry/g)?.length).toBe(10);
  expect(repository.git(['commit-graph', 'verify'])).toBe('');
  expect(readdirSync(join(repository.gitDir, 'objects', 'info')).some((name) => name.startsWith('commit-graph'))).toBe(
    true,
  );
  expect(await maintain(opened, git, { limit: 10 })).toBe('not-due');
});

test('verified refs of remotes count where they are asked for', async () => {
  const repository = temporaryRepository();
  const [opened, git] = await open(repository);
  const id = looseCommit(repository, 'entry');
  const verified = (index: number): string => `refs/registry-remote/origin/semver/m-${index % 3}/v1.0.${index}`;
  const names = Array.from({ length: 10 }, (_, index) => `create ${verified(index)} ${id}\n`);
  repository.git(['update-ref', '--stdin'], names.join(''));
  expect(await maintain(opened, git, { limit: 10, wait: true })).toBe('not-due');
  expect(await maintain(opened, git, { limit: 11, wait: true, remotes: true })).toBe('not-due');
  expect(await maintain(opened, git, { limit: 10, wait: true, remotes: true })).toBe('done');
  expect(existsSync(join(repository.gitDir, verified(0)))).toBe(false);
  expect(repository.git(['rev-parse', verified(0)])).toBe(id);
});

test('in the background it comes about by itself', async () => {
  const repository = temporaryRepository();
  const [opened, git] = await open(repository);
  const names = register(repository, 10);
  const lock = join(repository.gitDir, 'objects', 'maintenance.lock');
  expect(await maintain(opened, git, { limit: 10 })).toBe('started');
  while (looseRefs(repository, names).length > 0 || existsSync(lock)) await sleep(25);
  expect(repository.git(['for-each-ref', '--format=%(refname)']).split('\n').sort()).toEqual([...names].sort());
});

test("several at once, and the user's hooks, do no harm", async () => {
  const repository = temporaryRepository();
  const [opened, git] = await open(repository);
  const names = register(repository, 50);
  const before = repository.git(['for-each-ref']);
  await Promise.all(Array.from({ length: 4 }, () => maintain(opened, git, { limit: 10, wait: true })));
  expect(repository.git(['for-each-ref'])).toBe(before);
  expect(looseRefs(repository, names)).toEqual([]);
});
