/** Where the bench keeps what it generates and installs: outside the work tree, and kept from run to run. */
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Returns a folder of the cache, and makes it. `GIT_REGISTRY_BENCH_CACHE` moves the whole. */
export function cacheFolder(...names: readonly string[]): string {
  const root = process.env['GIT_REGISTRY_BENCH_CACHE'] ?? join(tmpdir(), 'git-registry-bench');
  const folder = join(root, ...names);
  mkdirSync(folder, { recursive: true });
  return folder;
}
