/** The folder `registry/` in the git common dir: locks, caches, what was moved aside. Nothing there is a source of truth. */
import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileFault } from './file-fault.ts';

/**
 * Makes `<common dir>/registry/<name>` where it is missing and returns its path. The folders get the mode of the common
 * dir, so that a repository shared by a group (core.sharedRepository) stays shared. Throws `permission`, `no-space`, `io`.
 */
export function openRegistryFolder(commonDir: string, name: string): string {
  const outer = join(commonDir, 'registry');
  const inner = join(outer, name);
  try {
    const { mode } = statSync(commonDir);
    for (const folder of [outer, inner]) makeFolder(folder, mode);
  } catch (cause) {
    throw fileFault(inner, cause);
  }
  return inner;
}

function makeFolder(folder: string, mode: number): void {
  try {
    mkdirSync(folder);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return;
    throw cause;
  }
  // `mkdir` applies the umask and drops the set-group bit.
  chmodSync(folder, mode & 0o7777);
}
