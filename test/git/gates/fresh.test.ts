import { expect, test } from 'vitest';
import type { GateVerdict } from '../../../src/ports/gate.ts';
import { verdictsOf } from '../../support/gate-verdicts.ts';
import { lmBundle, type RegistryRig, registryRig } from '../../support/registry-rig.ts';

const DAY = 86_400_000;

async function ageOf(rig: RegistryRig, spec: string, within: string): Promise<GateVerdict | undefined> {
  return (await verdictsOf(rig, spec, { fresh: { within } }))[0];
}

test('an entry is fresh until the time since its registration is over', async () => {
  const rig = await registryRig();
  const { sha256 } = await rig.register(rig.bundle('a', lmBundle(1)));
  expect(await ageOf(rig, sha256, '1h')).toMatchObject({ gate: 'fresh', threshold: '3600', outcome: 'pass' });
  rig.pass(30 * DAY);
  const old = await ageOf(rig, sha256, '30d');
  expect(old).toMatchObject({ threshold: '2592000', outcome: 'fail' });
  expect(Number(old?.value)).toBeGreaterThan(30 * 86_400);
  expect(old?.method).toMatch(/^seconds since it was registered, 2026-01-05T09:00:\d\d\.000Z; at most "30d"$/);
});

test('the older of registration and evaluated_at counts, in whatever zone; a later one makes nothing fresher', async () => {
  const rig = await registryRig();
  const report = (at: string): string => `{"evaluated_at":${JSON.stringify(at)},"accuracy":0.9}`;
  const register = async (seed: number, at: string): Promise<string> =>
    (await rig.register(rig.bundle(`b${seed}`, lmBundle(seed, { 'eval_report.json': report(at) })))).sha256;
  const early = await register(1, '2025-12-01T12:00:00+02:00');
  const late = await register(2, '2031-01-01');
  const unreadable = await register(3, 'last week');
  expect(await ageOf(rig, early, '30d')).toMatchObject({
    outcome: 'fail',
    method: 'seconds since its evaluated_at, 2025-12-01T10:00:00.000Z; at most "30d"',
  });
  expect(await ageOf(rig, early, '60d')).toMatchObject({ outcome: 'pass' });
  expect(await ageOf(rig, late, '1h')).toMatchObject({ outcome: 'pass' });
  rig.pass(2 * DAY);
  expect(await ageOf(rig, late, '1d')).toMatchObject({ outcome: 'fail' });
  expect(await ageOf(rig, unreadable, '30d')).toEqual({
    gate: 'fresh',
    threshold: '2592000',
    method: 'eval_report.json: evaluated_at is no ISO 8601 time',
    outcome: 'fail',
  });
});
