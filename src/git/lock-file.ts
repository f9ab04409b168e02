/** A lock as a file that names its holder: made whole or not at all, broken only when it is the one that was judged. */
import { closeSync, fstatSync, linkSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { fateOf, type ProcessIdentity } from './process-identity.ts';

/** What a lock file says. */
export interface LockHolder extends ProcessIdentity {
  /** Differs from hold to hold. */
  readonly token: string;
  /** Unix milliseconds at which the lock was taken. */
  readonly at: number;
}

/** What was found where a lock could not be taken. */
export interface FoundLock {
  /** Undefined where the file does not say. */
  readonly holder: LockHolder | undefined;
  /** Milliseconds since its holder last touched it. */
  readonly idle: number;
}

/** A holder that cannot be seen from here (another machine, another container) and is silent for so long, in ms, is gone. */
const SILENCE = 600_000;

/** File systems without hard links. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/** Makes the lock file and returns true, or false where there is one. */
export function takeLock(path: string, holder: LockHolder): boolean {
  const draft = `${path}.${holder.token}.tmp`;
  const text = JSON.stringify(holder);
  try {
    writeFileSync(draft, text, { flag: 'wx' });
    return attemptFile(() => linkOrWrite(draft, path, text), 'EEXIST');
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Reads the lock file; undefined where there is none. */
export function readLock(path: string, now: number): FoundLock | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cause;
  }
  try {
    // Of one file: another may take the name meanwhile, and its holder must not be judged by the silence of the one before.
    const idle = now - fstatSync(file).mtimeMs;
    return { holder: parseHolder(readFileSync(file, 'utf8')), idle };
  } finally {
    closeSync(file);
  }
}

/** Tells whether nobody holds the lock any more. */
export function isStale({ holder, idle }: FoundLock): boolean {
  const fate = holder === undefined ? 'unknown' : fateOf(holder);
  return fate === 'gone' || (fate === 'unknown' && idle > SILENCE);
}

/** Removes a stale lock. Whoever else broke it and took the lock in between gets it back. */
export function breakLock(path: string, stale: FoundLock, token: string): void {
  const aside = `${path}.${token}.stale`;
  if (!attemptFile(() => renameSync(path, aside), 'ENOENT')) return;
  try {
    if (readLock(aside, 0)?.holder?.token !== stale.holder?.token) attemptFile(() => linkSync(aside, path), 'EEXIST');
  } finally {
    rmSync(aside, { force: true });
  }
}

/** Removes the lock file if it is still this holder's. What fails here must not hide how the work went: the file goes stale. */
export function dropLock(path: string, holder: LockHolder): void {
  try {
    if (readLock(path, 0)?.holder?.token === holder.token) rmSync(path, { force: true });
  } catch {
    return;
  }
}

function linkOrWrite(draft: string, path: string, text: string): void {
  try {
    linkSync(draft, path);
  } catch (cause) {
    if (!NO_LINKS.has((cause as NodeJS.ErrnoException).code ?? '')) throw cause;
    writeFileSync(path, text, { flag: 'wx' });
  }
}

/** Returns whether the work was done; false where it failed with `expected`. */
function attemptFile(work: () => void, expected: string): boolean {
  try {
    work();
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === expected) return false;
    throw cause;
  }
}

function parseHolder(text: string): LockHolder | undefined {
  try {
    const value = JSON.parse(text) as LockHolder;
    return typeof value.pid === 'number' && typeof value.token === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
