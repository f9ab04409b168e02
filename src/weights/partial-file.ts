/**
 * What has arrived of an object so far, kept when a transfer is cut short, even by a kill, so that the next one goes on
 * from there. It lies in the cache's temporary folder: what nobody finishes is swept with the rest.
 */
import { createHash, randomUUID } from 'node:crypto';
import { closeSync, constants, ftruncateSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Sha256 } from '../domain/digest.ts';
import { errnoOf, isMissing, toFileFault } from './file-fault.ts';
import { findNode } from './find-source.ts';

const HOST = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);

/** A file that belongs to this transfer alone, open for reading and writing. */
export interface PartialFile {
  readonly path: string;
  readonly fd: number;
  /** What is in it already. */
  readonly bytes: number;
}

/**
 * Opens what an earlier transfer of an object left in `folder`, or a new file. Two transfers never share one: a name says
 * whose it is, and a rename claims it. Throws `permission`, `no-space`, `io`.
 */
export function openPartial(folder: string, sha256: Sha256, limit: number): PartialFile {
  const path = join(folder, `${sha256}_${HOST}_${process.pid}_${randomUUID()}.part`);
  try {
    for (const name of leftovers(folder, sha256)) {
      if (!claim(join(folder, name), path)) continue;
      const fd = openSync(path, constants.O_RDWR | (constants.O_NOFOLLOW ?? 0));
      const bytes = findNode(path)?.size ?? 0;
      if (bytes <= limit) return { path, fd, bytes };
      ftruncateSync(fd, 0);
      return { path, fd, bytes: 0 };
    }
    return { path, fd: openSync(path, 'wx+', 0o600), bytes: 0 };
  } catch (error) {
    throw toFileFault(error, path);
  }
}

/** Closes a file and gives it a name that the next transfer may take. */
export function releasePartial(file: PartialFile, folder: string, sha256: Sha256): void {
  closeSync(file.fd);
  try {
    renameSync(file.path, join(folder, `${sha256}.part`));
  } catch (error) {
    if (!isMissing(error)) throw toFileFault(error, file.path);
  }
}

/** Removes what nobody is writing of an object. */
export function removePartials(folder: string, sha256: Sha256): void {
  for (const name of leftovers(folder, sha256)) rmSync(join(folder, name), { force: true });
}

/** What nobody is writing: released files, and those of processes of this machine that are no more. */
function leftovers(folder: string, sha256: Sha256): readonly string[] {
  return readdirSync(folder).filter((name) => {
    if (!name.startsWith(sha256) || !name.endsWith('.part')) return false;
    const [, host, pid] = name.split('_');
    return name === `${sha256}.part` || (host === HOST && !isRunning(Number(pid)));
  });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errnoOf(error) !== 'ESRCH';
  }
}

function claim(from: string, to: string): boolean {
  if (!findNode(from)?.isFile()) return false;
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
