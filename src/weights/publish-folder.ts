/** Puts a finished folder in its place: by one rename, or by two where something is replaced. */
import { renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { badDestination } from './destination.ts';
import { syncFolder } from './durable-file.ts';
import { errnoOf, isMissing } from './file-fault.ts';

/** A folder to publish. All four on one file system. */
export interface Publication {
  /** The finished folder. */
  readonly content: string;
  readonly destination: string;
  /** A folder of our own, where what is replaced goes. */
  readonly staging: string;
  readonly force: boolean;
}

/** What `rename` says of a destination that is no empty folder. */
const OCCUPIED: ReadonlySet<string | undefined> = new Set(['ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EISDIR']);

/** How often others may put something there between our two renames. */
const ATTEMPTS = 16;

/**
 * Moves `content` to `destination`. With `force` what is there is moved to `staging` first; the destination is missing for
 * the time between two renames, and comes back when the second fails. Throws `destination` where it is taken, and errors of
 * the operating system.
 */
export function publishFolder(publication: Publication): void {
  const { content, destination, staging, force } = publication;
  for (let attempt = 0; ; attempt += 1) {
    if (tryMove(content, destination)) break;
    if (!force || attempt === ATTEMPTS) throw badDestination(destination, 'another process put something there');
    const former = join(staging, `former-${attempt}`);
    if (!moveAside(destination, former)) continue;
    try {
      if (tryMove(content, destination)) break;
    } catch (error) {
      renameSync(former, destination);
      throw error;
    }
  }
  syncFolder(dirname(destination));
}

/** Moves a folder; false where the target is no empty folder. */
function tryMove(source: string, target: string): boolean {
  try {
    renameSync(source, target);
    return true;
  } catch (error) {
    if (OCCUPIED.has(errnoOf(error))) return false;
    throw error;
  }
}

/** Moves what is there out of the way; false where there is nothing any more. */
function moveAside(destination: string, former: string): boolean {
  try {
    renameSync(destination, former);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
