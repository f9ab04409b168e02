import { expect, test } from 'vitest';
import { annotate } from '../../../src/operations/annotate.ts';
import type { Workspace } from '../../../src/operations/workspace.ts';
import { verdictsOf } from '../../support/gate-verdicts.ts';
import { lmBundle, type RegistryRig, registryRig } from '../../support/registry-rig.ts';

const DENY = { privacy: { deny_columns: ['email', 'SSN'] } };
const FLAG = { privacy: { require_flag: 'pii_reviewed' } };

async function dataSet(rig: RegistryRig, name: string, files: Readonly<Record<string, string>>): Promise<string> {
  return (await rig.register(rig.bundle(name, files), { model: 'data', profile: 'files/1' })).sha256;
}

async function trainedOn(rig: RegistryRig, inputs: readonly string[]): Promise<string> {
  const manifest = JSON.stringify({ input_shas: inputs });
  return (await rig.register(rig.bundle('m', lmBundle(1, { 'train_manifest.json': manifest })))).sha256;
}

async function flag(workspace: Workspace, spec: string, model: string, value: string): Promise<void> {
  await annotate(workspace, { target: { kind: 'entry', spec, model }, set: { pii_reviewed: value }, unset: [] });
}

test.each([
  ['dataset.json', '{"columns":["id","E-Mail","Email"]}'],
  ['croissant.json', '{"recordSet":[{"field":[{"name":"people/EMAIL"}]}]}'],
  ['schema.json', '{"properties":{"user":{"properties":{"email":{"type":"string"}}}}}'],
  ['people.csv', 'id,Email\n1,a@example.org\n'],
])('a denied column is found in %s of a data set, in any case', async (path, content) => {
  const rig = await registryRig();
  const data = await dataSet(rig, 'data', { 'a.txt': 'a', [path]: content });
  const found = await verdictsOf(rig, await trainedOn(rig, [data]), DENY);
  expect(found).toEqual([
    {
      gate: 'privacy',
      metric: 'deny_columns',
      threshold: 'email, SSN',
      value: expect.stringMatching(/^email$/i),
      method: `${data.slice(0, 12)} has the column, by its ${path}`,
      outcome: 'fail',
    },
  ]);
});

test('the train manifest may name columns itself; what names none is said', async () => {
  const rig = await registryRig();
  const register = async (seed: number, manifest: string): Promise<string> =>
    (await rig.register(rig.bundle(`b${seed}`, lmBundle(seed, { 'train_manifest.json': manifest })))).sha256;
  expect(await verdictsOf(rig, await register(1, '{"columns":["ssn"]}'), DENY)).toMatchObject([{ outcome: 'fail' }]);
  expect(await verdictsOf(rig, await register(2, '{"columns":["age"]}'), DENY)).toMatchObject([
    { method: 'none of the 1 columns of the lineage', outcome: 'pass' },
  ]);
  expect(await verdictsOf(rig, await register(3, '{}'), DENY)).toMatchObject([
    { method: 'no entry of the lineage names columns', outcome: 'pass' },
  ]);
});

test('a table that is too large for git is counted as not read', async () => {
  const rig = await registryRig();
  const data = await dataSet(rig, 'large', { 'people.csv': `id,email\n${'1,a@example.org\n'.repeat(80_000)}` });
  expect(await verdictsOf(rig, await trainedOn(rig, [data]), DENY)).toMatchObject([
    {
      method: 'no entry of the lineage names columns; 1 large tables name theirs in no document',
      outcome: 'pass',
    },
  ]);
});

test('the review is marked on the entry, or on every data set that names columns', async () => {
  const rig = await registryRig();
  const people = await dataSet(rig, 'people', { 'people.csv': 'id,email\n' });
  const places = await dataSet(rig, 'places', { 'places.csv': 'id,town\n' });
  const verbs = await dataSet(rig, 'verbs', { 'verbs.txt': 'go\n' });
  const model = await trainedOn(rig, [people, places, verbs]);
  const judge = async () => (await verdictsOf(rig, model, FLAG))[0];
  expect(await judge()).toMatchObject({ metric: 'pii_reviewed', threshold: 'true', outcome: 'fail' });
  await flag(rig.workspace, people, 'data', 'true');
  expect(await judge()).toMatchObject({
    method: `the entry has no such annotation, nor have ${places.slice(0, 12)}`,
    outcome: 'fail',
  });
  await flag(rig.workspace, places, 'data', 'TRUE');
  expect(await judge()).toMatchObject({ method: 'annotation of each data set: 2', outcome: 'pass' });
  await flag(rig.workspace, places, 'data', 'no');
  await flag(rig.workspace, model, 'm', 'true');
  expect(await judge()).toMatchObject({ method: 'annotation of the entry', outcome: 'pass' });
});
