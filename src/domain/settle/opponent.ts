/** Which event stands against one that has no effect, so that a conflict can name both sides (format §7.3). */
import type { Sha256 } from '../digest.ts';
import type { RegistryEvent } from '../event.ts';
import type { ModelState, Stamp } from '../state.ts';
import type { Opponent } from './settlement.ts';

/** Returns the event that took what another wanted, where one did. */
export function findOpponent(state: ModelState, event: RegistryEvent): Opponent | undefined {
  if (!('sha256' in event) || typeof event.sha256 !== 'string') return undefined;
  const entry = state.entries.get(event.sha256);
  if (entry?.tombstone !== undefined) return opponent(entry.tombstone, entry.sha256);
  const version = 'version' in event && event.version !== undefined ? state.versions.get(event.version) : undefined;
  if (version !== undefined && version.sha256 !== event.sha256) return opponent(version.given, version.sha256);
  const holder = event.kind === 'stage' ? state.slots.get(event.to) : undefined;
  if (holder !== undefined) return opponent(state.entries.get(holder)?.staged, holder);
  return opponent(event.kind === 'register' ? entry?.registered : undefined, event.sha256);
}

function opponent(stamp: Stamp | undefined, sha256: Sha256): Opponent | undefined {
  return stamp === undefined ? undefined : { event: stamp.event, sha256 };
}
