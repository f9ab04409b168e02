/** Where the bytes of a digest are, in a cache folder and under a remote's URL (format §8.1, §8.3). The only maker of such names. */
import { join } from 'node:path';
import type { Md5, Sha256 } from '../domain/digest.ts';

/** A cache folder. */
export interface CacheFolder {
  /** Absolute path. */
  readonly folder: string;
  /** Whether a group writes to it (DVC's `cache.shared = group`). */
  readonly shared: boolean;
  /** `dvc`: a DVC project's cache, where names under `files/md5` may be DVC's own. */
  readonly owner: 'registry' | 'dvc';
}

/** The two families of names. */
export type DigestAlgorithm = 'sha256' | 'md5';

/** Returns the `/`-separated name of a digest's bytes, below a cache folder or a URL: `files/md5/ab/cdef...`. */
export function contentKey(algorithm: DigestAlgorithm, digest: Sha256 | Md5): string {
  return `files/${algorithm}/${digest.slice(0, 2)}/${digest.slice(2)}`;
}

/** Returns the name that DVC 2 gave bytes: without a family, by a digest that is the MD5 unless the bytes are text. */
export function legacyKey(md5: Md5): string {
  return `${md5.slice(0, 2)}/${md5.slice(2)}`;
}

/** Returns the path of a digest's bytes in a cache folder. */
export function contentPath(folder: string, algorithm: DigestAlgorithm, digest: Sha256 | Md5): string {
  return join(folder, contentKey(algorithm, digest));
}

/** Returns the folder that has all names of one family. */
export function familyFolder(folder: string, algorithm: DigestAlgorithm): string {
  return join(folder, 'files', algorithm);
}

/**
 * Returns the folder for unfinished files of one family. It is no folder of two characters: DVC takes any file in such a
 * one for an object, and `dvc gc` would remove it under the writer's hands. It lies beside them, so that a rename is one.
 */
export function temporaryFolder(folder: string, algorithm: DigestAlgorithm): string {
  return join(familyFolder(folder, algorithm), 'tmp');
}

/** Returns the folder for objects whose bytes are not those of their name (format §8.2). */
export function quarantineFolder(folder: string): string {
  return join(folder, 'quarantine');
}
