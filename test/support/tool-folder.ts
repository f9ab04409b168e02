/** Where tests find the servers and peers that they run against: outside the work tree, and kept from run to run. */
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Returns the folder of one tool, and makes it. `GIT_REGISTRY_TOOLS` moves the whole. */
export function toolFolder(name: string): string {
  const folder = join(process.env['GIT_REGISTRY_TOOLS'] ?? join(tmpdir(), 'git-registry-tools'), name);
  mkdirSync(folder, { recursive: true });
  return folder;
}
