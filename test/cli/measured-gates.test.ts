/** Gates that measure, through promotions, the log and other clones. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type CliRegistry, cliRegistry } from '../support/cli-registry.ts';
import { scored } from '../support/improve-question.ts';

type Verdict = Readonly<Record<string, string>>;

function commit(registry: CliRegistry, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) writeFileSync(join(registry.repository.folder, path), text);
  registry.repository.git(['add', '.']);
  registry.repository.git(['commit', '--quiet', '-m', 'project']);
}

function add(registry: CliRegistry, version: string, report: object): void {
  const files = { 'model.bin': `weights ${version}`, 'eval_report.json': JSON.stringify(report) };
  registry.must('register', registry.bundle(version, files), '--as', version);
}

function failing({ document }: ReturnType<CliRegistry['run']>): readonly Verdict[] {
  const { verdicts } = document['governed'] as { readonly verdicts: readonly Verdict[] };
  return verdicts.filter(({ outcome }) => outcome !== 'pass');
}

const EDGES = [0, 10, 20, 30, 40];
const MD5 = 'd8e8fca2dc0f896fd7cb4cb0031ba249';
const PROJECT = {
  'registry.yaml': `
model: m
gates:
  production:
    require_drift_check: true
    improve: { metric: f1, confidence: 0.95, baseline: optional }
    drift: { file: current.json, psi: 0.2, ks: 0.2 }
    eval_set: eval.jsonl.dvc
    latency: { p50: 60, p95: 150 }
`,
  'current.json': JSON.stringify({ age: { edges: EDGES, counts: [0.1, 0.25, 0.3, 0.35] } }),
  'eval.jsonl.dvc': `outs:\n- md5: ${MD5}\n  size: 5\n  hash: md5\n  path: eval.jsonl\n`,
};

/** A report with scores around `mean`; `salt` makes its noise another. */
function report(mean: number, salt: number): object {
  const f1 = Array.from({ length: 80 }, (_, index) => mean + Math.sin(index * salt) / 10);
  return {
    f1: f1.reduce((sum, score) => sum + score, 0) / f1.length,
    samples: f1.map((score, id) => ({ id, f1: score })),
    eval_set: { md5: MD5 },
    drift_check_passed: true,
    latency_ms: [42, 45, 47, 50, 52, 55, 61, 75, 110, 180],
    histograms: { age: { edges: EDGES, counts: [0.2, 0.3, 0.25, 0.25] } },
  };
}

test('a promotion by measurement is judged again to the same bytes in a clone, long after everything has changed', () => {
  const registry = cliRegistry();
  commit(registry, PROJECT);
  add(registry, '1.0.0', report(0.7, 1));
  add(registry, '1.1.0', report(0.701, 2));
  add(registry, '1.2.0', report(0.8, 3));
  registry.must('promote', 'v1.0.0', '--to', 'production');
  const refused = registry.run('promote', 'v1.1.0', '--to', 'production');
  expect(refused.exitCode).toBe(1);
  expect(failing(refused)).toMatchObject([{ gate: 'improve', metric: 'f1', threshold: '0' }]);
  registry.must('promote', 'v1.2.0', '--to', 'production');
  const event = registry.newestEvent('m');
  // The baseline is gone from production, and the files of the project say something else.
  commit(registry, { 'registry.yaml': 'model: m\n', 'current.json': '{}', 'eval.jsonl.dvc': 'outs: []\n' });
  const here = registry.must('gate', 'replay', String(event['id']));
  expect(here).toMatchObject({ same: true, differing: [], skipped: 0 });
  const { git, folder } = registry.repository;
  const clone = join(folder, '..', 'clone');
  git(['init', '--quiet', '--bare', clone]);
  git(['push', '--quiet', clone, 'refs/registry/*:refs/registry/*']);
  expect(registry.runIn({ cwd: clone }, 'gate', 'replay', String(event['id']), '--model', 'm').document).toEqual(here);
});

test('each metric that escalates asks for one approver more', () => {
  const registry = cliRegistry();
  commit(registry, {
    'registry.yaml':
      'model: m\ngates: { production: { escalate_at: { metric: risk.*, at: 0.70, refuse_at: 0.99 } } }\n',
  });
  add(registry, '1.0.0', { risk: { a: 0.05, b: 0.2, c: 0.45, d: 0.8, e: 0.95 } });
  const refused = registry.run('promote', 'v1.0.0', '--to', 'production');
  expect(failing(refused).map(({ metric, outcome }) => [metric, outcome])).toEqual([
    ['risk.d', 'escalate'],
    ['risk.e', 'escalate'],
  ]);
  expect(refused).toMatchObject({ exitCode: 1, document: { governed: { approvals: { needed: 2, counted: [] } } } });
});

test('a gate of the command line adds to the policy: --max holds beside improve', () => {
  const registry = cliRegistry();
  commit(registry, {
    'registry.yaml':
      'model: m\ngates: { production: { improve: { metric: accuracy, confidence: 0.9, baseline: optional } } }\n',
  });
  add(registry, '1.0.0', { ...scored([1, 1, 0, 1]), loss: 0.3 });
  expect(failing(registry.run('promote', 'v1.0.0', '--to', 'production', '--max', 'loss=0.2'))).toMatchObject([
    { gate: 'max_loss', value: '0.3', threshold: '0.2' },
  ]);
  registry.must('promote', 'v1.0.0', '--to', 'production', '--max', 'loss=0.3');
});
