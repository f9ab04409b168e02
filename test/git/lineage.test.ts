import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openWorkspace } from '../../src/cli/compose.ts';
import { lineage } from '../../src/operations/lineage.ts';
import { tombstone } from '../../src/operations/tombstone.ts';
import { SILENT } from '../../src/ports/progress.ts';
import { lmBundle, registryRig } from '../support/registry-rig.ts';

test('up: every ancestor once, with corpus, code, seed and run; a data set is an input', async () => {
  const rig = await registryRig();
  rig.repository.git(['commit', '--quiet', '--allow-empty', '-m', 'train the tutor']);
  const code = rig.repository.git(['rev-parse', 'HEAD']);
  const data = await rig.register(rig.bundle('data', { 'train.jsonl': '{}\n' }), { model: 'verbs' });
  const base = await rig.register(
    rig.bundle(
      'a',
      lmBundle(1, {
        'train_manifest.json': `{"seed":18446744073709551615,"code_git_sha":"${code}","corpus_dvc_hash":"abc","input_shas":["${data.sha256}"],"mlflow_run_id":"r1","hparams":{"lr":3e-4}}`,
      }),
    ),
  );
  const left = await rig.register(rig.bundle('l', lmBundle(2)), { parents: [base.sha256] });
  const right = await rig.register(
    rig.bundle('r', lmBundle(3, { 'train_manifest.json': `{"code_git_sha":"${'9'.repeat(40)}"}` })),
    { parents: [base.sha256] },
  );
  const merged = await rig.register(
    rig.bundle('merge', { 'model.safetensors': lmBundle(4)['model.safetensors'] as Uint8Array }),
    {
      model: 'merged',
      profile: 'files/1',
      parents: [left.sha256, right.sha256],
    },
  );
  const graph = await lineage(rig.workspace, { spec: merged.sha256, direction: 'up', depth: Number.POSITIVE_INFINITY });
  expect(graph.root).toBe(merged.sha256);
  expect(graph.nodes.map(({ sha256 }) => sha256)).toEqual(
    [merged, left, right, base, data].map(({ sha256 }) => sha256),
  );
  expect(graph.edges).toContainEqual({ from: base.sha256, to: data.sha256, kind: 'input' });
  expect(graph.edges.filter(({ to }) => to === base.sha256)).toHaveLength(2);
  expect(graph.nodes[3]).toMatchObject({
    seed: '18446744073709551615',
    corpus: 'abc',
    runId: 'r1',
    hparams: { lr: '0.0003' },
    code: { commit: code, here: true, subject: 'train the tutor' },
    places: [{ model: 'm' }],
  });
  expect(graph.nodes[2]?.code).toEqual({ commit: '9'.repeat(40), here: false, subject: null, date: null });
  expect(graph.nodes[4]?.places).toMatchObject([{ model: 'verbs' }]);
  const near = await lineage(rig.workspace, { spec: merged.sha256, direction: 'up', depth: 1 });
  expect(near.nodes).toHaveLength(3);
  expect(near.cut).toBe(2);
});

test('down: every descendant in every model, children told from consumers, tombstones marked', async () => {
  const rig = await registryRig();
  const data = await rig.register(rig.bundle('data', { 'train.jsonl': 'bad' }), { model: 'verbs' });
  const a = await rig.register(
    rig.bundle('a', lmBundle(1, { 'train_manifest.json': `{"input_shas":["${data.sha256}"]}` })),
  );
  const b = await rig.register(rig.bundle('b', lmBundle(2)), { parents: [a.sha256], pending: true });
  const c = await rig.register(rig.bundle('c', lmBundle(3)), { model: 'n', parents: [a.sha256] });
  await rig.register(rig.bundle('apart', lmBundle(4)));
  await tombstone(rig.workspace, { spec: `n@${c.sha256}`, reason: 'leak', purgeWeights: false });
  const graph = await lineage(rig.workspace, { spec: data.sha256, direction: 'down', depth: Number.POSITIVE_INFINITY });
  expect(new Set(graph.nodes.map(({ sha256 }) => sha256))).toEqual(
    new Set([data, a, b, c].map(({ sha256 }) => sha256)),
  );
  expect(graph.edges).toHaveLength(3);
  expect(graph.edges).toContainEqual({ from: a.sha256, to: data.sha256, kind: 'input' });
  expect(graph.edges).toContainEqual({ from: c.sha256, to: a.sha256, kind: 'parent' });
  const node = (sha256: string) => graph.nodes.find((found) => found.sha256 === sha256);
  expect(node(c.sha256)?.places).toMatchObject([{ model: 'n', status: 'tombstoned', tombstone: 'leak' }]);
  expect(node(b.sha256)?.places).toMatchObject([{ model: 'm', status: 'pending' }]);
});

describe('the walk to the corpus is O(depth)', () => {
  test('it starts one git log and one cat-file, however many other entries there are', async () => {
    const rig = await registryRig();
    let parent: string | undefined;
    for (let depth = 0; depth < 6; depth += 1) {
      parent = (
        await rig.register(rig.bundle(`d${depth}`, lmBundle(depth)), parent === undefined ? {} : { parents: [parent] })
      ).sha256;
      await rig.register(rig.bundle(`other${depth}`, lmBundle(100 + depth)));
    }
    const trace = join(rig.repository.folder, '..', 'trace');
    const env = { ...rig.repository.environment, GIT_TRACE2_EVENT: trace };
    const workspace = await openWorkspace({
      cwd: rig.repository.folder,
      env,
      progress: SILENT,
      signal: new AbortController().signal,
    });
    const graph = await lineage(workspace, { spec: `m@${parent}`, direction: 'up', depth: Number.POSITIVE_INFINITY });
    await workspace.close();
    expect(graph.nodes).toHaveLength(6);
    expect(existsSync(trace)).toBe(true);
    const started = readFileSync(trace, 'utf8')
      .split('\n')
      .filter((line) => line.includes('"event":"start"'))
      .map((line) =>
        (JSON.parse(line) as { argv: string[] }).argv.find((word) =>
          /^(rev-list|log|cat-file|for-each-ref|rev-parse|show)$/.test(word),
        ),
      );
    expect(started.filter((name) => name !== undefined).sort()).toEqual(['cat-file', 'rev-list']);
  });
});
