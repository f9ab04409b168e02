import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../src/domain/errors.ts';
import { parseVersion } from '../../src/domain/version.ts';
import { type CompareResult, compare } from '../../src/operations/compare.ts';
import { lmBundle, type RegistryRig, registryRig, writeBundle } from '../support/registry-rig.ts';

const failsWith = (code: ErrorCode) => expect.objectContaining({ code });

type Files = Readonly<Record<string, string>>;

/** Registers bundles as v1.0.0, v1.1.0, ... of model `m`; each has weights of its own. */
async function withBundles(...bundles: readonly Files[]): Promise<RegistryRig> {
  const rig = await registryRig();
  for (const [minor, files] of bundles.entries()) {
    await rig.register(rig.bundle(`b${minor}`, { 'model.pkl': `weights ${minor}`, ...files }), {
      version: { kind: 'as', version: parseVersion(`1.${minor}.0`) },
    });
  }
  return rig;
}

function reports(...texts: readonly string[]): Promise<RegistryRig> {
  return withBundles(...texts.map((text) => ({ 'eval_report.json': text })));
}

async function compareAll(rig: RegistryRig, count: number): Promise<CompareResult> {
  const others = Array.from({ length: count - 1 }, (_, index) => `v1.${index + 1}.0`);
  return compare(rig.workspace, { first: 'm@v1.0.0', others });
}

describe('metrics', () => {
  test('differences are exact, where floats would not be', async () => {
    const rig = await reports('{"auc":0.91,"n":9007199254740993}', '{"auc":0.93,"n":9007199254740992}');
    expect((await compareAll(rig, 2)).metrics).toEqual({
      auc: { a: '0.91', b: '0.93', delta: '0.02' },
      n: { a: '9007199254740993', b: '9007199254740992', delta: '-1' },
    });
  });

  test('key metrics come first in the order of the policy, then the others by name', async () => {
    const rig = await reports('{"accuracy":0.9,"auc":0.9,"f1":0.9,"brier":0.1}', '{"auc":0.9}');
    writeBundle(rig.repository.folder, { 'registry.yaml': 'key_metrics: [auc, f1, none]\n' });
    expect(Object.keys((await compareAll({ ...rig, workspace: await rig.reopen() }, 2)).metrics)).toEqual([
      'auc',
      'f1',
      'accuracy',
      'brier',
    ]);
  });

  test('one that a side lacks has no difference', async () => {
    const rig = await reports('{"a":1,"both":1.0}', '{"b":2,"both":1}');
    const { comparisons, metrics } = await compareAll(rig, 2);
    expect(metrics['a']).toEqual({ a: '1', b: null, delta: null });
    expect(comparisons[0]?.metrics.map(({ name, change }) => [name, change])).toEqual([
      ['a', 'gone'],
      ['b', 'new'],
      ['both', 'same'],
    ]);
  });

  test('each further entry is compared with the first', async () => {
    const { comparisons } = await compareAll(await reports('{"a":0.5}', '{"a":0.75}', '{"a":0.25}'), 3);
    expect(comparisons.map(({ metrics }) => metrics[0]?.delta)).toEqual(['0.25', '-0.25']);
  });

  test('integers of more digits than anyone adds have no difference', async () => {
    const rig = await reports(`{"n":1${'0'.repeat(2000)}}`, '{"n":1}');
    expect((await compareAll(rig, 2)).metrics['n']).toMatchObject({ b: '1', delta: null });
  });

  test('counts behind a metric are no metrics; other members of that name are', async () => {
    const counts = '{"accuracy":0.5,"counts":{"accuracy":{"successes":1,"n":2}}}';
    expect(Object.keys((await compareAll(await reports(counts, counts), 2)).metrics)).toEqual(['accuracy']);
    const tally = '{"counts":{"tp":3}}';
    expect(Object.keys((await compareAll(await reports(tally, tally), 2)).metrics)).toEqual(['counts.tp']);
  });

  test('entries without a report have none', async () => {
    expect((await compareAll(await withBundles({}, {}), 2)).metrics).toEqual({});
  });
});

describe('evidence', () => {
  const on = (digit: string): string => `{"auc":0.9,"eval_set":{"sha256":"${digit.repeat(64)}"}}`;

  test('of different evaluation sets is different', async () => {
    expect((await compareAll(await reports(on('a'), on('b')), 2)).comparisons[0]?.evidence).toEqual({
      kind: 'different',
      differences: [{ part: 'eval_set', digest: 'sha256', a: 'a'.repeat(64), b: 'b'.repeat(64) }],
    });
  });

  test('is unproven where a report names nothing, or means something else by the name', async () => {
    const { comparisons } = await compareAll(await reports(on('a'), '{"auc":0.8}', '{"auc":0.8,"eval_set":"v2"}'), 3);
    expect(comparisons.map(({ evidence }) => evidence.kind)).toEqual(['unproven', 'unproven']);
  });

  test('has the ids of eval_samples.jsonl, whether it lies in git or in the cache', async () => {
    const lines = (id: string): string => `{"id":"${id}","correct":true}\n`;
    const padding = `{"id":"long","text":"${'x'.repeat(1_100_000)}"}\n`;
    const bundle = (text: string): Files => ({ 'eval_report.json': '{"accuracy":1.0}', 'eval_samples.jsonl': text });
    const rig = await withBundles(bundle(lines('a') + padding), bundle(lines('b') + padding), bundle(lines('a')));
    const { comparisons } = await compareAll(rig, 3);
    expect(comparisons.map(({ evidence }) => evidence)).toMatchObject([
      { kind: 'different', differences: [{ part: 'sample_ids' }] },
      { kind: 'different', differences: [{ part: 'sample_ids' }] },
    ]);
  });
});

describe('what entries were made of', () => {
  test('is compared member by member', async () => {
    const train = (seed: number, more: string): string =>
      `{"corpus_dvc_hash":"d8e8fca2dc0f896fd7cb4cb0031ba249","seed":${seed},${more}}`;
    const rig = await withBundles(
      {
        'train_manifest.json': train(1, '"hparams":{"lr":0.1,"epochs":3},"environment":{"python":"3.12","os":"linux"}'),
        'config.json': '{"layers":{"count":2,"width":4},"bias":true}',
      },
      {
        'train_manifest.json': train(
          2,
          '"hparams":{"lr":0.1,"decay":0.5},"environment":{"python":"3.13","os":"linux"}',
        ),
        'config.json': '{"layers":{"count":3,"width":4},"norm":"rms"}',
      },
    );
    expect(await compareAll(rig, 2)).toMatchObject({
      training: [
        {
          name: 'corpus',
          values: ['d8e8fca2dc0f896fd7cb4cb0031ba249', 'd8e8fca2dc0f896fd7cb4cb0031ba249'],
          change: 'same',
        },
        { name: 'seed', values: ['1', '2'], change: 'changed' },
      ],
      params: [
        { name: 'decay', values: [null, '0.5'], change: 'added' },
        { name: 'epochs', values: ['3', null], change: 'removed' },
      ],
      config: [
        { name: 'bias', values: ['true', null], change: 'removed' },
        { name: 'layers.count', values: ['2', '3'], change: 'changed' },
        { name: 'norm', values: [null, 'rms'], change: 'added' },
      ],
      environment: [{ name: 'python', values: ['3.12', '3.13'], change: 'changed' }],
    });
  });

  test('files are the same, changed, added or removed by their digests, in order of role', async () => {
    const rig = await withBundles(
      { 'README.md': 'one', 'config.json': '{}', 'vocab.txt': 'a' },
      { 'model.pkl': 'weights 0', 'config.json': '{} ', 'merges.txt': 'b', 'README.md': 'one' },
    );
    const { files } = await compareAll(rig, 2);
    expect(files.map(({ role, path, change }) => [role, path, change])).toEqual([
      ['config', 'config.json', 'changed'],
      ['doc', 'README.md', 'same'],
      ['tokenizer', 'merges.txt', 'added'],
      ['tokenizer', 'vocab.txt', 'removed'],
      ['weights', 'model.pkl', 'same'],
    ]);
    expect(files[0]?.files.map((file) => file?.bytes)).toEqual([2, 3]);
  });

  test('a configuration that is no strict JSON is compared by its digest alone', async () => {
    const rig = await withBundles({ 'config.json': '{"a":1}' }, { 'config.json': '// {' });
    const { config, files } = await compareAll(rig, 2);
    expect(config).toEqual([{ name: 'a', values: ['1', null], change: 'removed' }]);
    expect(files[0]).toMatchObject({ path: 'config.json', change: 'changed' });
  });
});

describe('SPECs', () => {
  test('an entry keeps the version by which it was asked for', async () => {
    const rig = await reports('{"a":1}');
    await rig.register(rig.bundle('again', { 'model.pkl': 'x', 'eval_report.json': '{"a":2}' }), { pending: true });
    const { promote } = await import('../../src/operations/promote.ts');
    await promote(rig.workspace, { spec: 'm@1.0.0', version: { kind: 'as', version: parseVersion('1.5.0') } });
    const { entries } = await compare(rig.workspace, { first: 'm@1.0.0', others: ['latest', '1.0.0'] });
    expect(entries.map(({ version }) => version)).toEqual(['v1.0.0', 'v1.5.0', 'v1.0.0']);
    expect(entries[1]?.sha256).toBe(entries[0]?.sha256);
  });

  test('without a model mean that of the first; a SHA is found in any', async () => {
    const rig = await reports('{"a":1}', '{"a":2}');
    const elsewhere = await rig.register(rig.bundle('o', lmBundle(7)), {
      model: 'other',
      version: { kind: 'as', version: parseVersion('1.1.0') },
    });
    const short = elsewhere.sha256.slice(0, 12);
    const { entries } = await compare(rig.workspace, { first: 'm@1.0.0', others: ['1.1.0', 'other@1.1.0', short] });
    expect(entries.map(({ model, version }) => [model, version])).toEqual([
      ['m', 'v1.0.0'],
      ['m', 'v1.1.0'],
      ['other', 'v1.1.0'],
      ['other', 'v1.1.0'],
    ]);
  });

  test('that name nothing are refused', async () => {
    const rig = await reports('{"a":1}');
    const asked = (other: string): Promise<CompareResult> =>
      compare(rig.workspace, { first: 'm@1.0.0', others: [other] });
    await expect(asked('1.7.0')).rejects.toEqual(failsWith('unknown-spec'));
    await expect(asked('0123456789ab')).rejects.toEqual(failsWith('unknown-spec'));
    await expect(asked('other@1.0.0')).rejects.toEqual(failsWith('unknown-model'));
  });
});
