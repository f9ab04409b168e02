/** Judging again gives the same bytes, whatever was judged, wherever, and whatever came after. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openWorkspace } from '../../src/cli/compose.ts';
import { annotate } from '../../src/operations/annotate.ts';
import { gateReplay } from '../../src/operations/gate-replay.ts';
import { gateRun } from '../../src/operations/gate-run.ts';
import { SILENT } from '../../src/ports/progress.ts';
import { registryRig } from '../support/registry-rig.ts';

const NAMES = ['auc', 'loss', 'by.go', 'by.be'] as const;
const number = fc.oneof(fc.integer({ min: -1000, max: 1000 }), fc.double({ noNaN: true, noDefaultInfinity: true }));
const report = fc.dictionary(fc.constantFrom('auc', 'loss'), number, { maxKeys: 2 });
const slices = fc.dictionary(fc.constantFrom('go', 'be', 'é'), number, { maxKeys: 3 });
const gates = fc.dictionary(
  fc.tuple(fc.constantFrom('min', 'max'), fc.constantFrom(...NAMES, '*', 'by.*')).map((parts) => parts.join('_')),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  { minKeys: 1, maxKeys: 4 },
);

test('a replay gives the digest that was stored, in another clone and after the policy and the log have moved on', async () => {
  const rig = await registryRig();
  const { folder, environment, git } = rig.repository;
  const policy = join(folder, 'registry.yaml');
  let count = 0;
  await fc.assert(
    fc.asyncProperty(report, slices, gates, async (metrics, by, rules) => {
      count += 1;
      writeFileSync(policy, JSON.stringify({ gates: { staging: rules } }));
      const files = { 'model.bin': `${count}`, 'eval_report.json': JSON.stringify({ ...metrics, by }) };
      const { sha256 } = await rig.register(rig.bundle(`b${count}`, files));
      const judged = await gateRun(await rig.reopen(), { spec: `m@${sha256}`, to: 'staging' });
      writeFileSync(policy, 'gates: { staging: { min_nothing: 1 } }\n');
      const spec = { kind: 'entry', spec: `m@${sha256}` } as const;
      await annotate(await rig.reopen(), { target: spec, set: { seen: 'yes' }, unset: [] });
      const clone = join(folder, '..', `clone-${count}.git`);
      git(['init', '--quiet', '--bare', clone]);
      git(['push', '--quiet', clone, 'refs/registry/*:refs/registry/*']);
      const signal = new AbortController().signal;
      const there = await openWorkspace({ cwd: clone, env: environment, progress: SILENT, signal });
      try {
        for (const workspace of [await rig.reopen(), there]) {
          const again = await gateReplay(workspace, { event: judged.event ?? '', model: 'm' });
          expect(again).toMatchObject({ same: true, stored: judged.bound, replayed: judged.bound, differing: [] });
        }
      } finally {
        await there.close();
      }
    }),
    { numRuns: 12 },
  );
});
