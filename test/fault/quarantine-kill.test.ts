/** A fetch that is killed leaves its quarantine; the next one removes it, and touches no quarantine of a living one. */
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { push } from '../../src/operations/push.ts';
import { type MortalRun, runCli, startMortal } from '../support/cli.ts';
import { type SyncClone, syncRig } from '../support/sync-rig.ts';

const WAIT = { timeout: 280_000, interval: 20 };

/** Lets the remote answer listings, and hold whoever wants objects for as long as `hold` is there. */
function holdingRemote(clone: SyncClone): string {
  const folder = dirname(clone.repository.folder);
  const [hold, script] = [join(folder, 'hold'), join(folder, 'upload-pack')];
  writeFileSync(hold, '');
  // A fetch asks twice: for a listing, then for objects.
  const wait = `if [ -e '${hold}.second' ]; then rm '${hold}.second'; while [ -e '${hold}' ]; do sleep 0.05; done; else : > '${hold}.second'; fi`;
  writeFileSync(script, `#!/bin/sh\n${wait}\nexec git-upload-pack "$@"\n`);
  chmodSync(script, 0o755);
  clone.repository.git(['config', 'remote.origin.uploadpack', script]);
  onTestFinished(() => rmSync(hold, { force: true }));
  return hold;
}

function quarantines({ repository }: SyncClone): readonly string[] {
  const folder = join(repository.gitDir, 'registry', 'incoming');
  return existsSync(folder) ? readdirSync(folder) : [];
}

interface Running extends MortalRun {
  readonly folder: string;
}

/** Starts a fetch, and waits for it to be held with its quarantine made. */
async function startFetch(clone: SyncClone): Promise<Running> {
  const before = new Set(quarantines(clone));
  const run = startMortal(['fetch'], { cwd: clone.repository.folder, env: clone.repository.environment });
  const made = (): string | undefined => quarantines(clone).find((name) => !before.has(name));
  await expect.poll(made, WAIT).toBeDefined();
  const folder = join(clone.repository.gitDir, 'registry', 'incoming', made() ?? '');
  await expect.poll(() => existsSync(join(folder, 'packed-refs')), WAIT).toBe(true);
  return { ...run, folder };
}

test('what a killed fetch left is removed by the next, with its refs and objects, and what a living one has is not', async () => {
  const rig = syncRig();
  const [ada, bo] = [await rig.clone('ada'), await rig.clone('bo')];
  await ada.register(1);
  await push(ada.workspace, { words: [] });
  const hold = holdingRemote(bo);
  const killed = await startFetch(bo);
  const living = await startFetch(bo);
  killed.kill();
  await killed.ended;
  // However long it takes: that it lives counts.
  utimesSync(living.folder, 1, 1);
  expect(existsSync(join(killed.folder, 'objects'))).toBe(true);
  const options = { cwd: bo.repository.folder, env: bo.repository.environment };
  bo.repository.git(['config', 'remote.origin.uploadpack', 'git-upload-pack']);
  expect(runCli(['pull'], options)).toMatchObject({ exitCode: 0 });
  expect(existsSync(killed.folder)).toBe(false);
  expect(existsSync(join(living.folder, 'objects'))).toBe(true);
  expect(bo.ref('refs/registry/log/m')).toBe(ada.ref('refs/registry/log/m'));
  rmSync(hold);
  expect(await living.ended).toBe(0);
  await killed.gone;
  expect(quarantines(bo)).toEqual([]);
  expect(bo.repository.git(['for-each-ref', '--format=%(refname)', 'refs/registry-incoming'])).toBe('');
});

test('a quarantine of which nobody knows whose it is stays for a day', async () => {
  const rig = syncRig();
  const [ada, bo] = [await rig.clone('ada'), await rig.clone('bo')];
  await ada.register(1);
  await push(ada.workspace, { words: [] });
  const options = { cwd: bo.repository.folder, env: bo.repository.environment };
  expect(runCli(['fetch'], options)).toMatchObject({ exitCode: 0 });
  const folder = join(bo.repository.gitDir, 'registry', 'incoming');
  const ages = { young: 23, old: 25 };
  for (const [name, hours] of Object.entries(ages)) {
    mkdirSync(join(folder, name));
    const then = Date.now() / 1000 - hours * 3600;
    utimesSync(join(folder, name), then, then);
  }
  // Also where nothing is new.
  expect(runCli(['fetch'], options)).toMatchObject({ exitCode: 0 });
  expect(quarantines(bo)).toEqual(['young']);
});
