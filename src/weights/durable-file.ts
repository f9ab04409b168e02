/** Files and folders that survive a power cut: made under a temporary name, fsynced, then put in place (format §8.2). */
import { randomUUID } from 'node:crypto';
import { chmodSync, close, closeSync, constants, fsync, fsyncSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { errnoOf, faultsAt, toFileFault } from './file-fault.ts';

// Bringing gigabytes to the disk takes seconds, which the event loop must not wait for.
const fsyncLater: (fd: number) => Promise<void> = promisify(fsync);
const closeLater: (fd: number) => Promise<void> = promisify(close);

/** A new file, open for writing. */
export interface NewFile {
  readonly path: string;
  readonly fd: number;
}

/** Runs `work` on a path in `folder` that nobody else uses; what is there afterwards, because it was not moved away, is removed. */
export async function withTemporaryPath<T>(folder: string, work: (path: string) => Promise<T>): Promise<T> {
  const path = join(folder, `${process.pid}-${randomUUID()}`);
  try {
    return await work(path);
  } finally {
    rmSync(path, { force: true });
  }
}

/**
 * Creates a file, never through a link, lets `fill` write it, and brings it to the disk. Throws `no-space`, `permission`,
 * and `io`, also where the name is taken.
 */
export async function writeNewFile<T>(path: string, mode: number, fill: (file: NewFile) => T | Promise<T>): Promise<T> {
  // Windows has no O_NOFOLLOW; O_EXCL follows no link either.
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW = 0 } = constants;
  const fd = await faultsAt(path, () => openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode));
  try {
    const result = await fill({ path, fd });
    await faultsAt(path, () => fsyncLater(fd));
    return result;
  } finally {
    await closeLater(fd);
  }
}

/** Brings a file that somebody else wrote to the disk. Throws `no-space`, `permission`, `io`. */
export async function syncFile(path: string): Promise<void> {
  const fd = await faultsAt(path, () => openSync(path, constants.O_RDONLY));
  try {
    await faultsAt(path, () => fsyncLater(fd));
  } finally {
    await closeLater(fd);
  }
}

/** Brings the names in a folder to the disk. Throws `io`. */
export function syncFolder(path: string): void {
  // Windows opens no folders, and writes names through.
  if (process.platform === 'win32') return;
  try {
    const fd = openSync(path, constants.O_RDONLY);
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    // Some network file systems have no such call for folders, because they need none.
    if (errnoOf(error) !== 'EINVAL') throw toFileFault(error, path);
  }
}

/** Mode of the folders of a shared cache, as DVC makes them: the group writes, and owns what is made inside. */
const SHARED_MODE = 0o2775;

/**
 * Makes a folder and those above it that are missing, durably. `path` is absolute. Returns the topmost folder that was made.
 * Throws `permission`, `no-space`, `io`.
 */
export function makeFolder(path: string, options: { readonly shared: boolean }): string | undefined {
  try {
    const first = mkdirSync(path, { recursive: true });
    if (first === undefined) return undefined;
    for (let made = path; made.length >= first.length; made = dirname(made)) {
      // Spelled out, since the umask takes the group's right away, and `mkdir` the setgid bit.
      if (options.shared) chmodSync(made, SHARED_MODE);
      syncFolder(dirname(made));
    }
    return first;
  } catch (error) {
    throw toFileFault(error, path);
  }
}
