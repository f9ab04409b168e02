import { expect, test } from 'vitest';
import { promote } from '../../../src/operations/promote.ts';
import type { GateVerdict } from '../../../src/ports/gate.ts';
import { verdictsOf } from '../../support/gate-verdicts.ts';
import { type RegistryRig, registryRig } from '../../support/registry-rig.ts';

const RULES = { signature: { compatible_with: 'production' } };

async function register(rig: RegistryRig, name: string, files: Readonly<Record<string, string>>): Promise<string> {
  return (await rig.register(rig.bundle(name, { 'a.txt': name, ...files }), { profile: 'files/1' })).sha256;
}

async function judged(rig: RegistryRig, spec: string, rules = RULES): Promise<GateVerdict | undefined> {
  return (await verdictsOf(rig, spec, rules))[0];
}

const side = (...columns: readonly object[]): string => JSON.stringify(columns);
const age = { name: 'age', type: 'long' };
const income = { name: 'income', type: 'double' };
const risk = { name: 'risk', type: 'double' };

const MLMODEL = `signature:\n  inputs: '${side(age)}'\n  outputs: '${side(risk)}'\n`;

test('no baseline passes and says so; a name that names no entry does not', async () => {
  const rig = await registryRig();
  const sha256 = await register(rig, 'a', { MLmodel: MLMODEL });
  expect(await judged(rig, sha256)).toEqual({
    gate: 'signature',
    threshold: 'compatible with production',
    method: 'no baseline: the slot is empty',
    outcome: 'pass',
  });
  expect(await judged(rig, sha256, { signature: { compatible_with: 'v9.9.9' } })).toMatchObject({
    method: 'it names no entry',
    outcome: 'fail',
  });
});

test('callers of the occupant can call the entry, or it is said why not; MLmodel and signature.json are one', async () => {
  const rig = await registryRig();
  const before = await register(rig, 'before', { MLmodel: MLMODEL });
  await promote(rig.workspace, { spec: before, model: 'm', to: 'production' });
  const same = await register(rig, 'same', {
    'signature.json': JSON.stringify({ inputs: [age, { ...income, required: false }], outputs: side(risk) }),
  });
  const against = `against ${before.slice(0, 12)}`;
  expect(await judged(rig, same)).toMatchObject({
    method: `${against}: no new required input, no output less`,
    outcome: 'pass',
  });
  const other = await register(rig, 'other', {
    'signature.json': JSON.stringify({ inputs: side({ ...age, type: 'string' }, income), outputs: null }),
  });
  expect(await judged(rig, other)).toMatchObject({
    method: `${against}: input age was long and is string, input income is new and required, output risk is gone`,
    outcome: 'fail',
  });
  const silent = await register(rig, 'silent', { 'signature.json': 'no JSON' });
  expect(await judged(rig, silent)).toMatchObject({
    method: 'the baseline has a signature, the entry none: MLmodel or signature.json',
    outcome: 'fail',
  });
});

test('a baseline without a signature asks for nothing, and that is said', async () => {
  const rig = await registryRig();
  const before = await register(rig, 'before', {});
  await promote(rig.workspace, { spec: before, model: 'm', to: 'production' });
  const after = await register(rig, 'after', { MLmodel: MLMODEL });
  expect(await judged(rig, after)).toMatchObject({ method: 'the baseline has no signature', outcome: 'pass' });
});
