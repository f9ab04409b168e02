/** A second name for a file, or a clone of it, where the file system has such a thing; else the caller copies. */
import { constants, copyFileSync, existsSync, linkSync, symlinkSync } from 'node:fs';
import { errnoOf, toFileFault } from './file-fault.ts';
import type { OpenFile } from './open-file.ts';

/** Ways to give a file another name, as DVC's `cache.type` calls them. */
export type LinkType = 'reflink' | 'hardlink' | 'symlink' | 'copy';

/** Whether there is a link now: `taken` when the name exists already, `unsupported` where the file system will not link these two. */
export type LinkOutcome = 'linked' | 'taken' | 'unsupported';

/** What says that links are not to be had here, rather than that something failed. */
const NOT_HERE: ReadonlySet<string | undefined> = new Set([
  'EPERM', // forbidden by the mount, or by protected_hardlinks
  'EXDEV', // two file systems
  'EMLINK', // too many names
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
  'ENOTTY',
  'EINVAL',
  'EAGAIN',
]);

/** The unit in which `stat` counts what a file takes up on the disk. */
const BLOCK_BYTES = 512n;

/** Makes `target` a link to the file `source`, or a clone of it. Throws `permission`, `no-space`, `io`. */
export function tryLink(type: Exclude<LinkType, 'copy'>, source: string, target: string): LinkOutcome {
  const { COPYFILE_EXCL, COPYFILE_FICLONE_FORCE } = constants;
  try {
    if (type === 'reflink') copyFileSync(source, target, COPYFILE_EXCL | COPYFILE_FICLONE_FORCE);
    else if (type === 'hardlink') linkSync(source, target);
    else symlinkSync(source, target);
    return 'linked';
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return 'taken';
    if (NOT_HERE.has(errnoOf(error))) return 'unsupported';
    throw toFileFault(error, target);
  }
}

/**
 * Clones the file that is open, whatever has its name by now. `target` must be a new name. False where there are no clones,
 * and for a file with holes: its clone would be free, however large it claims to be, and reading it would take for ever.
 */
export function tryCloneOpenFile(source: OpenFile, target: string): boolean {
  const { blocks, size } = source.opened;
  if (blocks * BLOCK_BYTES < size) return false;
  // Linux alone reaches an open file by a path. Elsewhere the bytes are copied while they are read.
  const path = `/proc/self/fd/${source.fd}`;
  return process.platform === 'linux' && existsSync(path) && tryLink('reflink', path, target) === 'linked';
}
