/** Refs and bytes together: what others see is what they can get (format §7.1). */
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { get } from '../../../src/operations/get.ts';
import { promote } from '../../../src/operations/promote.ts';
import { pull } from '../../../src/operations/pull.ts';
import { push } from '../../../src/operations/push.ts';
import { status } from '../../../src/operations/status.ts';
import { httpGitServer } from '../../support/http-git-server.ts';
import { syncRig } from '../../support/sync-rig.ts';

const ALL = { words: [] };

/** Loses all weights of a clone. */
function loseWeights(gitDir: string): void {
  rmSync(join(gitDir, 'registry', 'cache'), { recursive: true, force: true });
}

test('a push to a folder sends the weights before the refs, once; a pull with --weights brings them', async () => {
  const rig = syncRig();
  const [ada, bo] = [await rig.clone('ada'), await rig.clone('bo')];
  const { manifest } = await ada.register(1);
  const [file] = manifest.files.filter(({ store }) => store === 'cache');
  expect(await push(ada.workspace, { ...ALL, dryRun: true })).toMatchObject({
    weights: { sent: [{ sha256: file?.sha256, bytes: file?.bytes }], present: 0 },
  });
  expect(await push(ada.workspace, ALL)).toMatchObject({ weights: { sent: [{ sha256: file?.sha256 }], present: 0 } });
  expect(await push(ada.workspace, ALL)).toMatchObject({ logs: [], weights: null });
  expect(await pull(bo.workspace, ALL)).toMatchObject({ weights: null });
  expect(await pull(bo.workspace, { ...ALL, weights: true })).toMatchObject({
    weights: { fetched: [{ sha256: file?.sha256, bytes: file?.bytes }], failed: [] },
  });
  expect(await pull(bo.workspace, { ...ALL, weights: true })).toMatchObject({ weights: { fetched: [], present: 1 } });
});

test('where no remote for weights is known nothing is pushed, and the hint is the two lines that add one', async () => {
  const rig = syncRig();
  rig.remote.git(['config', 'http.receivepack', 'true']);
  const server = await httpGitServer(dirname(rig.remote.folder), rig.remote.environment);
  const ada = await rig.clone('ada', server.url('remote.git'));
  ada.repository.git(['config', '--unset', 'registry.weightsRemote']);
  await ada.register(1);
  const workspace = await ada.reopen();
  await expect(push(workspace, ALL)).rejects.toMatchObject({
    code: 'no-weights-remote',
    hint: expect.stringMatching(/^git config registry\.weightsRemote .*\ndvc remote add /) as string,
  });
  expect(rig.remote.git(['for-each-ref'])).toBe('');
  expect(await push(workspace, { ...ALL, noWeights: true })).toMatchObject({ logs: [{ model: 'm' }], weights: null });
  expect(rig.remote.git(['for-each-ref', 'refs/registry/log'])).not.toBe('');
});

test('bytes that are neither here nor there stop the push before any ref moves, and a dry run says so', async () => {
  const rig = syncRig();
  const ada = await rig.clone('ada');
  await ada.register(1);
  loseWeights(ada.repository.gitDir);
  for (const dryRun of [true, false])
    await expect(push(await ada.reopen(), { ...ALL, dryRun })).rejects.toMatchObject({ code: 'weights-missing' });
  expect(rig.remote.git(['for-each-ref'])).toBe('');
});

test('status names weights that serve, or that a push would send, and are not here', async () => {
  const rig = syncRig();
  const [ada, bo] = [await rig.clone('ada'), await rig.clone('bo')];
  const first = await ada.register(1);
  await ada.register(2);
  await promote(ada.workspace, { spec: `m@${first.sha256.slice(0, 12)}`, to: 'production' });
  expect((await status(ada.workspace, ALL)).missingWeights).toEqual([]);
  await push(ada.workspace, ALL);
  await pull(bo.workspace, ALL);
  const [file] = first.manifest.files.filter(({ store }) => store === 'cache');
  expect((await status(bo.workspace, ALL)).missingWeights).toEqual([
    { path: file?.path, sha256: file?.sha256, bytes: file?.bytes },
  ]);
  await get(bo.workspace, {
    spec: 'm@production',
    destination: () => join(bo.repository.folder, 'served'),
    files: [],
    force: false,
    allowTombstoned: false,
  });
  expect((await status(await bo.reopen(), ALL)).missingWeights).toEqual([]);
  loseWeights(ada.repository.gitDir);
  expect((await status(await ada.reopen(), ALL)).missingWeights).toHaveLength(1);
});

test('what a pull cannot fetch it names, and the refs are there all the same', async () => {
  const rig = syncRig();
  const [ada, bo] = [await rig.clone('ada'), await rig.clone('bo')];
  const { sha256 } = await ada.register(1);
  await push(ada.workspace, ALL);
  loseWeights(rig.remote.folder);
  const pulled = await pull(bo.workspace, { ...ALL, weights: true });
  expect(pulled).toMatchObject({ issues: [], weights: { fetched: [], failed: [{ kind: 'missing' }] } });
  expect(bo.ref(`refs/registry/sha/${sha256}`)).toBeDefined();
});
