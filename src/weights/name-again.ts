/** Gives an object its other name (format §8.1). */
import { chmodSync, constants, renameSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type CacheFolder, type DigestAlgorithm, temporaryFolder } from './content-path.ts';
import { makeFolder, syncFile, syncFolder, withTemporaryPath } from './durable-file.ts';
import { faultsAt } from './file-fault.ts';
import { type LinkOutcome, tryLink } from './link-file.ts';

/** Mode of a finished object: DVC takes it for the mark of bytes that are what their name says. */
export const OBJECT_MODE = 0o444;

/**
 * Gives the object at `source` the name `target` of the family `algorithm`: as a hard link, or as a copy where the file
 * system has no such thing (`unsupported`). A name that is `taken` stays as it is. Throws `no-space`, `permission`, `io`.
 */
export async function nameAgain(
  cache: CacheFolder,
  algorithm: DigestAlgorithm,
  source: string,
  target: string,
): Promise<LinkOutcome> {
  const outcome = tryLink('hardlink', source, target);
  if (outcome === 'unsupported') await copyObject(cache, algorithm, source, target);
  syncFolder(dirname(target));
  return outcome;
}

async function copyObject(
  cache: CacheFolder,
  algorithm: DigestAlgorithm,
  source: string,
  target: string,
): Promise<void> {
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
