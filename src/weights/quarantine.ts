/** Where objects go whose bytes are not those of their name: out of the way, but never deleted (format §8.2). */
import { randomUUID } from 'node:crypto';
import { renameSync, rmSync, type Stats } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type CacheFolder, type DigestAlgorithm, quarantineFolder } from './content-path.ts';
import { makeFolder, syncFolder } from './durable-file.ts';
import { isMissing, toFileFault } from './file-fault.ts';
import { findNode } from './find-source.ts';
import { tryLink } from './link-file.ts';

/**
 * Moves what is at an object's path to `quarantine/<algorithm>-<digest>-<random>` and returns the new path. What is there by
 * now instead of `judged` stays, since another process may have put good bytes there: then, and where there is nothing any
 * more, returns undefined. Throws `permission`, `io`.
 */
export function moveToQuarantine(
  cache: CacheFolder,
  algorithm: DigestAlgorithm,
  path: string,
  judged: Stats,
): string | undefined {
  const quarantine = quarantineFolder(cache.folder);
  makeFolder(quarantine, cache);
  const digest = `${basename(dirname(path))}${basename(path)}`;
  const target = join(quarantine, `${algorithm}-${digest}-${randomUUID()}`);
  try {
    renameSync(path, target);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw toFileFault(error, path);
  }
  const wasJudged = findNode(target)?.ino === judged.ino;
  if (!wasJudged) putBack(target, path);
  syncFolder(dirname(path));
  syncFolder(quarantine);
  return wasJudged ? target : undefined;
}

/** Gives an object its name back, unless that has another by now. */
function putBack(moved: string, path: string): void {
  if (tryLink('hardlink', moved, path) === 'unsupported') renameSync(moved, path);
  else rmSync(moved, { force: true });
}
