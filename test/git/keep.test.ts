/** `keep`: a pointer on a branch that names the weights of the registry; and what `verify --gc-risk` makes of pointers. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keep } from '../../src/operations/keep.ts';
import { tombstone } from '../../src/operations/tombstone.ts';
import { verify } from '../../src/operations/verify.ts';
import { type RegistryRig, registryRig, safetensors } from '../support/registry-rig.ts';

const BRANCH = { branch: 'registry-keep' };

async function registered(...seeds: readonly number[]): Promise<RegistryRig> {
  const rig = await registryRig();
  for (const seed of seeds) await rig.register(rig.bundle(`b${seed}`, { 'model.safetensors': safetensors([seed]) }));
  return rig;
}

function pointerOn({ repository }: RegistryRig): string {
  return repository.git(['show', 'registry-keep:registry-keep.dvc']);
}

test('keep commits one pointer to all weights, and again only when they change', async () => {
  const rig = await registered(1, 2);
  const first = await keep(rig.workspace, BRANCH);
  expect(first).toMatchObject({ created: true, objects: 2, entries: 2 });
  expect(await keep(rig.workspace, BRANCH)).toEqual({ ...first, created: false });
  expect(pointerOn(rig).match(/^- md5: '[0-9a-f]{32}'$/gm)).toHaveLength(2);
  await rig.register(rig.bundle('b3', { 'model.safetensors': safetensors([3]) }));
  expect(await keep(rig.workspace, BRANCH)).toMatchObject({ created: true, objects: 3 });
  expect(rig.repository.git(['rev-list', '--count', 'registry-keep'])).toBe('2');
  expect(rig.repository.git(['fsck', '--strict'])).toBe('');
});

test('keep leaves tombstoned entries out, and has nothing to do where no entry has weights', async () => {
  const rig = await registered(1, 2);
  const [entry] = rig.repository.git(['for-each-ref', '--format=%(refname:lstrip=3)', 'refs/registry/sha']).split('\n');
  await tombstone(rig.workspace, { spec: entry ?? '', reason: 'wrong', purgeWeights: false });
  expect(await keep(rig.workspace, BRANCH)).toMatchObject({ objects: 1, entries: 1 });
  const bare = await registryRig();
  expect(await keep(bare.workspace, BRANCH)).toEqual({
    ...BRANCH,
    commit: null,
    created: false,
    objects: 0,
    entries: 0,
  });
});

test('keep refuses the branch that is checked out, and what is no name', async () => {
  const rig = await registered(1);
  rig.repository.git(['commit', '--quiet', '--allow-empty', '--message', 'x']);
  for (const branch of ['main', '-x', 'a..b', '']) {
    await expect(keep(rig.workspace, { branch })).rejects.toMatchObject({ code: 'usage' });
  }
});

test('verify --gc-risk knows the pointers of the work tree and those of branches and tags, merged ones too', async () => {
  const rig = await registered(1, 2);
  const { repository } = rig;
  const risks = async (): Promise<readonly string[]> => {
    const { findings, ok } = await verify(rig.workspace, { specs: [], weights: false, gcRisk: true });
    expect(ok).toBe(true);
    return findings.filter(({ code }) => code === 'gc-risk').map(({ message }) => message.replace(/^.*: /, ''));
  };
  expect(await risks()).toEqual(['every dvc gc takes it', 'every dvc gc takes it']);
  await keep(rig.workspace, BRANCH);
  expect(await risks()).toEqual(['dvc gc --workspace takes it', 'dvc gc --workspace takes it']);
  const [first = ''] = pointerOn(rig).match(/[0-9a-f]{32}(?=')/g) ?? [];
  writeFileSync(
    join(repository.folder, 'dvc.lock'),
    `schema: '2.0'\nstages:\n  train:\n    outs:\n    - path: m\n      md5: ${first}\n`,
  );
  expect(await risks()).toEqual(['dvc gc --workspace takes it']);
});
