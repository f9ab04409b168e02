/** Finds the DVC project that a folder belongs to, by DVC's rule. */
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Returns the nearest folder, from `start` upwards, that has a folder `.dvc`; undefined where there is none on the same
 * file system.
 */
export function findDvcProject(start: string): string | undefined {
  const device = statSync(start, { throwIfNoEntry: false })?.dev;
  for (let folder = start; ; folder = dirname(folder)) {
    const found = statSync(folder, { throwIfNoEntry: false });
    if (found === undefined || found.dev !== device) return undefined;
    if (statSync(join(folder, '.dvc'), { throwIfNoEntry: false })?.isDirectory()) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}
