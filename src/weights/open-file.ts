/** A regular file held open for reading, and the proof that it did not change meanwhile (format §3.1, §8.2). */
import { type BigIntStats, closeSync, constants, fstatSync, lstatSync, openSync, statSync } from 'node:fs';
import type { RegistryError } from '../domain/errors.ts';
import { pathFault, toFileFault } from './file-fault.ts';

/** How to open. */
export interface OpenOptions {
  /** Accept a path that is a symbolic link to a regular file; refused otherwise. */
  readonly followLinks?: boolean;
  /**
   * Accept another time of change: what is read lies in a cache, where another process that stores the same bytes makes it
   * look new. Its digest says whether the bytes are what they were.
   */
  readonly ofCache?: boolean;
}

/** A regular file that is open. */
export interface OpenFile {
  readonly path: string;
  readonly fd: number;
  /** Its size when it was opened. */
  readonly bytes: number;
  readonly opened: BigIntStats;
  readonly followLinks: boolean;
}

// Windows knows neither flag; there `lstat` before the open is all there is.
const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;

/**
 * Runs `work` on the file at `path`, then proves that it is still the same file. Never blocks on a FIFO. Throws `not-a-file`
 * for what is no regular file, `changed-while-reading`, `permission`, `io`.
 */
export async function withOpenFile<T>(
  path: string,
  options: OpenOptions,
  work: (file: OpenFile) => T | Promise<T>,
): Promise<T> {
  const file = openFile(path, options.followLinks ?? false);
  try {
    const result = await work(file);
    assertUnchanged(file, options.ofCache ?? false);
    return result;
  } catch (error) {
    throw toFileFault(error, path);
  } finally {
    closeSync(file.fd);
  }
}

/** Returns the fault for a file that changed under the reader. */
export function changedWhileReading(path: string, how: string): RegistryError {
  return pathFault('changed-while-reading', path, `changed while it was read: ${how}`);
}

/** Opens a regular file. The caller closes its descriptor. Throws `not-a-file`, `permission`, `io`. */
export function openFile(path: string, followLinks: boolean): OpenFile {
  let fd: number | undefined;
  try {
    // Looking first spares devices an open, which some answer with an action.
    assertRegular(statNamed(path, followLinks), path);
    // A FIFO that takes the file's place now blocks nobody: O_NONBLOCK, and the descriptor is looked at again.
    fd = openSync(path, O_RDONLY | O_NONBLOCK | (followLinks ? 0 : O_NOFOLLOW));
    const opened = fstatSync(fd, { bigint: true });
    assertRegular(opened, path);
    return { path, fd, bytes: Number(opened.size), opened, followLinks };
  } catch (error) {
    if (fd !== undefined) closeSync(fd);
    throw toFileFault(error, path);
  }
}

function statNamed(path: string, followLinks: boolean): BigIntStats {
  return followLinks ? statSync(path, { bigint: true }) : lstatSync(path, { bigint: true });
}

function assertRegular(found: BigIntStats, path: string): void {
  if (found.isFile()) return;
  throw pathFault('not-a-file', path, `expected a regular file, got ${kindOf(found)}`);
}

/** Returns what a path is, in words. */
export function kindOf(found: Pick<BigIntStats, 'isDirectory' | 'isSymbolicLink' | 'isFIFO' | 'isSocket'>): string {
  if (found.isDirectory()) return 'a folder';
  if (found.isSymbolicLink()) return 'a symbolic link';
  if (found.isFIFO()) return 'a FIFO';
  return found.isSocket() ? 'a socket' : 'a device';
}

/** Throws `changed-while-reading` unless the file is what it was when it was opened, under its name too. */
function assertUnchanged(file: OpenFile, ofCache: boolean): void {
  const { opened, path } = file;
  const now = fstatSync(file.fd, { bigint: true });
  if (now.size !== opened.size) throw changedWhileReading(path, `expected ${opened.size} bytes, got ${now.size}`);
  if (!ofCache && now.mtimeNs !== opened.mtimeNs) throw changedWhileReading(path, 'it was written to');
  const named = findNamed(file);
  if (named === undefined) throw changedWhileReading(path, 'it was removed');
  if (named.ino !== opened.ino || named.dev !== opened.dev) {
    throw changedWhileReading(path, 'another file took its place');
  }
}

function findNamed(file: OpenFile): BigIntStats | undefined {
  const options = { bigint: true, throwIfNoEntry: false } as const;
  return file.followLinks ? statSync(file.path, options) : lstatSync(file.path, options);
}
