/**
 * Lock files of refs that a killed git left behind (SIGTERM removes them, SIGKILL does not). Git never removes one by
 * itself; a registry that is written by machines must. Moved aside, never deleted (reliability of format §6.4).
 */
import { readdirSync, readlinkSync, renameSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { isRegistryRefLock } from './ref-names.ts';
import { openRegistryFolder } from './registry-folder.ts';
import type { Repository } from './repository.ts';

/** After this many milliseconds a lock that no process has open is stale, where that can be seen (Linux). */
const AGE_WHEN_UNUSED = 60_000;
/** After this many milliseconds any lock is stale: no transaction of refs takes that long. */
const AGE_AT_ALL = 600_000;

/**
 * Moves a lock file of a registry ref, or of packed-refs, to `registry/stale-locks/` when it is stale. `now` is in Unix
 * milliseconds. Returns whether it did.
 */
export function moveStaleLockAside(
  repository: Repository,
  lockFile: string | undefined,
  now: number = Date.now(),
): boolean {
  if (lockFile === undefined) return false;
  const path = resolve(lockFile);
  const isRef = isRegistryRefLock(repository.commonDir, path);
  if (!isRef && path !== join(repository.commonDir, 'packed-refs.lock')) return false;
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return false;
  const age = now - found.mtimeMs;
  // Git rewrites packed-refs with its lock file closed, so that nobody has it open means nothing there.
  const isStale =
    age >= AGE_AT_ALL || (isRef && age >= AGE_WHEN_UNUSED && found.uid === process.geteuid?.() && isUnused(path));
  return (
    isStale &&
    moveTo(
      path,
      join(openRegistryFolder(repository.commonDir, 'stale-locks'), `${basename(path)}-${now}-${process.pid}`),
    )
  );
}

/** Another process may have moved it, or git may have used it, meanwhile. */
function moveTo(path: string, target: string): boolean {
  try {
    renameSync(path, target);
    return true;
  } catch {
    return false;
  }
}

/** Tells whether it can be seen that no process of this user has the file open. */
function isUnused(path: string): boolean {
  const processes = listFolder('/proc')?.filter((name) => /^\d+$/.test(name));
  if (processes === undefined || processes.length === 0) return false;
  return !processes.some((id) =>
    listFolder(`/proc/${id}/fd`)?.some((fd) => linkTarget(`/proc/${id}/fd/${fd}`) === path),
  );
}

function listFolder(path: string): readonly string[] | undefined {
  try {
    return readdirSync(path);
  } catch {
    return undefined;
  }
}

function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
