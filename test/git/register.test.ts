import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../src/domain/errors.ts';
import { parseVersion } from '../../src/domain/version.ts';
import { findModel } from '../../src/operations/read-model.ts';
import { resolve } from '../../src/operations/resolve.ts';
import { tombstone } from '../../src/operations/tombstone.ts';
import { verify } from '../../src/operations/verify.ts';
import { lmBundle, registerIn, registryRig } from '../support/registry-rig.ts';

const as = (text: string) => ({ version: { kind: 'as', version: parseVersion(text) } }) as const;
const failsWith = (code: ErrorCode, data: object = {}) =>
  expect.objectContaining({ code, data: expect.objectContaining(data) });

describe.each(['sha1', 'sha256'] as const)('in a %s repository', (objectFormat) => {
  test('a bundle becomes an entry, an event and their refs, and all of it verifies', async () => {
    const rig = await registryRig({ objectFormat });
    const result = await rig.register(rig.bundle('base', lmBundle(1)), as('1.0.0'));
    expect(result).toMatchObject({ model: 'm', version: 'v1.0.0', pending: false, created: true, profile: 'lm/1' });
    const refs = rig.repository.git(['for-each-ref', '--format=%(refname) %(objectname)']).split('\n');
    expect(refs).toEqual([
      expect.stringMatching(/^refs\/registry\/log\/m /),
      `refs/registry/semver/m/v1.0.0 ${result.commit}`,
      `refs/registry/sha/${result.sha256} ${result.commit}`,
    ]);
    expect(await verify(rig.workspace, { specs: [], weights: true })).toMatchObject({ ok: true, findings: [] });
    expect(rig.repository.git(['fsck', '--strict'])).toBe('');
  });

  test('the same bundle in two clones and two processes is one SHA and one commit id', async () => {
    const [here, there] = [await registryRig({ objectFormat }), await registryRig({ objectFormat })];
    const first = await here.register(here.bundle('base', lmBundle(1)), as('1.0.0'));
    there.pass(86_400_000);
    const second = await there.register(there.bundle('elsewhere', lmBundle(1)), { model: 'other', ...as('3.0.0') });
    expect(second.sha256).toBe(first.sha256);
    expect(second.commit).toBe(first.commit);
  });
});

describe('identity under lm/1', () => {
  test('does not see key order and spacing, but every weight bit, value, number form and parent', async () => {
    const rig = await registryRig();
    const base = await rig.register(rig.bundle('base', lmBundle(1)));
    const of = async (name: string, files: Parameters<typeof lmBundle>[1], options = {}) =>
      (await rig.register(rig.bundle(name, lmBundle(1, files)), { dryRun: true, ...options })).sha256;
    expect(await of('order', { 'config.json': '{\n "d_model": 4,\n "n_layers": 2 }\n' })).toBe(base.sha256);
    expect(await of('value', { 'config.json': '{"n_layers": 3, "d_model": 4}' })).not.toBe(base.sha256);
    expect(await of('form', { 'eval_report.json': '{"overall":{"accuracy":0.9},"by_verb":{"go":1}}' })).not.toBe(
      base.sha256,
    );
    expect(await of('parent', {}, { parents: [base.sha256] })).not.toBe(base.sha256);
    const weights = lmBundle(1)['model.safetensors'] as Uint8Array;
    const flipped = Uint8Array.from(weights);
    flipped[flipped.length - 1] = (flipped.at(-1) ?? 0) ^ 1;
    expect(await of('bit', { 'model.safetensors': flipped })).not.toBe(base.sha256);
  });
});

describe('idempotence (format §6.5)', () => {
  test('registering again, with no version or the same one, writes nothing', async () => {
    const rig = await registryRig();
    const folder = rig.bundle('base', lmBundle(1));
    await rig.register(folder, as('1.0.0'));
    const before = rig.repository.git(['for-each-ref']);
    expect(await rig.register(folder)).toMatchObject({ created: false, version: 'v1.0.0' });
    expect(await rig.register(folder, as('1.0.0'))).toMatchObject({ created: false, version: 'v1.0.0' });
    expect(await rig.register(folder, { pending: true })).toMatchObject({ created: false, pending: false });
    expect(await rig.register(folder, { version: { kind: 'bump', bump: 'auto' } })).toMatchObject({
      created: false,
      version: 'v1.0.0',
    });
    expect(rig.repository.git(['for-each-ref'])).toBe(before);
  });

  test("another version for the same bytes is promote's work, another bundle for the same version is refused", async () => {
    const rig = await registryRig();
    const folder = rig.bundle('base', lmBundle(1));
    const { sha256 } = await rig.register(folder, as('1.0.0'));
    await expect(rig.register(folder, as('1.0.1'))).rejects.toEqual(failsWith('has-version', { sha256 }));
    await expect(rig.register(rig.bundle('b', lmBundle(2)), as('1.0.0'))).rejects.toEqual(
      failsWith('version-taken', { holder: sha256 }),
    );
  });

  test('a candidate is renewed by --pending, and made registered without it', async () => {
    const rig = await registryRig();
    const folder = rig.bundle('base', lmBundle(1));
    const first = await rig.register(folder, { pending: true });
    expect(rig.repository.git(['for-each-ref', '--format=%(refname)', 'refs/registry/pending'])).toBe(
      `refs/registry/pending/m/${first.sha256}`,
    );
    expect(rig.repository.git(['for-each-ref', 'refs/registry/sha'])).toBe('');
    rig.pass(3_600_000);
    const second = await rig.register(folder, { pending: true });
    expect(Date.parse(second.expires ?? '')).toBeGreaterThan(Date.parse(first.expires ?? ''));
    expect(await rig.register(folder, as('1.0.0'))).toMatchObject({ created: true, pending: false });
    expect(rig.repository.git(['for-each-ref', 'refs/registry/pending'])).toBe('');
  });

  test('a second model gets an event of its own for the same entry', async () => {
    const rig = await registryRig();
    const folder = rig.bundle('base', lmBundle(1));
    const first = await rig.register(folder, as('1.0.0'));
    const second = await rig.register(folder, { model: 'n', ...as('5.0.0') });
    expect(second).toMatchObject({ sha256: first.sha256, commit: first.commit, created: true });
    expect(rig.repository.git(['for-each-ref', '--format=%(refname)', 'refs/registry/sha']).split('\n')).toHaveLength(
      1,
    );
  });

  test('a tombstoned SHA is not registered again', async () => {
    const rig = await registryRig();
    const folder = rig.bundle('base', lmBundle(1));
    await rig.register(folder, as('1.0.0'));
    await tombstone(rig.workspace, { spec: 'm@v1.0.0', reason: 'leak', purgeWeights: false });
    await expect(rig.register(folder)).rejects.toEqual(failsWith('tombstoned', { reason: 'leak' }));
  });
});

describe('a bundle that cannot be registered', () => {
  test.each([
    [
      'half a bundle',
      { 'model.safetensors': lmBundle(1)['model.safetensors'], 'train_manifest.json': '{}' },
      'bad-bundle',
    ],
    ['broken JSON', lmBundle(1, { 'config.json': '{"a":1,}' }), 'bad-json'],
    ['a duplicate key', lmBundle(1, { 'config.json': '{"a":1,"\\u0061":2}' }), 'bad-json'],
    ['a safetensors file that is none', lmBundle(1, { 'model.safetensors': 'pickle' }), 'bad-weights'],
    [
      'an unknown parent',
      lmBundle(1, { 'train_manifest.json': `{"parent_sha":"${'0'.repeat(64)}"}` }),
      'unknown-parent',
    ],
    ['a parent of the wrong type', lmBundle(1, { 'train_manifest.json': '{"parent_sha":7}' }), 'bad-bundle'],
    ['a bad path', { 'con.txt': 'x' }, 'bad-path'],
  ] as const)('%s is refused, pending or not, and nothing is written', async (_, files, code) => {
    const rig = await registryRig();
    const folder = rig.bundle('bad', files as Record<string, string>);
    await expect(rig.register(folder)).rejects.toEqual(failsWith(code as ErrorCode));
    await expect(rig.register(folder, { pending: true })).rejects.toEqual(failsWith(code as ErrorCode));
    expect(rig.repository.git(['for-each-ref'])).toBe('');
  });

  test('flags and train manifest must agree on the parent', async () => {
    const rig = await registryRig();
    const a = await rig.register(rig.bundle('a', lmBundle(1)));
    const b = await rig.register(rig.bundle('b', lmBundle(2)));
    const stated = rig.bundle('c', lmBundle(3, { 'train_manifest.json': `{"parent_sha":"${a.sha256}"}` }));
    await expect(rig.register(stated, { parents: [b.sha256] })).rejects.toEqual(
      failsWith('bad-bundle', { what: 'parents' }),
    );
    expect((await rig.register(stated)).manifest.parents).toEqual([a.sha256]);
  });
});

test('files made from flags are part of the bundle, and never decide its profile', async () => {
  const rig = await registryRig();
  const model = rig.bundle('one', { 'model.safetensors': lmBundle(1)['model.safetensors'] as Uint8Array });
  const metrics = new Map([['auc', { kind: 'number', text: '0.93' } as const]]);
  const result = await rig.register(join(model, 'model.safetensors'), { metrics });
  expect(result.profile).toBe('files/1');
  expect(result.manifest.files.map(({ path }) => path)).toEqual(['eval_report.json', 'model.safetensors']);
  const own = rig.bundle('own', { 'w.bin': 'x', 'eval_report.json': '{}' });
  await expect(rig.register(own, { metrics })).rejects.toEqual(failsWith('bad-bundle', { path: 'eval_report.json' }));
});

test('a run id other than the one in the train manifest is refused', async () => {
  const rig = await registryRig();
  const folder = rig.bundle('run', lmBundle(1, { 'train_manifest.json': '{"mlflow_run_id":"aaaa"}' }));
  await expect(rig.register(folder, { runId: 'bbbb' })).rejects.toEqual(
    failsWith('bad-bundle', { stated: 'aaaa', given: 'bbbb' }),
  );
  await rig.register(folder, { runId: 'aaaa' });
  const folded = await findModel(rig.workspace, 'm' as never);
  expect([...(folded?.state.entries.values() ?? [])][0]?.mlflow).toEqual({ run_id: 'aaaa' });
});

test("the model's first entry decides the profile of the next", async () => {
  const rig = await registryRig();
  await rig.register(rig.bundle('a', lmBundle(1)));
  await expect(rig.register(rig.bundle('b', { 'model.pkl': 'x' }))).rejects.toEqual(
    failsWith('bad-bundle', { profile: 'lm/1' }),
  );
});

test('a reader that finds the event but not yet the views answers from the log', async () => {
  const rig = await registryRig();
  const { sha256 } = await rig.register(rig.bundle('a', lmBundle(1)), as('1.0.0'));
  rig.repository.git(['update-ref', '-d', 'refs/registry/semver/m/v1.0.0']);
  rig.repository.git(['update-ref', '-d', `refs/registry/sha/${sha256}`]);
  const fresh = await rig.reopen();
  expect((await resolve(fresh, { spec: 'm@1.0.0', allowTombstoned: false })).sha256).toBe(sha256);
  expect((await resolve(fresh, { spec: sha256.slice(0, 9), allowTombstoned: false })).sha256).toBe(sha256);
});

test('the entry in git holds the canonical JSON and a DVC pointer, and stock git checks it out', async () => {
  const rig = await registryRig();
  const { sha256 } = await rig.register(rig.bundle('a', lmBundle(1)));
  const show = (path: string) => rig.repository.git(['show', `refs/registry/sha/${sha256}:${path}`]);
  expect(show('bundle/config.json')).toBe('{"d_model":4,"n_layers":2}');
  expect(show('bundle/model.safetensors.dvc')).toMatch(
    /^outs:\n- md5: [0-9a-f']+\n {2}size: \d+\n {2}hash: md5\n {2}path: model\.safetensors$/,
  );
  const out = join(rig.repository.folder, '..', 'checkout');
  rig.repository.git(['worktree', 'add', '--detach', out, `refs/registry/sha/${sha256}`]);
  expect(readFileSync(join(out, 'bundle/config.json'), 'utf8')).toBe('{"d_model":4,"n_layers":2}');
});

test('a copied repository works as the original', async () => {
  const rig = await registryRig();
  await rig.register(rig.bundle('a', lmBundle(1)), as('1.0.0'));
  const copy = `${rig.repository.folder}-copy`;
  cpSync(rig.repository.folder, copy, { recursive: true });
  const there = await rig.reopen(copy);
  writeFileSync(join(copy, 'x'), '');
  expect(await registerIn(there, rig.bundle('b', lmBundle(2)), as('1.0.1'))).toMatchObject({ created: true });
});
