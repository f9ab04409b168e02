/** Walks over a cache folder: its objects, and what killed processes left (format §8.1, §8.2). */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isSha256, type Sha256 } from '../domain/digest.ts';
import { type CacheFolder, contentPath, type DigestAlgorithm, familyFolder, temporaryFolder } from './content-path.ts';
import { isMissing, toFileFault } from './file-fault.ts';
import { findNode } from './find-source.ts';

/** An object under the registry's own name. */
export interface CachedObject {
  readonly sha256: Sha256;
  readonly bytes: number;
  /** Unix milliseconds: when it was stored, or last registered again. */
  readonly changedAt: number;
}

/** Yields every object, in order of SHA-256. Anything that is not named as one is passed over. Throws `permission`, `io`. */
export async function* listObjects(cache: CacheFolder): AsyncGenerator<CachedObject> {
  for (const sha256 of digestsIn(cache, 'sha256')) {
    if (!isSha256(sha256)) continue;
    const stats = findNode(contentPath(cache.folder, 'sha256', sha256));
    if (stats?.isFile()) yield { sha256, bytes: stats.size, changedAt: stats.mtimeMs };
  }
}

/** Yields what the names of one family spell, in order; not all need be digests. Throws `permission`, `io`. */
export function* digestsIn(cache: CacheFolder, algorithm: DigestAlgorithm): Generator<string> {
  const family = familyFolder(cache.folder, algorithm);
  for (const start of namesIn(family)) {
    for (const rest of namesIn(join(family, start))) yield `${start}${rest}`;
  }
}

/** Removes unfinished files last written before `olderThan` (Unix milliseconds) and returns their number. Throws `permission`, `io`. */
export function removeUnfinished(cache: CacheFolder, olderThan: number): number {
  let removed = 0;
  for (const folder of [temporaryFolder(cache.folder, 'sha256'), temporaryFolder(cache.folder, 'md5')]) {
    for (const name of namesIn(folder)) {
      const path = join(folder, name);
      const stats = findNode(path);
      if (stats === undefined || stats.mtimeMs >= olderThan) continue;
      rmSync(path, { force: true });
      removed += 1;
    }
  }
  return removed;
}

/** Returns the names in a folder, sorted; none where it does not exist or is a file. */
function namesIn(folder: string): readonly string[] {
  if (!findNode(folder)?.isDirectory()) return [];
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw toFileFault(error, folder);
  }
}
