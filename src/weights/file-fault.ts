/** Errors of the operating system as faults with a code and a path. */
import { type ErrorCode, type ErrorData, RegistryError } from '../domain/errors.ts';

/** What an errno means to the user. Those not listed are `io`, named by the errno itself. */
const MEANINGS: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  ENOSPC: ['no-space', 'the disk is full'],
  EDQUOT: ['no-space', 'the disk quota is used up'],
  EFBIG: ['no-space', 'the file would be larger than is allowed'],
  EACCES: ['permission', 'permission denied'],
  EPERM: ['permission', 'operation not permitted'],
  EROFS: ['permission', 'the file system is read-only'],
  ELOOP: ['not-a-file', 'expected a regular file, got a symbolic link'],
  ENXIO: ['not-a-file', 'expected a regular file, got a FIFO, socket or device'],
  EISDIR: ['not-a-file', 'expected a regular file, got a folder'],
  ENOENT: ['io', 'no such file or folder'],
  EIO: ['io', 'the device failed'],
};

/** Returns the errno (`ENOENT`, ...) of an error thrown by the operating system, or undefined. */
export function errnoOf(error: unknown): string | undefined {
  const isSystemError = error instanceof Error && 'errno' in error && 'code' in error;
  return isSystemError && typeof error.code === 'string' ? error.code : undefined;
}

/** Tells whether an error, or the fault made of it, says that a path is not there (any more). */
export function isMissing(error: unknown): boolean {
  return (error instanceof RegistryError ? error.data['errno'] : errnoOf(error)) === 'ENOENT';
}

/** Returns a fault about a path; the path is spelled so that no control character gets through. */
export function pathFault(code: ErrorCode, path: string, problem: string, data: ErrorData = {}): RegistryError {
  return new RegistryError(code, `${JSON.stringify(path)}: ${problem}`, { data: { path, ...data } });
}

/** Returns the fault for an error met at `path`. What is no error of the operating system is returned as it is. */
export function toFileFault(error: unknown, path: string): unknown {
  const errno = errnoOf(error);
  if (errno === undefined) return error;
  const [code, problem] = MEANINGS[errno] ?? ['io', `failed with ${errno}`];
  return new RegistryError(code, `${JSON.stringify(path)}: ${problem}`, { data: { path, errno }, cause: error });
}

/** Runs work on `path`; errors of the operating system become faults about it. */
export async function faultsAt<T>(path: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toFileFault(error, path);
  }
}
