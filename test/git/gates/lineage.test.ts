import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tombstone } from '../../../src/operations/tombstone.ts';
import { verdictsOf } from '../../support/gate-verdicts.ts';
import { lmBundle, type RegistryRig, registryRig } from '../../support/registry-rig.ts';

const ALL = { lineage: { complete: true, code_committed: true, no_tombstoned_ancestor: true } };

async function register(rig: RegistryRig, seed: number, train: unknown): Promise<string> {
  const manifest = JSON.stringify(train);
  return (await rig.register(rig.bundle(`b${seed}`, lmBundle(seed, { 'train_manifest.json': manifest })))).sha256;
}

function codeCommit(rig: RegistryRig): string {
  rig.repository.git(['commit', '--quiet', '--allow-empty', '-m', 'train']);
  return rig.repository.git(['rev-parse', 'HEAD']);
}

test('a lineage that is whole, with code that is committed, passes', async () => {
  const rig = await registryRig();
  const code = codeCommit(rig);
  const data = await rig.register(rig.bundle('data', { 'train.jsonl': '{}\n' }), { model: 'data' });
  const stated = { tokenizer_sha: 'ab', code_git_sha: code, seed: 7 };
  const base = await register(rig, 1, { ...stated, corpus_dvc_hash: 'cd' });
  const { sha256 } = await rig.register(
    rig.bundle('c', lmBundle(2, { 'train_manifest.json': JSON.stringify({ ...stated, input_shas: [data.sha256] }) })),
    { parents: [base] },
  );
  expect(await verdictsOf(rig, sha256, ALL)).toEqual([
    {
      gate: 'lineage',
      metric: 'complete',
      method: 'the entry and 2 that it was made from are here; origins are stated',
      outcome: 'pass',
    },
    {
      gate: 'lineage',
      metric: 'code_committed',
      method: 'each code_git_sha is a commit in this repository',
      outcome: 'pass',
    },
    {
      gate: 'lineage',
      metric: 'no_tombstoned_ancestor',
      method: 'no entry of the lineage has a tombstone',
      outcome: 'pass',
    },
  ]);
});

test('what is not stated is named; only what is asked for is judged', async () => {
  const rig = await registryRig();
  const sha256 = await register(rig, 1, { seed: 1 });
  expect(await verdictsOf(rig, sha256, { lineage: { complete: true, code_committed: false } })).toMatchObject([
    { method: 'its train_manifest.json does not state corpus_dvc_hash, tokenizer_sha, code_git_sha', outcome: 'fail' },
  ]);
  expect(await verdictsOf(rig, sha256, { lineage: { code_committed: true } })).toMatchObject([
    { metric: 'code_committed', method: 'its train_manifest.json states no code_git_sha', outcome: 'fail' },
  ]);
  expect(await verdictsOf(rig, sha256, { lineage: {} })).toEqual([]);
});

test('a model without a tokenizer has none to state', async () => {
  const rig = await registryRig();
  const train = `{"corpus_dvc_hash":"x","seed":1,"code_git_sha":"${codeCommit(rig)}"}`;
  const { sha256 } = await rig.register(rig.bundle('f', { 'model.pkl': 'x', 'train_manifest.json': train }));
  expect(await verdictsOf(rig, sha256, { lineage: { complete: true } })).toMatchObject([{ outcome: 'pass' }]);
});

test('code that is not here is named, of an ancestor too', async () => {
  const rig = await registryRig();
  const base = await register(rig, 1, { code_git_sha: '9'.repeat(40) });
  const child = await register(rig, 2, { code_git_sha: codeCommit(rig), parent_sha: base });
  expect(await verdictsOf(rig, child, { lineage: { code_committed: true } })).toMatchObject([
    {
      method: `no commit in this repository is the code of ${base.slice(0, 12)} (999999999999)`,
      outcome: 'fail',
    },
  ]);
});

test.each(['abc1234', '9'.repeat(64), 'main', ''])('code %j is no commit that is here', async (code) => {
  const rig = await registryRig();
  const sha256 = await register(rig, 1, { code_git_sha: code });
  expect(await verdictsOf(rig, sha256, { lineage: { code_committed: true } })).toMatchObject([{ outcome: 'fail' }]);
});

test('an ancestor with a tombstone in any model is named', async () => {
  const rig = await registryRig();
  const data = await rig.register(rig.bundle('data', { 'train.jsonl': '{}\n' }), { model: 'data' });
  const sha256 = await register(rig, 1, { input_shas: [data.sha256] });
  await tombstone(rig.workspace, {
    spec: data.sha256,
    model: 'data',
    reason: 'withdrawn consent',
    purgeWeights: false,
  });
  expect(await verdictsOf(rig, sha256, { lineage: { no_tombstoned_ancestor: true } })).toMatchObject([
    { method: `has a tombstone: ${data.sha256.slice(0, 12)}`, outcome: 'fail' },
  ]);
});

test('an ancestor whose commit a shallow history cuts off is named', async () => {
  const rig = await registryRig();
  const data = await rig.register(rig.bundle('data', { 'train.jsonl': '{}\n' }), { model: 'data' });
  const sha256 = await register(rig, 1, { input_shas: [data.sha256], tokenizer_sha: 'a', code_git_sha: 'b', seed: 1 });
  const commit = rig.repository.git(['rev-parse', `refs/registry/sha/${sha256}`]);
  writeFileSync(join(rig.repository.gitDir, 'shallow'), `${commit}\n`);
  const workspace = await rig.reopen();
  expect(await verdictsOf({ ...rig, workspace }, sha256, { lineage: { complete: true } })).toMatchObject([
    { method: `not in this repository: ${data.sha256.slice(0, 12)}`, outcome: 'fail' },
  ]);
});
