/** Layouts of a remote (format §7.5): what a remote shows holds, a setting is for a new one, and what is advised can be done. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readVersionRequest, type VersionRequest } from '../../../src/operations/choose-version.ts';
import { pull } from '../../../src/operations/pull.ts';
import { push } from '../../../src/operations/push.ts';
import { status } from '../../../src/operations/status.ts';
import { runCli } from '../../support/cli.ts';
import { type SyncClone, type SyncRig, syncRig } from '../../support/sync-rig.ts';
import { repositoryAt, type TemporaryRepository } from '../../support/temporary-repository.ts';

const ALL = { words: [] };
const version = (text: string): VersionRequest => readVersionRequest(text, undefined) as VersionRequest;

/** A team whose remote is of a layout and has m v1.0.0, v1.1.0 and a candidate. */
async function team(layout: 'all' | 'log'): Promise<{ rig: SyncRig; ada: SyncClone; bo: SyncClone }> {
  const rig = syncRig();
  const [ada, bo] = [await rig.clone('ada'), await rig.clone('bo')];
  setLayout(ada, layout);
  await ada.register(1, { version: version('1.0.0') });
  await ada.register(2, { version: version('1.1.0') });
  await ada.register(3, { pending: true });
  expect(await push(await ada.reopen(), ALL)).toMatchObject({ layout, issues: [] });
  await pull(bo.workspace, ALL);
  ada.repository.git(['config', '--unset', 'registry.remoteLayout']);
  return { rig, ada, bo };
}

function setLayout({ repository }: SyncClone, layout: string): void {
  repository.git(['config', 'registry.remoteLayout', layout]);
}

/** The folders of refs that a repository has, each once. */
function kinds(repository: TemporaryRepository): string {
  const names = repository.git(['for-each-ref', '--format=%(refname)', 'refs/registry']).split('\n');
  return [...new Set(names.map((name) => name.split('/')[2]))].join(' ');
}

function refs(repository: TemporaryRepository): string {
  return repository.git(['for-each-ref', '--format=%(objectname) %(refname)', 'refs/registry']);
}

function run({ repository }: SyncClone, ...words: readonly string[]): ReturnType<typeof runCli> {
  return runCli(words, { cwd: repository.folder, env: repository.environment });
}

test('a remote that has entry refs keeps all its refs, whatever the settings ask: nobody resolves an old version', async () => {
  const { rig, ada, bo } = await team('all');
  setLayout(ada, 'log');
  const { sha256 } = await ada.register(4, { version: version('2.0.0') });
  const pushed = run(ada, 'push', '--json');
  expect(pushed.exitCode).toBe(0);
  expect(JSON.parse(pushed.stdout)).toMatchObject({ layout: 'all', layoutWanted: 'log', issues: [] });
  expect(pushed.stderr.match(/stays so/g)).toHaveLength(1);
  expect(pushed.stderr).toContain('new remote');
  expect(refs(rig.remote)).toBe(refs(ada.repository));
  expect(run(bo, 'resolve', 'm@latest', '--remote', rig.remote.folder).stdout.trim()).toBe(sha256);
  expect((await pull(bo.workspace, ALL)).issues).toEqual([]);
  expect(await push(bo.workspace, ALL)).toMatchObject({ layout: 'all', views: 0 });
});

test('where a verb publishes at once the contradiction is said too, and where there is none nothing is', async () => {
  const { rig, ada } = await team('all');
  expect(run(ada, 'annotate', 'm@v1.0.0', 'owner=ada', '--push').stderr).not.toContain('layout');
  setLayout(ada, 'log');
  expect(run(ada, 'promote', 'm@v1.0.0', '--to', 'staging', '--push').stderr).toContain('layout all and stays so');
  expect(refs(rig.remote)).toBe(refs(ada.repository));
  setLayout(ada, 'all');
  expect(run(ada, 'push').stderr).toBe('');
});

test('a remote of layout log stays one: neither a clone without the setting nor one that asks for all changes it', async () => {
  const { rig, bo } = await team('log');
  expect(kinds(rig.remote)).toBe('log pending');
  await bo.register(4, { version: version('2.0.0') });
  const plain = await push(bo.workspace, ALL);
  expect(plain).toMatchObject({ layout: 'log', issues: [] });
  expect(plain).not.toHaveProperty('layoutWanted');
  setLayout(bo, 'all');
  const { sha256 } = await bo.register(5, { version: version('3.0.0') });
  expect(await push(await bo.reopen(), ALL)).toMatchObject({ layout: 'log', layoutWanted: 'all', issues: [] });
  expect(kinds(rig.remote)).toBe('log pending');
  expect(run(bo, 'resolve', 'm@latest', '--remote', rig.remote.folder).stdout.trim()).toBe(sha256);
});

test('a push of one new model from a clone that never fetched the others keeps a remote of layout log', async () => {
  const { rig } = await team('log');
  const cy = await rig.clone('cy');
  await cy.register(6, { model: 'n', version: version('1.0.0') });
  expect(await push(cy.workspace, { words: ['n'] })).toMatchObject({ layout: 'log', logs: [{ model: 'n' }] });
  expect(kinds(rig.remote)).toBe('log pending');
});

test('a remote that was left half and half is whole again after the next push, the setting being as it was', async () => {
  const { rig, ada } = await team('all');
  const { sha256 } = await ada.register(4, { version: version('2.0.0') });
  rig.remote.git(['fetch', '--quiet', ada.repository.folder, '+refs/registry/log/m:refs/registry/log/m']);
  setLayout(ada, 'log');
  expect(await push(await ada.reopen(), ALL)).toMatchObject({ layout: 'all', issues: [], views: 2 });
  expect(run(ada, 'resolve', 'm@latest', '--remote', rig.remote.folder).stdout.trim()).toBe(sha256);
});

test('a setting that is no layout is refused before anything is sent', async () => {
  const { rig, ada } = await team('all');
  setLayout(ada, 'both');
  await ada.register(4);
  const before = refs(rig.remote);
  await expect(push(await ada.reopen(), ALL)).rejects.toMatchObject({ code: 'usage' });
  expect(refs(rig.remote)).toBe(before);
});

test('a team moves to a new remote of layout log as docs/sharing.md says, and every clone follows', async () => {
  const { rig, ada, bo } = await team('all');
  const next = repositoryAt(rig.remote.folder, rig.remote.folder, rig.remote.environment);
  const moved = join(rig.remote.folder, '..', 'logs.git');
  next.git(['init', '--quiet', '--bare', moved]);
  setLayout(ada, 'log');
  expect(run(ada, 'push', moved).exitCode).toBe(0);
  const there = repositoryAt(moved, moved, rig.remote.environment);
  expect(kinds(there)).toBe('log pending');
  for (const { repository } of [ada, bo]) {
    repository.git(['remote', 'add', 'models', moved]);
    repository.git(['config', 'registry.remote', 'models']);
  }
  const { sha256 } = await ada.register(4, { version: version('2.0.0') });
  const pushed = run(ada, 'push');
  expect([pushed.exitCode, pushed.stderr]).toEqual([0, '']);
  expect((await pull(await bo.reopen(), ALL)).issues).toEqual([]);
  expect(bo.ref('refs/registry/semver/m/v2.0.0')).toBe(bo.ref(`refs/registry/sha/${sha256}`));
  expect(await push(await bo.reopen(), ALL)).toMatchObject({ layout: 'log', issues: [], views: 0 });
});

test('a remote is made one of layout log in place by one push of stock git, as docs/sharing.md says', async () => {
  const { rig, ada, bo } = await team('all');
  const views = ['sha', 'semver', 'stage', 'tombstone'].map((kind) => `refs/none/*:refs/registry/${kind}/*`);
  const newest = run(ada, 'resolve', 'm@latest').stdout.trim();
  const takeAway = (): string => ada.repository.git(['push', '--quiet', '--atomic', '--prune', 'origin', ...views]);
  takeAway();
  expect(kinds(rig.remote)).toBe('log pending');
  // As a push leaves it that was under way meanwhile: who has not pulled since misses the others.
  ada.repository.git(['push', '--quiet', 'origin', `refs/registry/sha/${newest}`]);
  expect((await pull(bo.workspace, ALL)).issues.map(({ code }) => code)).toContain('remote-tampered');
  takeAway();
  for (const clone of [ada, bo]) {
    expect((await pull(await clone.reopen(), ALL)).issues).toEqual([]);
    expect(clone.ref('refs/registry/semver/m/v1.1.0')).toBeDefined();
    expect(await push(await clone.reopen(), ALL)).toMatchObject({ layout: 'log', issues: [], views: 0 });
  }
  ada.repository.git(['push', '--quiet', 'origin', 'refs/registry/sha/*']);
  expect(await push(await ada.reopen(), ALL)).toMatchObject({ layout: 'all', issues: [] });
  expect(refs(rig.remote)).toBe(refs(ada.repository));
});

/** Has a clone know so many more entry refs of its remote, as a fetch of a large registry leaves them. */
function knowEntries({ repository }: SyncClone, count: number): void {
  const commit = repository.git(['rev-parse', 'refs/registry/semver/m/v1.0.0']);
  const lines = Array.from({ length: count }, (_, index) => {
    const sha256 = createHash('sha256').update(String(index)).digest('hex');
    return `create refs/registry-remote/origin/sha/${sha256} ${commit}\n`;
  });
  repository.git(['update-ref', '--stdin'], lines.join(''));
  repository.git(['pack-refs', '--all']);
}

test('status advises a new remote of layout log from 10,000 refs on, and as long as they are there', async () => {
  const { ada } = await team('all');
  const { views } = await status(await ada.reopen(), ALL);
  knowEntries(ada, 10_000 - views);
  expect(await status(await ada.reopen(), ALL)).toMatchObject({ views: 10_000, advise: null });
  expect(run(ada, 'status').stderr).toBe('');
  ada.repository.git([
    'update-ref',
    `refs/registry-remote/origin/sha/${'0'.repeat(64)}`,
    'refs/registry/semver/m/v1.0.0',
  ]);
  expect(await status(await ada.reopen(), ALL)).toMatchObject({ views: 10_001, advise: 'log' });
  setLayout(ada, 'log');
  expect(await status(await ada.reopen(), ALL)).toMatchObject({ advise: 'log' });
  const { stderr } = run(ada, 'status');
  expect(stderr).toContain('10001 refs');
  expect(stderr).toMatch(/new remote.*24 KB instead of 86 MB; a push takes less time/);
});
