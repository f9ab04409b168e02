/** Files written out of the registry: verified while written, destination whole or absent (`get`). */
import type { Sha256 } from '../domain/digest.ts';
import type { Progress } from './progress.ts';

/** A file to write. */
export interface CheckoutFile {
  /** Bundle path. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: Sha256;
  /** Where the bytes come from: memory, or a path in the cache. */
  readonly content:
    | { readonly kind: 'bytes'; readonly body: Uint8Array }
    | { readonly kind: 'file'; readonly path: string };
}

/** How to write. */
export interface CheckoutOptions {
  /** Replace an existing destination (write new, then swap). */
  readonly force: boolean;
  readonly progress?: Progress;
}

/** Writes files to a folder. */
export interface Checkout {
  /** Throws `destination` where {@link Checkout.write} would, before bytes are fetched for it. */
  assertWritable(folder: string, options: CheckoutOptions): void;
  /**
   * Writes all files under `folder`, which must not exist (or be an empty folder) unless `force`. Builds
   * `<folder>.tmp-<random>` with mode 0700, opens with O_EXCL and O_NOFOLLOW, hashes SHA-256 while writing, fsyncs,
   * renames. Throws `corrupt-weights` with data `{path, sha256}` when bytes are not the registered ones, `destination`
   * when it exists or lies in a git directory or in the cache, `no-space`, `permission`, `io`; leaves no destination then.
   * Links to the cache only where `linkTypes` (DVC's cache.type) says so.
   */
  write(folder: string, files: readonly CheckoutFile[], options: CheckoutOptions): Promise<void>;
}
