import { expect, test } from 'vitest';
import { annotate } from '../../../src/operations/annotate.ts';
import type { Workspace } from '../../../src/operations/workspace.ts';
import { verdictsOf } from '../../support/gate-verdicts.ts';
import { lmBundle, type RegistryRig, registryRig } from '../../support/registry-rig.ts';

const ALLOW = { license: { allow: ['Apache-2.0', 'mit', 'cc-by-4.0'] } };

async function say(workspace: Workspace, spec: string, model: string, license: string): Promise<void> {
  await annotate(workspace, { target: { kind: 'entry', spec, model }, set: { license }, unset: [] });
}

async function dataSet(rig: RegistryRig, name: string, files: Readonly<Record<string, string>>): Promise<string> {
  return (await rig.register(rig.bundle(name, files), { model: 'data', profile: 'files/1' })).sha256;
}

test('an unknown licence fails where a list is given, and is said where only some are denied', async () => {
  const rig = await registryRig();
  const { sha256 } = await rig.register(rig.bundle('a', lmBundle(1)));
  const name = sha256.slice(0, 12);
  expect(await verdictsOf(rig, sha256, ALLOW)).toEqual([
    {
      gate: 'license',
      threshold: 'allow Apache-2.0, mit, cc-by-4.0',
      method: `${name}: its licence is not known`,
      outcome: 'fail',
    },
  ]);
  expect(await verdictsOf(rig, sha256, { license: { deny: ['AGPL-3.0-only'] } })).toEqual([
    {
      gate: 'license',
      threshold: 'deny AGPL-3.0-only',
      method: `admitted: the entry; of no known licence: ${name}`,
      outcome: 'pass',
    },
  ]);
});

test('every file that states a licence is read, and an annotation goes before them all', async () => {
  const rig = await registryRig();
  const sources: Readonly<Record<string, string>> = {
    'README.md': '---\nlicense: gpl-3.0\n---\n# Data\n',
    LICENSE: 'SPDX-License-Identifier: GPL-3.0-only\n',
    'croissant.json': '{"license":"https://spdx.org/licenses/GPL-3.0-only.html"}',
    'dataset.json': '{"license":["mit","gpl-3.0"]}',
    'config.json': '{"license":"gpl-3.0"}',
    'train_manifest.json': '{"license":"gpl-3.0"}',
  };
  for (const [path, content] of Object.entries(sources)) {
    const sha256 = (await rig.register(rig.bundle(path, { 'a.txt': path, [path]: content }))).sha256;
    const name = sha256.slice(0, 12);
    expect(await verdictsOf(rig, sha256, ALLOW)).toMatchObject([
      { method: `${name}: not admitted; by its ${path}`, value: expect.stringMatching(/gpl-3.0/i), outcome: 'fail' },
    ]);
    await say(rig.workspace, sha256, 'm', 'MIT OR GPL-3.0-only');
    expect(await verdictsOf(rig, sha256, ALLOW)).toMatchObject([{ method: 'admitted: the entry', outcome: 'pass' }]);
  }
});

test('what the entry was made from counts as the entry does: one verdict for each that is not admitted', async () => {
  const rig = await registryRig();
  const free = await dataSet(rig, 'free', { 'a.txt': 'a', 'README.md': '---\nlicense: cc-by-4.0\n---\n' });
  const closed = await dataSet(rig, 'closed', { 'b.txt': 'b', 'dataset.json': '{"license":"cc-by-nc-4.0"}' });
  const manifest = `{"license":"apache-2.0","input_shas":["${free}","${closed}"]}`;
  const { sha256 } = await rig.register(rig.bundle('m', lmBundle(1, { 'train_manifest.json': manifest })));
  expect(await verdictsOf(rig, sha256, ALLOW)).toMatchObject([
    { method: `${closed.slice(0, 12)}: not admitted; by its dataset.json`, value: 'cc-by-nc-4.0', outcome: 'fail' },
  ]);
  await say(rig.workspace, closed, 'data', 'mit');
  expect(await verdictsOf(rig, sha256, ALLOW)).toMatchObject([
    { method: 'admitted: the entry and 2 that it was made from', outcome: 'pass' },
  ]);
});

test('a file that is not what its name says states nothing', async () => {
  const rig = await registryRig();
  const broken = { 'a.txt': 'a', 'dataset.json': '{', 'README.md': '---\n: [\n---\n', 'config.json': '"mit"' };
  const { sha256 } = await rig.register(rig.bundle('a', broken));
  expect(await verdictsOf(rig, sha256, ALLOW)).toMatchObject([{ outcome: 'fail' }]);
});
