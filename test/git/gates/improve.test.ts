import { describe, expect, test } from 'vitest';
import { sha256Of } from '../../../src/domain/digest.ts';
import { encodeGateReport } from '../../../src/domain/gate-report.ts';
import { type GovernedRig, governedRig } from '../../support/governed-rig.ts';
import { scored } from '../../support/improve-question.ts';

/** Puts a report into production and judges another. */
async function compared(gates: string, production: object, candidate: object): Promise<readonly object[]> {
  const rig = await governedRig();
  await rig.occupy(await rig.addReport('old', production));
  rig.govern(gates);
  return (await rig.judge(await rig.addReport('new', candidate))).report.verdicts;
}

/** Samples of which the first so many are right, one JSON object a line. */
function lines(right: number, n: number): string {
  return Array.from({ length: n }, (_, index) => `{"id": "q${index}", "correct": ${index < right}}\n`).join('');
}

describe('improve', () => {
  test('production + 0.02 refuses 0.93 over 0.91, and says over what', async () => {
    const rig = await governedRig();
    const production = await rig.addReport('old', { auc: 0.91 });
    await rig.occupy(production);
    rig.govern('{ improve: { metric: auc, by: 0.02 } }');
    const { report } = await rig.judge(await rig.addReport('new', { auc: 0.93 }));
    expect(report.verdicts).toMatchObject([{ value: '0.93', threshold: '0.93', outcome: 'fail' }]);
    expect(report.verdicts[0]?.method).toContain(`production ${production.slice(0, 12)}: 0.91 + 0.02`);
    expect(report.inputs.map(({ entry, name }) => [entry, name])).toContainEqual([production, 'eval_report.json']);
    const better = await rig.judge(await rig.addReport('newer', { auc: 0.931 }));
    expect(better.report.verdicts).toMatchObject([{ outcome: 'pass' }]);
  });

  test('without a baseline it fails, or passes and says so where that is optional', async () => {
    const rig = await governedRig();
    const spec = await rig.addReport('a', { auc: 0.93 });
    rig.govern('{ improve: { metric: auc } }');
    const told = { gate: 'improve', metric: 'auc' };
    const required = { ...told, method: 'there is no production: no baseline, which is required', outcome: 'fail' };
    expect((await rig.judge(spec)).report.verdicts).toEqual([required]);
    rig.govern('{ improve: { metric: auc, baseline: optional } }');
    const optional = { ...told, method: 'there is no production: no baseline, which is optional', outcome: 'pass' };
    expect((await rig.judge(spec)).report.verdicts).toEqual([optional]);
  });

  test('an entry is no baseline of itself', async () => {
    const rig = await governedRig();
    const spec = await rig.addReport('a', { auc: 0.93 });
    await rig.occupy(spec);
    rig.govern('{ improve: { metric: auc, baseline: optional } }');
    expect((await rig.judge(spec)).report.verdicts).toMatchObject([
      { method: expect.stringContaining('production is the candidate itself'), outcome: 'pass' },
    ]);
  });

  test('over any SPEC of the model', async () => {
    const rig = await governedRig();
    const old = await rig.addReport('old', { auc: 0.91 });
    const spec = await rig.addReport('new', { auc: 0.93 });
    rig.govern(`{ improve: { metric: auc, over: "${old.slice(0, 12)}" } }`);
    expect((await rig.judge(spec)).report.verdicts).toMatchObject([{ outcome: 'pass' }]);
    rig.govern('{ improve: { metric: auc, over: abcdef0, baseline: optional } }');
    expect((await rig.judge(spec)).report.verdicts).toMatchObject([{ outcome: 'fail' }]);
    rig.govern('{ improve: { metric: auc, over: v9.9.9, baseline: optional } }');
    expect((await rig.judge(spec)).report.verdicts).toMatchObject([
      { method: expect.stringContaining('v9.9.9 names no entry'), outcome: 'fail' },
    ]);
  });

  test('a baseline without a report is none that could be beaten', async () => {
    const rig = await governedRig();
    await rig.occupy(await rig.add('old', {}));
    rig.govern('{ improve: { metric: auc, baseline: optional } }');
    const { verdicts } = (await rig.judge(await rig.addReport('new', { auc: 1 }))).report;
    expect(verdicts).toMatchObject([
      { method: expect.stringContaining('the bundle has no eval_report.json'), outcome: 'fail' },
    ]);
  });

  test('reports of other evaluation sets are not compared, however much better', async () => {
    const [a, b] = ['a'.repeat(32), 'b'.repeat(32)];
    const gates = '{ improve: { metric: auc } }';
    const verdicts = await compared(gates, { auc: 0.5, eval_set: { md5: a } }, { auc: 0.99, eval_set: { md5: b } });
    expect(verdicts).toMatchObject([
      {
        outcome: 'fail',
        method: expect.stringMatching(`^unlike evidence, not compared: eval_set md5 ${b}, of .* ${a}$`),
      },
    ]);
  });

  test('samples in the report decide at the confidence', async () => {
    const bits = (right: number): object => scored(Array.from({ length: 100 }, (_, index) => (index < right ? 1 : 0)));
    const gates = '{ improve: { metric: accuracy, confidence: 0.95 } }';
    expect(await compared(gates, bits(80), bits(90))).toMatchObject([
      { outcome: 'pass', method: expect.stringContaining('100 samples: gain 0.1 [') },
    ]);
    expect(await compared(gates, bits(80), bits(82))).toMatchObject([
      { outcome: 'fail', method: expect.stringContaining('2 gained, 0 lost: p 0.25') },
    ]);
  });

  test('so do samples in eval_samples.jsonl, which is an input of the report', async () => {
    const rig = await governedRig();
    const add = (name: string, right: number): Promise<string> =>
      rig.add(name, {
        'eval_report.json': JSON.stringify({ overall: { accuracy: right / 100 } }),
        'eval_samples.jsonl': lines(right, 100),
      });
    const production = await add('old', 80);
    await rig.occupy(production);
    rig.govern('{ improve: { metric: overall.accuracy, confidence: 0.95 } }');
    const candidate = await add('new', 90);
    const { report } = await rig.judge(candidate);
    expect(report.verdicts).toMatchObject([{ outcome: 'pass', method: expect.stringContaining('100 samples') }]);
    const read = report.inputs.filter(({ name }) => name === 'eval_samples.jsonl');
    expect(read.map(({ sha256 }) => sha256)).toContain(sha256Of(lines(90, 100)));
    expect(read).toHaveLength(2);
  });

  test('several metrics are held to one confidence together', async () => {
    const counted = (a: number, b: number): object => ({
      a: a / 1000,
      b: b / 1000,
      counts: { a: { successes: a, n: 1000 }, b: { successes: b, n: 1000 } },
    });
    const gates = '{ improve: [{ metric: a, confidence: 0.95 }, { metric: b, confidence: 0.95 }, { metric: a }] }';
    const verdicts = await compared(gates, counted(900, 900), counted(924, 890));
    expect(verdicts).toMatchObject([
      { metric: 'a', outcome: 'fail', method: expect.stringContaining('at 0.975 by Holm, 2 metrics') },
      { metric: 'b', outcome: 'fail' },
      { metric: 'a', outcome: 'pass', method: expect.stringContaining('exact decimals') },
    ]);
  });

  test('the report is the same bytes in another clone, resampling and all', async () => {
    const make = async (): Promise<{ rig: GovernedRig; spec: string }> => {
      const rig = await governedRig();
      const noisy = (shift: number): object =>
        scored(Array.from({ length: 50 }, (_, index) => Math.sin(index * 7) + shift * Math.cos(index)));
      await rig.occupy(await rig.addReport('old', noisy(0)));
      rig.govern('{ improve: { metric: accuracy, confidence: 0.9, margin: 0.5 } }');
      return { rig, spec: await rig.addReport('new', noisy(0.3)) };
    };
    const [one, other] = [await make(), await make()];
    const report = encodeGateReport((await one.rig.judge(one.spec)).report);
    expect(encodeGateReport((await one.rig.judge(one.spec)).report)).toBe(report);
    expect(encodeGateReport((await other.rig.judge(other.spec)).report)).toBe(report);
  });
});
