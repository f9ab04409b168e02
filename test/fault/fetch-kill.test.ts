/** A `get` that is killed while it fetches: the next one goes on where it was. */
import { cpSync, existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startCli, startMortal } from '../support/cli.ts';
import { cliRegistry } from '../support/cli-registry.ts';
import { startFileServer } from '../support/servers/child-server.ts';
import { startNetwork } from '../support/servers/network.ts';
import { temporaryFolder } from '../support/temporary-repository.ts';

const BYTES = 24 * 1024 * 1024;
const HALF = BYTES / 2;

/** Returns the size of what has arrived so far. */
function arrived(cache: string): number {
  const folder = join(cache, 'files', 'sha256', 'tmp');
  if (!existsSync(folder)) return 0;
  return Math.max(0, ...readdirSync(folder).map((name) => statSync(join(folder, name)).size));
}

test('a get that is killed goes on where it was', async () => {
  const registry = cliRegistry();
  const { repository } = registry;
  registry.must(
    'register',
    registry.bundle('b', { 'model.bin': Buffer.alloc(BYTES, 'weights') }),
    '--model',
    'm',
    '--as',
    '1.0.0',
  );
  const [cache, store] = [join(repository.gitDir, 'registry', 'cache'), temporaryFolder()];
  cpSync(cache, store, { recursive: true });
  rmSync(cache, { recursive: true });
  const network = await startNetwork(Number(new URL(await startFileServer(store)).port));
  repository.git(['config', 'registry.weightsRemote', `http://127.0.0.1:${network.port}`]);
  network.stallAfter(HALF);
  const killed = startMortal(['get', 'm@v1.0.0'], { cwd: repository.folder, env: repository.environment });
  // Nothing more is on its way then that would count for the second one.
  await expect.poll(() => network.down(), { timeout: 280_000 }).toBeGreaterThan(HALF * 0.99);
  await expect.poll(() => arrived(cache), { timeout: 280_000 }).toBeGreaterThan(HALF * 0.8);
  killed.kill();
  await killed.gone;
  network.stallAfter(Number.POSITIVE_INFINITY);
  const before = network.down();
  // The network is in this process, so nothing here may wait for another one.
  const again = await startCli(['get', 'm@v1.0.0'], { cwd: repository.folder, env: repository.environment });
  expect(again).toMatchObject({ exitCode: 0, stdout: 'm-v1.0.0/\n' });
  expect(network.down() - before).toBeLessThan(BYTES * 0.65);
  expect(readdirSync(join(cache, 'files', 'sha256', 'tmp'))).toEqual([]);
  expect(statSync(join(repository.folder, 'm-v1.0.0', 'model.bin')).size).toBe(BYTES);
});
