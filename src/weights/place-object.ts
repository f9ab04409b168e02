/** Puts verified bytes into a cache folder under both their names (format §8.1), whoever else is doing the same. */
import { renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { RegistryError } from '../domain/errors.ts';
import type { FileDigests } from '../ports/weights-cache.ts';
import { freshen } from './adopt-object.ts';
import { type CacheFolder, contentPath, type DigestAlgorithm } from './content-path.ts';
import { digestFile } from './digest-file.ts';
import { makeFolder, syncFolder } from './durable-file.ts';
import { faultsAt, isMissing, pathFault } from './file-fault.ts';
import { findNode } from './find-source.ts';
import { type LinkOutcome, tryLink } from './link-file.ts';
import { nameAgain } from './name-again.ts';
import { moveToQuarantine } from './quarantine.ts';
import { compareBytes } from './same-bytes.ts';

/** How often others may get between looking and naming: each time somebody else has made progress. */
const ATTEMPTS = 16;

/**
 * Gives `made`, a finished file in the cache's temporary folder, both names. Where a name exists its bytes are compared:
 * equal ones stay (and look new again, so that a collection under way spares them), others go to quarantine. `made` may be
 * gone afterwards. Throws `md5-collision` before anything is named, `no-space`, `permission`, `io`.
 */
export async function placeObject(cache: CacheFolder, made: string, digests: FileDigests): Promise<void> {
  const placement = new Placement(cache, made, digests);
  await faultsAt(made, async () => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) if (await placement.attempt()) return;
    throw pathFault('io', made, 'other processes kept changing the object');
  });
}

/** One object on its way into the cache. */
class Placement {
  readonly #cache: CacheFolder;
  readonly #digests: FileDigests;
  readonly #ours: string;
  readonly #dvcs: string;
  /** Where the bytes are that were read: the temporary file until that is moved. */
  #made: string;

  constructor(cache: CacheFolder, made: string, digests: FileDigests) {
    this.#cache = cache;
    this.#digests = digests;
    this.#made = made;
    this.#ours = contentPath(cache.folder, 'sha256', digests.sha256);
    this.#dvcs = contentPath(cache.folder, 'md5', digests.md5);
  }

  /** Tries once; false where another process got between: what it did must be looked at. */
  async attempt(): Promise<boolean> {
    makeFolder(dirname(this.#ours), this.#cache);
    makeFolder(dirname(this.#dvcs), this.#cache);
    try {
      const atDvcs = await this.#clear('md5', this.#dvcs, this.#made);
      // DVC's object, where there is one, becomes ours too: the bytes are on the disk once.
      const good = atDvcs === 'same' ? this.#dvcs : this.#made;
      const atOurs = await this.#clear('sha256', this.#ours, good);
      if (atOurs === 'absent' && this.#nameOurs(good) === 'taken') return false;
      if (atDvcs === 'absent' && (await nameAgain(this.#cache, 'md5', this.#ours, this.#dvcs)) === 'taken') {
        return false;
      }
      return atOurs === 'absent' || freshen(this.#ours);
    } catch (error) {
      if (isMissing(error) || isChanged(error)) return false;
      throw error;
    }
  }

  /** Looks at a name and moves wrong bytes out of its way. */
  async #clear(algorithm: DigestAlgorithm, path: string, good: string): Promise<'absent' | 'same'> {
    const before = findNode(path);
    if (before === undefined) return 'absent';
    if (await compareBytes(path, good)) return 'same';
    if (algorithm === 'md5' && before.isFile()) await assertNoCollision(path, this.#digests);
    moveToQuarantine(this.#cache, algorithm, path, before);
    return 'absent';
  }

  /** Gives the registry's name to good bytes, or moves ours there where they cannot be linked. */
  #nameOurs(good: string): LinkOutcome {
    const outcome = tryLink('hardlink', good, this.#ours);
    if (outcome === 'unsupported') {
      renameSync(this.#made, this.#ours);
      this.#made = this.#ours;
    }
    syncFolder(dirname(this.#ours));
    return outcome;
  }
}

/** Throws `md5-collision` when wrong bytes under an MD5 have that MD5: then they are no damage but made so (format §8.1). */
async function assertNoCollision(path: string, { md5, sha256 }: FileDigests): Promise<void> {
  const found = await digestFile(path);
  if (found.md5 !== md5 || found.sha256 === sha256) return;
  const problem = `MD5 ${md5}: expected SHA-256 ${sha256}, got ${found.sha256}`;
  throw new RegistryError('md5-collision', problem, { data: { path, md5, sha256, found: found.sha256 } });
}

function isChanged(error: unknown): boolean {
  return error instanceof RegistryError && error.code === 'changed-while-reading';
}
