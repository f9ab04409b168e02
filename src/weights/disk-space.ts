/** Whether bytes fit, asked before they are written: so that a sparse terabyte does not first fill the disk. */
import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pathFault } from './file-fault.ts';

/** Throws `no-space` with data `{path, needed, free}` when `bytes` do not fit on the file system of `folder`, which need not exist yet. */
export async function assertSpace(folder: string, bytes: number): Promise<void> {
  let existing = folder;
  while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing);
  const { blocks, bavail, bsize } = await statfs(existing);
  // Some network file systems do not tell: no blocks at all.
  if (blocks === 0) return;
  const free = bavail * bsize;
  if (bytes <= free) return;
  throw pathFault('no-space', folder, `expected room for ${bytes} bytes, got ${free}`, { needed: bytes, free });
}
