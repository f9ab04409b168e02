/** Puts verified bytes into a cache folder under both their names (format §8.1), whoever else is doing the same. */
import { chmodSync, constants, lstatSync, renameSync, utimesSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { RegistryError } from '../domain/errors.ts';
import type { FileDigests } from '../ports/weights-cache.ts';
import { type CacheFolder, contentPath, type DigestAlgorithm, temporaryFolder } from './content-path.ts';
import { digestFile } from './digest-file.ts';
import { makeFolder, syncFile, syncFolder, withTemporaryPath } from './durable-file.ts';
import { errnoOf, faultsAt, isMissing, pathFault } from './file-fault.ts';
import { findNode } from './find-source.ts';
import { tryLink } from './link-file.ts';
import { moveToQuarantine } from './quarantine.ts';
import { compareBytes } from './same-bytes.ts';

/** Mode of a finished object: DVC takes it for the mark of bytes that are what their name says. */
export const OBJECT_MODE = 0o444;

/** How often others may get between looking and naming: each time somebody else has made progress. */
const ATTEMPTS = 8;

/**
 * Gives `made`, a finished file in the cache's temporary folder, both names. Where a name exists its bytes are compared:
 * equal ones stay (and look new again, so that a collection under way spares them), others go to quarantine. `made` may be
 * gone afterwards. Throws `md5-collision` before anything is named, `no-space`, `permission`, `io`.
 */
export async function placeObject(cache: CacheFolder, made: string, digests: FileDigests): Promise<void> {
  const ours = contentPath(cache.folder, 'sha256', digests.sha256);
  const dvcs = contentPath(cache.folder, 'md5', digests.md5);
  makeFolder(dirname(ours), cache);
  makeFolder(dirname(dvcs), cache);
  await faultsAt(ours, async () => {
    const { mtime } = lstatSync(made);
    let good = made;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const atDvcs = await clearName(cache, 'md5', dvcs, good, digests);
      // From here on names of one file are known to be equal without reading it.
      if (atDvcs === 'same') good = dvcs;
      const atOurs = await clearName(cache, 'sha256', ours, good, digests);
      if (atOurs === 'absent') good = nameOurs(good, made, ours);
      else if (atDvcs === 'absent') await nameAgain(cache, 'md5', ours, dvcs);
      else if (freshen(ours, mtime)) return;
    }
    throw pathFault('io', ours, 'other processes kept changing the object');
  });
}

/** Looks at a name and moves wrong bytes out of its way. */
async function clearName(
  cache: CacheFolder,
  algorithm: DigestAlgorithm,
  path: string,
  good: string,
  digests: FileDigests,
): Promise<'absent' | 'same'> {
  const found = await compareBytes(path, good);
  if (found !== 'other') return found;
  if (algorithm === 'md5') await assertNoCollision(path, digests);
  moveToQuarantine(cache, algorithm, path);
  return 'absent';
}

/** Throws `md5-collision` when wrong bytes under an MD5 have that MD5: then they are no damage but made so (format §8.1). */
async function assertNoCollision(path: string, digests: FileDigests): Promise<void> {
  if (!findNode(path)?.isFile()) return;
  const found = await digestFile(path);
  if (found.md5 !== digests.md5 || found.sha256 === digests.sha256) return;
  const data = { path, md5: digests.md5, sha256: digests.sha256, found: found.sha256 };
  throw new RegistryError(
    'md5-collision',
    `MD5 ${digests.md5}: expected SHA-256 ${digests.sha256}, got ${found.sha256}`,
    { data },
  );
}

/** Gives the registry's name to `good`, or moves `made` there where that cannot be linked. Returns where good bytes are now. */
function nameOurs(good: string, made: string, target: string): string {
  const outcome = tryLink('hardlink', good, target);
  if (outcome === 'unsupported') renameSync(made, target);
  syncFolder(dirname(target));
  return outcome === 'unsupported' ? target : good;
}

/** Gives an object its other name: a hard link, or a copy where the file system has no such thing. A name that is taken stays. */
export async function nameAgain(
  cache: CacheFolder,
  algorithm: DigestAlgorithm,
  source: string,
  target: string,
): Promise<void> {
  if (tryLink('hardlink', source, target) === 'unsupported') {
    const temporary = temporaryFolder(cache.folder, algorithm);
    makeFolder(temporary, cache);
    await withTemporaryPath(temporary, (copy) =>
      faultsAt(target, async () => {
        await copyFile(source, copy, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
        await syncFile(copy);
        chmodSync(copy, OBJECT_MODE);
        renameSync(copy, target);
      }),
    );
  }
  syncFolder(dirname(target));
}

/** Makes an object look as new as `mtime`. False when it is gone. */
function freshen(path: string, mtime: Date): boolean {
  try {
    utimesSync(path, mtime, mtime);
    return true;
  } catch (error) {
    // An object of somebody else's in a shared cache keeps its age.
    if (errnoOf(error) === 'EPERM' || errnoOf(error) === 'EACCES') return true;
    if (isMissing(error)) return false;
    throw error;
  }
}
