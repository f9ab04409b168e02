/** The advisory lock among processes of one clone: files under `<common dir>/registry/locks/` (architecture §3). */
import { createHash, randomBytes } from 'node:crypto';
import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RegistryError } from '../domain/errors.ts';
import type { Lock } from '../ports/lock.ts';
import { fileFault } from './file-fault.ts';
import { breakLock, dropLock, type FoundLock, isStale, type LockHolder, readLock, takeLock } from './lock-file.ts';
import { ownProcess } from './process-identity.ts';
import { openRegistryFolder } from './registry-folder.ts';

/** How long to wait for one live holder, in milliseconds: a queue that moves on is no reason to give up, however long it is. */
const PATIENCE = 60_000;
/** How often a holder shows that it lives, in milliseconds. */
const HEARTBEAT = 60_000;

/** Locks of one repository. */
export class FileLock implements Lock {
  readonly #commonDir: string;
  readonly #patience: number;
  readonly #drops = new Set<() => void>();
  readonly #dropAll = (): void => {
    for (const drop of this.#drops) drop();
  };

  /** `patience`: how long to wait for one live holder, in milliseconds. */
  constructor(commonDir: string, patience: number = PATIENCE) {
    this.#commonDir = commonDir;
    this.#patience = patience;
  }

  /** Throws `locked` with data `{name, path, holder}`, `permission`, `no-space`, `io`. */
  async hold<T>(name: string, work: () => Promise<T>): Promise<T> {
    const path = join(openRegistryFolder(this.#commonDir, 'locks'), fileNameOf(name));
    const holder = await this.#take(name, path);
    const drop = (): void => dropLock(path, holder);
    const heartbeat = setInterval(() => touch(path), HEARTBEAT).unref();
    this.#dropAtExit(drop, true);
    try {
      return await work();
    } finally {
      clearInterval(heartbeat);
      this.#dropAtExit(drop, false);
      drop();
    }
  }

  /** `process.exit` in the middle of the work must not leave the lock: other machines could not tell that we are gone. */
  #dropAtExit(drop: () => void, held: boolean): void {
    if (held) this.#drops.add(drop);
    else this.#drops.delete(drop);
    process.off('exit', this.#dropAll);
    if (this.#drops.size > 0) process.on('exit', this.#dropAll);
  }

  async #take(name: string, path: string): Promise<LockHolder> {
    const start = Date.now();
    let watched = { token: '', since: start };
    for (let now = start; ; now = Date.now()) {
      const holder: LockHolder = { ...ownProcess(), token: randomBytes(12).toString('hex'), at: now };
      const found = attemptTake(path, holder, now);
      if (found === 'taken') return holder;
      if (found === undefined) continue;
      const token = found.holder?.token ?? '';
      if (token !== watched.token) watched = { token, since: now };
      if (now - watched.since > this.#patience) throw lockedFault(name, path, found);
      await sleep(pauseAfter(now - start));
    }
  }
}

/** Takes the lock, or returns who has it; undefined where it has just become free. */
function attemptTake(path: string, holder: LockHolder, now: number): 'taken' | FoundLock | undefined {
  try {
    // Looking is cheap, and most of those who wait only look.
    const found = readLock(path, now);
    if (found === undefined) return takeLock(path, holder) ? 'taken' : undefined;
    if (!isStale(found)) return found;
    breakLock(path, found, holder.token);
    return undefined;
  } catch (cause) {
    throw fileFault(path, cause);
  }
}

/** Returns how long to sleep, in ms: at random, and the shorter the longer one has waited, so that the patient come first. */
function pauseAfter(waited: number): number {
  const longest = Math.max(8, 64 - waited / 100);
  return 4 + Math.random() * longest;
}

function lockedFault(name: string, path: string, { holder }: FoundLock): RegistryError {
  const since = holder === undefined ? '' : ` since ${new Date(holder.at).toISOString()}`;
  const who = holder === undefined ? 'an unknown process' : `process ${holder.pid} on ${holder.host}`;
  return new RegistryError('locked', `lock ${name}: held by ${who}${since}`, {
    data: { name, path, holder: holder ?? null },
  });
}

/** Names are model names and the like: any text. The digest keeps long ones apart within what file systems allow. */
function fileNameOf(name: string): string {
  const encoded = encodeURIComponent(name).replaceAll('.', '%2E');
  if (encoded.length <= 100) return `${encoded}.lock`;
  return `${encoded.slice(0, 60)}-${createHash('sha256').update(name).digest('hex').slice(0, 32)}.lock`;
}

function touch(path: string): void {
  const now = new Date();
  try {
    utimesSync(path, now, now);
  } catch {
    // Whoever broke the lock has it now; compare-and-swap decides.
  }
}
