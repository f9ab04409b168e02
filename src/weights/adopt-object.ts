/** Makes an object that the cache has under one of its names, DVC's perhaps, a whole one. */
import { utimesSync } from 'node:fs';
import { dirname } from 'node:path';
import type { FileDigests } from '../ports/weights-cache.ts';
import type { CacheFolder } from './content-path.ts';
import { makeFolder } from './durable-file.ts';
import { errnoOf, isMissing, toFileFault } from './file-fault.ts';
import { inspectObject, namesOf } from './inspect-object.ts';
import { nameAgain } from './name-again.ts';
import type { ReadOptions } from './read-chunks.ts';

/**
 * Tells whether the cache holds the bytes with these digests, by reading them; then both names exist and the object looks
 * new. False too where something is wrong: then the bytes are to be stored again. Throws `no-space`, `permission`, `io`.
 */
export async function adoptObject(cache: CacheFolder, digests: FileDigests, options: ReadOptions): Promise<boolean> {
  const found = await inspectObject(cache, digests, { ...options, hash: true });
  if (found.kind === 'absent' || found.kind === 'corrupt') return false;
  const [ours, dvcs] = namesOf(cache, digests);
  if (found.kind === 'half') {
    const [source, target] = found.missing === 'md5' ? [ours, dvcs] : [dvcs, ours];
    makeFolder(dirname(target.path), cache);
    await nameAgain(cache, target.algorithm, source.path, target.path);
  }
  return freshen(ours.path);
}

/** Makes an object look new, so that a collection under way spares it. False when it is gone. Throws `io`. */
export function freshen(path: string): boolean {
  const now = new Date();
  try {
    utimesSync(path, now, now);
    return true;
  } catch (error) {
    // An object of somebody else's in a shared cache keeps its age.
    if (errnoOf(error) === 'EPERM' || errnoOf(error) === 'EACCES') return true;
    if (isMissing(error)) return false;
    throw toFileFault(error, path);
  }
}
