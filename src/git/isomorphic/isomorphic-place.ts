/**
 * Reading without the git executable (serverless, browser), by isomorphic-git. Its honest limits (perf-lab §6): SHA-1
 * repositories with the files ref storage only; no linked work trees, alternates, promisor remotes or configuration; a
 * pack is held in memory whole; each ref costs a reading of packed-refs, so that a listing grows with the square of it.
 * It never writes: nothing there locks, compares before it swaps, or flushes.
 */
import type { FsClient } from 'isomorphic-git';
import { RegistryError } from '../../domain/errors.ts';

/** A repository for isomorphic-git. */
export interface IsomorphicPlace {
  /** `node:fs`, or another file system of its shape. */
  readonly fs: FsClient & { readonly promises: { readFile(path: string, encoding: 'utf8'): Promise<string> } };
  /** The git folder; for a linked work tree, the common one. */
  readonly gitDir: string;
}

/** What this program calls of isomorphic-git. */
export type IsomorphicEngine = Pick<typeof import('isomorphic-git'), 'readObject' | 'resolveRef' | 'listRefs'>;

/** Loads isomorphic-git; it costs tens of milliseconds, so only where it reads. */
export function loadEngine(): Promise<IsomorphicEngine> {
  return import('isomorphic-git');
}

/** Tells whether isomorphic-git has looked and found nothing. */
export function isNotFound(cause: unknown): boolean {
  return (cause as { readonly code?: unknown }).code === 'NotFoundError';
}

/** Returns the text of a file of the repository, or undefined where there is none. */
export async function readFileOf(place: IsomorphicPlace, path: string): Promise<string | undefined> {
  try {
    return await place.fs.promises.readFile(`${place.gitDir}/${path}`, 'utf8');
  } catch {
    return undefined;
  }
}

/** The fault of everything that writes. */
export function writingTakesGit(): RegistryError {
  return new RegistryError('git-missing', 'writing: expected the git executable, got isomorphic-git, which only reads');
}
