/** The weights cache of format §8: bytes by SHA-256, and by MD5 for DVC. */
import type { Md5, Sha256 } from '../domain/digest.ts';
import type { Progress } from './progress.ts';

/** Digests and size of bytes that were read once. */
export interface FileDigests {
  readonly sha256: Sha256;
  readonly md5: Md5;
  readonly bytes: number;
}

/** An object that a remote has, and how to get at its bytes. */
export interface IncomingObject extends FileDigests {
  /** Streams the bytes from `offset` on. */
  open(offset: number): Promise<AsyncIterable<Uint8Array>>;
  /** Hears of bytes that are there; of a negative number where they have to come again. */
  readonly moved?: (bytes: number) => void;
}

/** State of one cached object. */
export type CacheState =
  | { readonly kind: 'present' }
  /** The bytes are there under one of the two names only. */
  | { readonly kind: 'half'; readonly missing: 'md5' | 'sha256' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'corrupt'; readonly path: string };

/** Stores weights by content. Every object is written to a temporary file, fsynced, chmod 0444, renamed (format §8.2). */
export interface WeightsCache {
  /** Absolute path of the cache folder. */
  readonly folder: string;
  /**
   * Reads a file once: both digests and a copy into the cache. Throws `changed-while-reading` when size, mtime or inode
   * moved meanwhile, `md5-collision`, `no-space`, `io`. The source is never linked to.
   */
  ingest(path: string, progress?: Progress): Promise<FileDigests>;
  /** Stores bytes that are in memory (the canonical form of a large JSON file). */
  ingestBytes(body: Uint8Array): Promise<FileDigests>;
  /**
   * Takes an object from elsewhere: resumed where an earlier attempt was cut short, both digests proven while it is written.
   * Throws `corrupt-weights` with data `{sha256, quarantined}`, `no-space`, and what `open` throws.
   */
  receive(object: IncomingObject): Promise<void>;
  /** Computes the digests of bytes in memory. */
  digestBytes(body: Uint8Array): FileDigests;
  /** Computes the digests without storing anything. */
  digest(path: string, progress?: Progress): Promise<FileDigests>;
  /** Tells what the cache has under these names; with `hash`, by reading all bytes. */
  inspect(digests: FileDigests, options: { readonly hash: boolean; readonly progress?: Progress }): Promise<CacheState>;
  /** Returns the path to read the bytes from, or undefined. The reader must verify SHA-256 while it reads. */
  findPath(digests: FileDigests): Promise<string | undefined>;
  /** Returns the path of an object of that size under DVC's name, or undefined. Its bytes are not verified. */
  findByMd5(md5: Md5, bytes: number): Promise<string | undefined>;
  /** Streams the bytes, hashing SHA-256 on the way; throws `corrupt-weights` at the end, or as soon as the size is wrong. */
  read(digests: FileDigests): AsyncIterable<Uint8Array>;
  /** Moves the bad objects under these names to `quarantine/` and returns where they went. */
  quarantine(digests: FileDigests): Promise<readonly string[]>;
  /** Makes both names exist where one does. */
  relink(digests: FileDigests): Promise<void>;
  /** Returns the MD5s of the files of a folder that DVC tracks, by its list in the cache; none where that is not there. */
  trackedFolder(md5: Md5): Promise<readonly Md5[]>;
  /** Yields every object under the registry's own names, with size and last change. */
  list(): AsyncIterable<{ readonly sha256: Sha256; readonly bytes: number; readonly changedAt: number }>;
  /**
   * Removes an object under the registry's own name; under DVC's too where that is the same inode and the cache is the
   * registry's own (in a DVC project's cache the MD5 name may be DVC's: `dvc gc` decides). Only `gc` and a purge call it.
   */
  remove(object: { readonly sha256: Sha256; readonly md5?: Md5 }): Promise<void>;
  /** Removes temporary files older than `olderThan` (Unix ms) and returns their number. */
  sweep(olderThan: number): Promise<number>;
}
