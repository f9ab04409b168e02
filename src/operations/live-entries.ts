/** The entries whose weights a team keeps: neither expired nor withdrawn by a tombstone. */
import type { EntryState, ModelState } from '../domain/state.ts';

/** Returns those of some models, each SHA once. */
export function liveEntries(models: Iterable<Pick<ModelState, 'entries'>>): readonly EntryState[] {
  const live = new Map<string, EntryState>();
  for (const { entries } of models)
    for (const entry of entries.values())
      if (entry.tombstone === undefined && entry.status !== 'expired') live.set(entry.sha256, entry);
  return [...live.values()];
}
