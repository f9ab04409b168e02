import { chmodSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { annotate } from '../../../src/operations/annotate.ts';
import { judge, verdictsOf } from '../../support/gate-verdicts.ts';
import { lmBundle, type RegistryRig, registryRig, safetensors } from '../../support/registry-rig.ts';

async function files(rig: RegistryRig, content: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  return (await rig.register(rig.bundle(`f${Math.random()}`, content), { profile: 'files/1' })).sha256;
}

/** What pickle.dumps gives of a list, protocol 4. */
const PICKLE = Uint8Array.from([0x80, 4, 0x95, 7, 0, 0, 0, 0, 0, 0, 0, 0x5d, 0x94, 0x28, 0x4b, 1, 0x65, 0x2e]);

describe('format', () => {
  const rules = { format: { require: 'safetensors' } };

  test('weights are what their bytes are, whatever they are called', async () => {
    const rig = await registryRig();
    expect(await verdictsOf(rig, (await rig.register(rig.bundle('lm', lmBundle(1)))).sha256, rules)).toEqual([
      {
        gate: 'format',
        threshold: 'safetensors',
        value: 'safetensors',
        method: 'content of 1 weights files',
        outcome: 'pass',
      },
    ]);
    const mixed = await files(rig, {
      'a.bin': safetensors([1, 2]),
      'b.safetensors': safetensors([3]),
      'c.gguf': 'GGUF\x03',
      'd.pkl': PICKLE,
    });
    expect(await verdictsOf(rig, mixed, rules)).toMatchObject([
      { value: 'gguf', method: 'content of c.gguf', outcome: 'fail' },
      { value: 'pickle', method: 'content of d.pkl', outcome: 'fail' },
    ]);
  });

  test('a pickle under a name that promises nothing is found; no weights at all is no pass', async () => {
    const rig = await registryRig();
    const hidden = await files(rig, { 'model.safetensors': safetensors([1]), 'model.dat': PICKLE });
    expect(await verdictsOf(rig, hidden, rules)).toMatchObject([
      { value: 'pickle', method: 'content of model.dat', outcome: 'fail' },
    ]);
    expect(await verdictsOf(rig, await files(rig, { 'a.txt': 'a' }), rules)).toMatchObject([
      { method: 'the bundle has no weights file', outcome: 'fail' },
    ]);
  });

  test('what was read is in the report that approvals are bound to', async () => {
    const rig = await registryRig();
    const { sha256 } = await rig.register(rig.bundle('lm', lmBundle(1)));
    const { report } = await judge(rig.workspace, sha256, rules);
    expect(report.inputs).toMatchObject([{ name: 'model.safetensors', entry: sha256 }]);
    expect(report.moment).toBeUndefined();
  });
});

describe('metadata', () => {
  test('a name is a description, an annotation, or a member of the train manifest', async () => {
    const rig = await registryRig();
    const train =
      '{"seed":0,"notes":" ","hparams":{"lr":3e-4,"optimizer":{"name":"adam"}},"data.version":"7","tags":[]}';
    const { sha256 } = await rig.register(rig.bundle('lm', lmBundle(1, { 'train_manifest.json': train })), {
      description: 'the first',
    });
    const target = { kind: 'entry', spec: sha256, model: 'm' } as const;
    await annotate(rig.workspace, { target, set: { business_metric: 'churn', empty: '' }, unset: [] });
    const names = ['description', 'business_metric', 'seed', 'hparams.lr', 'lr', 'optimizer.name', 'data.version'];
    const lacking = ['notes', 'tags', 'empty', 'owner', 'hparams.momentum'];
    const found = await verdictsOf(rig, sha256, { metadata: { required: [...names, ...lacking] } });
    expect(found.slice(0, 7).map(({ metric, method, outcome }) => [metric, method, outcome])).toEqual([
      ['description', 'description', 'pass'],
      ['business_metric', 'annotation', 'pass'],
      ['seed', 'train_manifest.json', 'pass'],
      ['hparams.lr', 'train_manifest.json', 'pass'],
      ['lr', 'train_manifest.json hparams', 'pass'],
      ['optimizer.name', 'train_manifest.json hparams', 'pass'],
      ['data.version', 'train_manifest.json', 'pass'],
    ]);
    for (const verdict of found.slice(7))
      expect(verdict).toMatchObject({
        method: 'no description, annotation or member of the train manifest',
        outcome: 'fail',
      });
  });

  test('a bundle without a train manifest has what people said of it', async () => {
    const rig = await registryRig();
    const sha256 = await files(rig, { 'a.txt': 'a' });
    expect(await verdictsOf(rig, sha256, { metadata: { required: ['description'] } })).toMatchObject([
      { metric: 'description', outcome: 'fail' },
    ]);
  });
});

describe('integrity', () => {
  /** Every name of the one cached object. */
  function cached(rig: RegistryRig): readonly string[] {
    const folder = join(rig.repository.gitDir, 'registry', 'cache', 'files');
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((item) => item.isFile())
      .map((item) => join(item.parentPath, item.name));
  }

  test('every file that is here is hashed again, git-stored ones too', async () => {
    const rig = await registryRig();
    const { sha256 } = await rig.register(rig.bundle('lm', lmBundle(1)));
    expect(await verdictsOf(rig, sha256, { integrity: true })).toEqual([
      {
        gate: 'integrity',
        value: '0',
        threshold: '0',
        method: 'damaged files among 5 that were hashed',
        outcome: 'pass',
      },
    ]);
    expect(await verdictsOf(rig, sha256, { integrity: false })).toEqual([]);
  });

  test('bytes that are not the registered ones are named', async () => {
    const rig = await registryRig();
    const { sha256 } = await rig.register(rig.bundle('lm', lmBundle(1)));
    for (const path of cached(rig)) {
      chmodSync(path, 0o644);
      writeFileSync(path, safetensors([9, 9, 9, 9]));
    }
    expect(await verdictsOf(rig, sha256, { integrity: true })).toMatchObject([
      { value: '1', method: 'damaged: model.safetensors', outcome: 'fail' },
    ]);
  });

  test('bytes that are not here are not judged, and not damage', async () => {
    const rig = await registryRig();
    const { sha256 } = await rig.register(rig.bundle('lm', lmBundle(1)));
    for (const path of cached(rig)) rmSync(path);
    expect(await verdictsOf(rig, sha256, { integrity: true })).toMatchObject([
      {
        value: '0',
        method: 'damaged files among 4 that were hashed; 1 of 5 not judged, their bytes are not here',
        outcome: 'pass',
      },
    ]);
  });
});
