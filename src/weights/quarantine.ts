/** Where objects go whose bytes are not those of their name: out of the way, but never deleted (format §8.2). */
import { randomUUID } from 'node:crypto';
import { renameSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type CacheFolder, type DigestAlgorithm, quarantineFolder } from './content-path.ts';
import { makeFolder, syncFolder } from './durable-file.ts';
import { isMissing, toFileFault } from './file-fault.ts';

/**
 * Moves what is at an object's path to `quarantine/<algorithm>-<digest>-<random>` and returns the new path, or undefined
 * where there is nothing (any more). Throws `permission`, `io`.
 */
export function moveToQuarantine(cache: CacheFolder, algorithm: DigestAlgorithm, path: string): string | undefined {
  const quarantine = quarantineFolder(cache.folder);
  makeFolder(quarantine, cache);
  const target = join(quarantine, `${algorithm}-${basename(dirname(path))}${basename(path)}-${randomUUID()}`);
  try {
    renameSync(path, target);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw toFileFault(error, path);
  }
  syncFolder(quarantine);
  syncFolder(dirname(path));
  return target;
}
