/** Publishing and taking over, through a bare folder. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openWorkspace } from '../../../src/cli/compose.ts';
import { exitCodeOfIssues } from '../../../src/cli/render/sync.ts';
import { checkUnpublished } from '../../../src/operations/check-unpublished.ts';
import { readVersionRequest, type VersionRequest } from '../../../src/operations/choose-version.ts';
import { init } from '../../../src/operations/init.ts';
import { pull } from '../../../src/operations/pull.ts';
import { push } from '../../../src/operations/push.ts';
import { verify } from '../../../src/operations/verify.ts';
import type { GitRemote } from '../../../src/ports/git-remote.ts';
import { SILENT } from '../../../src/ports/progress.ts';
import { syncRig } from '../../support/sync-rig.ts';

const ALL = { words: [] };

function refsOf(repository: { git(args: readonly string[]): string }): string {
  return repository.git(['for-each-ref', '--format=%(refname) %(objectname)', 'refs/registry']);
}

describe.each(['sha1', 'sha256'] as const)('a %s remote', (format) => {
  test('what one clone pushes, another pulls: the same refs, and it verifies', async () => {
    const rig = syncRig(format);
    const ada = await rig.clone('ada');
    const bo = await rig.clone('bo');
    await ada.register(1, { version: readVersionRequest('1.0.0', undefined) as VersionRequest });
    await ada.register(2, { pending: true });
    const pushed = await push(ada.workspace, ALL);
    expect(pushed.logs).toEqual([{ model: 'm', events: 3 }]);
    expect(pushed.issues).toEqual([]);
    expect(refsOf(rig.remote)).toBe(refsOf(ada.repository));
    const pulled = await pull(bo.workspace, ALL);
    expect(pulled.issues).toEqual([]);
    expect(pulled.models).toMatchObject([{ model: 'm', kind: 'new', received: 3 }]);
    expect(refsOf(bo.repository)).toBe(refsOf(ada.repository));
    expect((await verify(bo.workspace, { specs: [], weights: false })).ok).toBe(true);
  });
});

test.each(['origin', 'team/main'])('what is published on %s is not told as unpublished', async (name) => {
  const rig = syncRig();
  const ada = await rig.clone('ada');
  if (name !== 'origin') ada.repository.git(['remote', 'rename', 'origin', name]);
  ada.repository.git(['config', 'registry.remote', name]);
  await ada.register(1);
  const workspace = await ada.reopen();
  expect((await checkUnpublished(workspace, name)).findings).toHaveLength(1);
  await push(workspace, ALL);
  expect((await checkUnpublished(await ada.reopen(), name)).findings).toEqual([]);
});

test('after a pull git log decorates no commit with what is kept of the remote', async () => {
  const rig = syncRig();
  const ada = await rig.clone('ada');
  await init(ada.workspace, { model: 'm', folder: ada.repository.folder, allowSimilar: false });
  await push(ada.workspace, ALL);
  expect(ada.ref('refs/registry-remote/origin/log/m')).toBeDefined();
  expect(ada.repository.git(['log', '-1', '--format=%D', 'refs/registry/log/m']).trim()).toBe('');
});

test('a push with nothing new does nothing, and a pull neither', async () => {
  const rig = syncRig();
  const ada = await rig.clone('ada');
  await ada.register(1);
  await push(ada.workspace, ALL);
  expect(await push(ada.workspace, ALL)).toMatchObject({ logs: [], views: 0, issues: [] });
  expect(await pull(ada.workspace, ALL)).toMatchObject({ models: [{ kind: 'current' }], issues: [] });
});

test('a clone that lost its objects gets them again', async () => {
  const rig = syncRig();
  const [ada, bo] = [await rig.clone('ada'), await rig.clone('bo')];
  await ada.register(1, { version: readVersionRequest('1.0.0', undefined) as VersionRequest });
  await push(ada.workspace, ALL);
  await pull(bo.workspace, ALL);
  const objects = join(bo.repository.gitDir, 'objects');
  for (const name of readdirSync(objects)) if (name.length === 2) rmSync(join(objects, name), { recursive: true });
  expect((await verify(await bo.reopen(), { specs: [], weights: false })).ok).toBe(false);
  expect((await pull(await bo.reopen(), { words: [], refetch: true })).issues).toEqual([]);
  expect((await verify(await bo.reopen(), { specs: [], weights: false })).ok).toBe(true);
});

test('a linked work tree and a bare repository push as any other', async () => {
  const rig = syncRig();
  const ada = await rig.clone('ada');
  await ada.register(1);
  ada.repository.git(['commit', '--quiet', '--allow-empty', '-m', 'code']);
  const linked = `${ada.repository.folder}-linked`;
  ada.repository.git(['worktree', 'add', '--quiet', linked]);
  const options = { cwd: linked, env: ada.repository.environment, progress: SILENT };
  const workspace = await openWorkspace({ ...options, signal: new AbortController().signal });
  onTestFinished(() => workspace.close());
  expect((await push(workspace, ALL)).logs).toHaveLength(1);
  ada.repository.git(['clone', '--quiet', '--bare', rig.remote.folder, `${linked}.git`]);
  const bare = await openWorkspace({ ...options, cwd: `${linked}.git`, signal: new AbortController().signal });
  onTestFinished(() => bare.close());
  expect((await pull(bare, ALL)).models).toMatchObject([{ model: 'm', kind: 'new' }]);
});

test('views that cannot be moved are told: the logs have arrived, exit 75, and the next push completes them', async () => {
  const rig = syncRig();
  const ada = await rig.clone('ada');
  await ada.register(1, { version: readVersionRequest('1.0.0', undefined) as VersionRequest });
  // A git that is about to move the ref holds it so.
  const held = join(rig.remote.folder, 'refs/registry/semver/m/v1.0.0.lock');
  mkdirSync(dirname(held), { recursive: true });
  writeFileSync(held, '');
  const clock = { ...ada.workspace.clock, backOff: () => Promise.resolve() };
  const pushed = await push({ ...ada.workspace, clock }, ALL);
  expect(pushed).toMatchObject({ logs: [{ model: 'm', events: 2 }], viewsLeft: true, issues: [{ code: 'contended' }] });
  expect(exitCodeOfIssues(pushed.issues)).toBe(75);
  expect(rig.remote.git(['rev-parse', 'refs/registry/log/m'])).toBe(ada.ref('refs/registry/log/m'));
  rmSync(held);
  expect(await push(ada.workspace, ALL)).toMatchObject({ logs: [], viewsLeft: false, issues: [] });
  expect(refsOf(rig.remote)).toBe(refsOf(ada.repository));
});

test('views whose log others keep moving on are left to them: exit 0, since the events have arrived', async () => {
  const rig = syncRig();
  const [ada, bo] = [await rig.clone('ada'), await rig.clone('bo')];
  await ada.register(1);
  await push(ada.workspace, ALL);
  await ada.register(2, { version: readVersionRequest('1.0.0', undefined) as VersionRequest });
  const remote = await ada.workspace.gitRemote();
  let rivals = 0;
  // Before each push of views, which takes the logs along unmoved, Bo moves the log on.
  const beaten: GitRemote = Object.assign(Object.create(null) as GitRemote, {
    list: remote.list.bind(remote),
    find: remote.find.bind(remote),
    download: remote.download.bind(remote),
    batches: remote.batches.bind(remote),
    push: async (...[target, updates]: Parameters<GitRemote['push']>) => {
      if (updates.some(({ key, old, next }) => key.kind === 'log' && old === next)) {
        rivals += 1;
        await bo.register(10 + rivals);
        await push(bo.workspace, ALL);
      }
      return remote.push(target, updates);
    },
  });
  const clock = { ...ada.workspace.clock, backOff: () => Promise.resolve() };
  const pushed = await push({ ...ada.workspace, clock, gitRemote: () => Promise.resolve(beaten) }, ALL);
  expect(rivals).toBeGreaterThan(0);
  expect(pushed.issues).toEqual([]);
  // Bo's pushes brought Ada's views.
  expect(rig.remote.git(['rev-parse', 'refs/registry/semver/m/v1.0.0'])).toBe(ada.ref('refs/registry/semver/m/v1.0.0'));
  await pull(ada.workspace, ALL);
  expect(refsOf(rig.remote)).toBe(refsOf(ada.repository));
});
