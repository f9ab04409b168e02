/** Registers an object that lies in the cache already, under a name of DVC's: another name, no copy. */
import { chmodSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { RegistryError } from '../domain/errors.ts';
import type { FileDigests } from '../ports/weights-cache.ts';
import { adoptObject } from './adopt-object.ts';
import type { CacheFolder } from './content-path.ts';
import { digestFile } from './digest-file.ts';
import { makeFolder } from './durable-file.ts';
import { faultsAt } from './file-fault.ts';
import { findNode } from './find-source.ts';
import { namesOf } from './inspect-object.ts';
import { legacyMd5Of } from './legacy-digest.ts';
import { nameAgain, OBJECT_MODE } from './name-again.ts';
import type { ReadOptions } from './read-chunks.ts';

/** Reads the object once and gives it the names that it lacks. Throws `corrupt-weights` unless its bytes are those of its name. */
export async function adoptInside(cache: CacheFolder, path: string, reading: ReadOptions): Promise<FileDigests> {
  const digests = await digestFile(path, { ...reading, ofCache: true });
  const named = `${basename(dirname(path))}${basename(path)}`;
  if (named !== digests.md5 && named !== digests.sha256 && named !== legacyMd5Of(path, digests.bytes)) {
    throw new RegistryError('corrupt-weights', `${JSON.stringify(path)}: expected MD5 ${named}, got ${digests.md5}`, {
      data: { path, md5: named },
    });
  }
  await faultsAt(path, () => chmodSync(path, OBJECT_MODE));
  let isOther = false;
  for (const name of namesOf(cache, digests)) {
    makeFolder(dirname(name.path), cache);
    if ((await nameAgain(cache, name.algorithm, path, name.path)) !== 'taken') continue;
    isOther ||= findNode(name.path)?.ino !== findNode(path)?.ino;
  }
  // What was there under the other name, and is no link to this one, has to be read as well.
  if (isOther && !(await adoptObject(cache, digests, reading))) {
    throw new RegistryError('corrupt-weights', `${digests.sha256}: the cache has other bytes under its name`, {
      data: { sha256: digests.sha256 },
      hint: 'git registry repair --weights',
    });
  }
  return digests;
}
