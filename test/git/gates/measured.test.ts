/** Gates that look at one report: `require_drift_check`, `escalate_at`, `eval_set`, `latency`. */
import { describe, expect, test } from 'vitest';
import { annotate } from '../../../src/operations/annotate.ts';
import { type GovernedRig, governedRig } from '../../support/governed-rig.ts';

const MD5 = 'd8e8fca2dc0f896fd7cb4cb0031ba249';
const SHA256 = 'e'.repeat(64);
const DVC = `outs:\n- md5: ${MD5}\n  size: 5\n  hash: md5\n  path: eval_baseline.jsonl\n`;

async function verdictsOf(
  gates: string,
  report: object,
  files: Record<string, string> = {},
): Promise<readonly object[]> {
  const rig = await governedRig();
  const sha256 = await rig.addReport('a', report);
  rig.govern(gates, files);
  return (await rig.judge(sha256)).report.verdicts;
}

describe('require_drift_check', () => {
  const note = async (rig: GovernedRig, spec: string): Promise<void> => {
    const target = { kind: 'entry', spec, model: 'm' } as const;
    await annotate(rig.workspace, { target, set: { drift_check_passed: 'true' }, unset: [] });
  };
  const judged = async (rig: GovernedRig, spec: string): Promise<readonly object[]> => {
    rig.govern('{ require_drift_check: true }');
    return (await rig.judge(spec)).report.verdicts;
  };

  test('passes where the report says so, fails where it says the opposite or another thing', async () => {
    expect(await verdictsOf('{ require_drift_check: true }', { drift_check_passed: true })).toMatchObject([
      { gate: 'require_drift_check', value: 'true', threshold: 'true', outcome: 'pass' },
    ]);
    expect(await verdictsOf('{ require_drift_check: true }', { drift_check_passed: false })).toMatchObject([
      { value: 'false', outcome: 'fail' },
    ]);
    expect(await verdictsOf('{ require_drift_check: true }', { drift_check_passed: 'yes' })).toMatchObject([
      { method: expect.stringContaining('/drift_check_passed'), outcome: 'fail' },
    ]);
  });

  test('asks the annotation where the report says nothing, or there is none', async () => {
    const rig = await governedRig();
    const spec = await rig.add('a', {});
    expect(await judged(rig, spec)).toMatchObject([{ method: expect.stringContaining('neither'), outcome: 'fail' }]);
    await note(rig, spec);
    expect((await rig.judge(spec)).report.verdicts).toMatchObject([{ value: 'true', outcome: 'pass' }]);
  });

  test('an annotation does not outvote the report', async () => {
    const rig = await governedRig();
    const spec = await rig.addReport('a', { drift_check_passed: false });
    await note(rig, spec);
    expect(await judged(rig, spec)).toMatchObject([{ outcome: 'fail' }]);
  });

  test('false in the policy asks for nothing', async () => {
    expect(await verdictsOf('{ require_drift_check: false }', {})).toEqual([]);
  });
});

describe('escalate_at', () => {
  test('the table of scores .05 .2 .45 .8 .95 at .70 escalates two', async () => {
    const report = { risk: { r1: 0.05, r2: 0.2, r3: 0.45, r4: 0.8, r5: 0.95 } };
    const verdicts = await verdictsOf('{ escalate_at: { metric: "risk.*", at: 0.70 } }', report);
    expect(verdicts.map((verdict) => (verdict as { outcome: string }).outcome)).toEqual([
      'pass',
      'pass',
      'pass',
      'escalate',
      'escalate',
    ]);
    expect(verdicts[3]).toEqual({
      gate: 'escalate_at',
      metric: 'risk.r4',
      value: '0.8',
      threshold: '0.70',
      method: 'value >= threshold: one approver more, exact decimals',
      outcome: 'escalate',
    });
  });

  test('both bounds belong to what they begin', async () => {
    const gates = '{ escalate_at: { metric: "risk.*", at: 0.70, refuse_at: 0.99 } }';
    expect(await verdictsOf(gates, { risk: { a: 0.69999, b: 0.7, c: 0.98999, d: 0.99 } })).toMatchObject([
      { threshold: '0.70', outcome: 'pass' },
      { threshold: '0.70', outcome: 'escalate' },
      { threshold: '0.70', outcome: 'escalate' },
      { threshold: '0.99', outcome: 'fail' },
    ]);
  });

  test('a metric that is missing fails', async () => {
    expect(await verdictsOf('{ escalate_at: { metric: risk, at: 0.70 } }', { riskier: 0.1 })).toMatchObject([
      { metric: 'risk', threshold: '0.70', method: 'eval_report.json has no such metric', outcome: 'fail' },
    ]);
  });
});

describe('eval_set', () => {
  test('a DVC pointer of the project pins what the report must name', async () => {
    const files = { 'data/eval_baseline.jsonl.dvc': DVC };
    const gates = '{ eval_set: data/eval_baseline.jsonl.dvc }';
    expect(await verdictsOf(gates, { eval_set: { md5: MD5, path: 'x' } }, files)).toEqual([
      {
        gate: 'eval_set',
        metric: 'eval_set.md5',
        value: MD5,
        threshold: MD5,
        method: 'the digest in data/eval_baseline.jsonl.dvc',
        outcome: 'pass',
      },
    ]);
    expect(await verdictsOf(gates, { eval_set: { md5: 'a'.repeat(32) } }, files)).toMatchObject([{ outcome: 'fail' }]);
    expect(await verdictsOf(gates, { eval_set: { sha256: SHA256 } }, files)).toMatchObject([
      { threshold: MD5, method: 'eval_report.json names no md5 of its evaluation set', outcome: 'fail' },
    ]);
  });

  test('the pointer is an input of the report, and its bytes are kept', async () => {
    const rig = await governedRig();
    const spec = await rig.addReport('a', { eval_set: { md5: MD5 } });
    rig.govern('{ eval_set: data/eval.dvc }', { 'data/eval.dvc': DVC });
    const { report, projectFiles } = await rig.judge(spec);
    expect(report.inputs).toContainEqual(expect.objectContaining({ name: 'data/eval.dvc', bytes: DVC.length }));
    expect(projectFiles.map(({ bytes }) => new TextDecoder().decode(bytes))).toEqual([DVC]);
  });

  test('a digest in the policy does as well, of either kind', async () => {
    const report = { eval_set: { md5: MD5, sha256: SHA256 } };
    expect(await verdictsOf(`{ eval_set: ${MD5} }`, report)).toMatchObject([{ outcome: 'pass' }]);
    expect(await verdictsOf(`{ eval_set: ${SHA256} }`, report)).toMatchObject([{ outcome: 'pass' }]);
    expect(await verdictsOf(`{ eval_set: ${'f'.repeat(64)} }`, report)).toMatchObject([{ outcome: 'fail' }]);
  });

  test('what pins nothing fails: no such file, no pointer, no digest', async () => {
    const failing = async (pinned: string): Promise<unknown> =>
      (await verdictsOf(`{ eval_set: ${pinned} }`, { eval_set: { md5: MD5 } }, { 'x.dvc': 'outs: []\n' }))[0];
    expect(await failing('y.dvc')).toMatchObject({ method: expect.stringContaining('has no y.dvc'), outcome: 'fail' });
    expect(await failing('x.dvc')).toMatchObject({ method: expect.stringContaining('no .dvc file'), outcome: 'fail' });
    expect(await failing('data/x.jsonl')).toMatchObject({
      method: expect.stringContaining('expected'),
      outcome: 'fail',
    });
  });
});

describe('latency', () => {
  const LATENCIES = [42, 45, 47, 50, 52, 55, 61, 75, 110, 180];

  test('percentiles of the raw latencies are those of the seed: p50 53.5, p95 148.5', async () => {
    expect(await verdictsOf('{ latency: { p50: 53.5, p95: 148.4 } }', { latency_ms: LATENCIES })).toMatchObject([
      { gate: 'latency', metric: 'latency.p50', value: '53.5', threshold: '53.5', outcome: 'pass' },
      { gate: 'latency', metric: 'latency.p95', value: '148.5', threshold: '148.4', outcome: 'fail' },
    ]);
  });

  test('a stated percentile goes before raw latencies', async () => {
    const report = { latency: { p95: 120 }, latency_ms: LATENCIES };
    expect(await verdictsOf('{ latency: { p95: 150, p99: 150 } }', report)).toMatchObject([
      { value: '120', method: 'value <= threshold, as stated, exact decimals', outcome: 'pass' },
      { value: '173.7', outcome: 'fail' },
    ]);
  });

  test('where neither is there it fails, once for each percentile', async () => {
    expect(await verdictsOf('{ latency: { p50: 1, p90: 1 } }', { auc: 1 })).toMatchObject([
      { metric: 'latency.p50', outcome: 'fail' },
      { metric: 'latency.p90', method: 'eval_report.json has neither latency.p90 nor latency_ms', outcome: 'fail' },
    ]);
    expect(await verdictsOf('{ latency: { p50: 1 } }', { latency_ms: [] })).toMatchObject([{ outcome: 'fail' }]);
    expect(await verdictsOf('{ latency: { p50: 1 } }', { latency_ms: [-1] })).toMatchObject([
      { method: expect.stringContaining('/latency_ms/0'), outcome: 'fail' },
    ]);
  });
});

describe('a bundle without eval_report.json', () => {
  test('fails every gate that asks it, and says so', async () => {
    const rig = await governedRig();
    const spec = await rig.add('a', {});
    const gates = '{ min_auc: 0.5, escalate_at: { metric: risk, at: 1 }, eval_set: x.dvc, latency: { p50: 1 }';
    rig.govern(`${gates}, drift: { file: d.json, psi: 0.2 } }`, { 'x.dvc': DVC, 'd.json': '{}' });
    const { verdicts } = (await rig.judge(spec)).report;
    expect(verdicts.map(({ outcome }) => outcome)).toEqual(['fail', 'fail', 'fail', 'fail', 'fail']);
    expect(verdicts.every(({ method }) => method.includes('eval_report.json'))).toBe(true);
  });
});
