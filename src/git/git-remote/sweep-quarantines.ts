/** Removes the folders of fetches (format §5: gone when the fetch ends) and pushes that were killed, and no living one. */
import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LockHolder, readLock } from '../lock-file.ts';
import { fateOf, ownProcess } from '../process-identity.ts';
import type { Repository } from '../repository.ts';

/** Where they are, below `registry/` in the git common dir. */
export const QUARANTINES = 'incoming';

/** A folder whose fetch cannot be seen from here, on another machine or in another container, is left for so many milliseconds. */
const PATIENCE = 24 * 60 * 60 * 1000;
/** Says in a quarantine whose it is. */
const OWNER = 'owner';

/** Says that a quarantine is of this process. */
export function markOwn(folder: string, token: string): void {
  const holder: LockHolder = { ...ownProcess(), token, at: Date.now() };
  writeFileSync(join(folder, OWNER), JSON.stringify(holder));
}

/** Removes those of processes that are gone. What cannot be removed is left to the next fetch. */
export function sweepQuarantines({ commonDir }: Repository): void {
  const parent = join(commonDir, 'registry', QUARANTINES);
  // The git of a killed fetch may still write there for a moment.
  for (const folder of attempt(() => readdirSync(parent)) ?? [])
    attempt(() => isLeftBehind(join(parent, folder)) && rmSync(join(parent, folder), { recursive: true, force: true }));
}

function isLeftBehind(folder: string): boolean {
  const owner = readLock(join(folder, OWNER), 0)?.holder;
  const fate = owner === undefined ? 'unknown' : fateOf(owner);
  return fate === 'gone' || (fate === 'unknown' && Date.now() - statSync(folder).mtimeMs > PATIENCE);
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
