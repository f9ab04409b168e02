import { describe, expect, test } from 'vitest';
import { governedRig } from '../../support/governed-rig.ts';

const EDGES = [0, 10, 20, 30, 40];
const REFERENCE = { age: { edges: EDGES, counts: [20, 30, 25, 25] } };
const CURRENT = JSON.stringify({ age: { edges: EDGES, counts: [10, 25, 30, 35] } });
const GATES = '{ drift: { file: data/current.json, psi: 0.2, js: 0.01 } }';

async function judged(
  bundle: Record<string, string>,
  current: string | undefined,
  gates = GATES,
): Promise<readonly object[]> {
  const rig = await governedRig();
  const spec = await rig.add('a', bundle);
  rig.govern(gates, current === undefined ? {} : { 'data/current.json': current });
  return (await rig.judge(spec)).report.verdicts;
}

const inReport = (histograms: unknown): Record<string, string> => ({
  'eval_report.json': JSON.stringify({ histograms }),
});

describe('drift', () => {
  test("histograms of the report against the project's file: the seed's PSI and JS", async () => {
    expect(await judged(inReport(REFERENCE), CURRENT)).toMatchObject([
      {
        gate: 'drift',
        metric: 'psi.age',
        value: expect.stringMatching(/^0\.12119/),
        threshold: '0.2',
        outcome: 'pass',
      },
      {
        gate: 'drift',
        metric: 'js.age',
        value: expect.stringMatching(/^0\.01495/),
        threshold: '0.01',
        outcome: 'fail',
      },
    ]);
  });

  test('or those of reference_histograms.json; both files are inputs of the report', async () => {
    const rig = await governedRig();
    const spec = await rig.add('a', { 'reference_histograms.json': JSON.stringify(REFERENCE) });
    rig.govern(GATES, { 'data/current.json': CURRENT });
    const { report } = await rig.judge(spec);
    expect(report.verdicts.map(({ outcome }) => outcome)).toEqual(['pass', 'fail']);
    expect(report.inputs.map(({ name }) => name).sort()).toEqual(['data/current.json', 'reference_histograms.json']);
  });

  test('what is missing or in another form fails, and says where', async () => {
    const method = async (...told: Parameters<typeof judged>): Promise<unknown> => (await judged(...told))[0];
    expect(await method({}, CURRENT)).toMatchObject({
      method: expect.stringContaining('no reference_histograms.json'),
      outcome: 'fail',
    });
    expect(await method(inReport({ age: {} }), CURRENT)).toMatchObject({
      method: expect.stringContaining('/histograms/age'),
    });
    expect(await method(inReport(REFERENCE), undefined)).toMatchObject({
      method: expect.stringContaining('no data/current.json'),
    });
    expect(await method(inReport(REFERENCE), '{')).toMatchObject({ method: 'data/current.json is no strict JSON' });
    expect(await method(inReport(REFERENCE), '{"age": 1}')).toMatchObject({
      method: expect.stringContaining('/age: expected'),
    });
  });

  test('a rule that bounds nothing is refused with registry.yaml', async () => {
    await expect(judged(inReport(REFERENCE), CURRENT, '{ drift: { file: data/current.json } }')).rejects.toMatchObject({
      code: 'bad-policy',
    });
  });
});
