/** Faults of the file system, in the closed set. */
import { type ErrorCode, RegistryError } from '../domain/errors.ts';

const CODES: Readonly<Record<string, ErrorCode>> = {
  EACCES: 'permission',
  EPERM: 'permission',
  EROFS: 'permission',
  ENOSPC: 'no-space',
  EDQUOT: 'no-space',
};

/** Returns the fault behind a failed file operation. Data: `{path, errno}`. */
export function fileFault(path: string, cause: unknown): RegistryError {
  if (cause instanceof RegistryError) return cause;
  const errno = (cause as NodeJS.ErrnoException).code ?? 'unknown';
  return new RegistryError(CODES[errno] ?? 'io', `${path}: ${errno}`, { data: { path, errno }, cause });
}
