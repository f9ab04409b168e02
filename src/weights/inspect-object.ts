/** What a cache folder has under the names of an object, never taken on trust (format §8.2). */
import type { Stats } from 'node:fs';
import type { CacheState, FileDigests } from '../ports/weights-cache.ts';
import { type CacheFolder, contentPath, type DigestAlgorithm } from './content-path.ts';
import { sha256File } from './digest-file.ts';
import { findNode } from './find-source.ts';
import type { ReadOptions } from './read-chunks.ts';

/** A name of an object. */
export interface ObjectName {
  readonly algorithm: DigestAlgorithm;
  readonly path: string;
}

/** Returns the names of an object: the registry's own first. */
export function namesOf(cache: CacheFolder, digests: FileDigests): readonly [ObjectName, ObjectName] {
  return [
    { algorithm: 'sha256', path: contentPath(cache.folder, 'sha256', digests.sha256) },
    { algorithm: 'md5', path: contentPath(cache.folder, 'md5', digests.md5) },
  ];
}

/** Tells what there is, by names and sizes; with `hash`, by reading all bytes. Throws `permission`, `io`. */
export async function inspectObject(
  cache: CacheFolder,
  digests: FileDigests,
  options: ReadOptions & { readonly hash: boolean },
): Promise<CacheState> {
  const found = namesOf(cache, digests).map((name) => ({ ...name, stats: findNode(name.path) }));
  const present = found.filter(({ stats }) => stats !== undefined);
  let checked: Stats | undefined;
  for (const { path, stats } of present) {
    if (stats === undefined || isSameFile(stats, checked)) continue;
    const isGood = options.hash ? await isGoodObject(path, digests, options) : hasSize(stats, digests);
    if (!isGood) return { kind: 'corrupt', path };
    checked = stats;
  }
  if (present.length === 0) return { kind: 'absent' };
  const missing = found.find(({ stats }) => stats === undefined);
  return missing === undefined ? { kind: 'present' } : { kind: 'half', missing: missing.algorithm };
}

/** Tells whether a path holds exactly the object's bytes, by reading them; what is no regular file does not. Throws `permission`, `io`. */
export async function isGoodObject(path: string, digests: FileDigests, options: ReadOptions): Promise<boolean> {
  const stats = findNode(path);
  if (stats === undefined || !hasSize(stats, digests)) return false;
  const reading = { label: `checking ${digests.sha256}`, ...options, ofCache: true };
  return (await sha256File(path, reading)).sha256 === digests.sha256;
}

/** Tells whether there is a regular file of the object's size. */
export function hasSize(stats: Stats | undefined, digests: FileDigests): boolean {
  return stats?.isFile() === true && stats.size === digests.bytes;
}

function isSameFile(left: Stats, right: Stats | undefined): boolean {
  return left.ino === right?.ino && left.dev === right.dev;
}
