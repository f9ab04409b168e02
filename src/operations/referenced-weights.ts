/** Which cached bytes entries refer to: the mark phase of `gc --weights` and of a purge. */
import type { Sha256 } from '../domain/digest.ts';
import type { EntryState } from '../domain/state.ts';
import { manifestFrom } from './read-entry.ts';
import { findModels } from './read-model.ts';
import { foldAt, withFoldMemo } from './sync/fold-memo.ts';
import type { Workspace } from './workspace.ts';

/** An entry, by commit, with its state in every model that has it. */
interface Referrer {
  readonly sha256: Sha256;
  readonly commit: EntryState['commit'];
}

/** Returns the SHA-256s of all cached files of the entries that `keeps` accepts, over all models. One batch of reads. */
export async function referencedWeights(
  workspace: Workspace,
  keeps: (entry: EntryState) => boolean,
): Promise<ReadonlySet<Sha256>> {
  const referrers = new Map<string, Referrer>();
  for await (const { state } of findModels(workspace, await workspace.log.models())) {
    for (const entry of state.entries.values()) {
      if (keeps(entry)) referrers.set(entry.commit, { sha256: entry.sha256, commit: entry.commit });
    }
  }
  for (const entry of await lostEntries(workspace))
    if (keeps(entry)) referrers.set(entry.commit, { sha256: entry.sha256, commit: entry.commit });
  const order = [...referrers.values()];
  const referenced = new Set<Sha256>();
  let index = 0;
  for await (const blob of workspace.objects.findAll(order.map(({ commit }) => `${commit}:manifest.json`))) {
    const referrer = order[index];
    index += 1;
    // An unreadable manifest must stop a sweep: throws, rather than count its bytes as unreferenced.
    if (referrer === undefined) continue;
    for (const file of manifestFrom(referrer, blob?.body).files)
      if (file.store === 'cache') referenced.add(file.sha256);
  }
  return referenced;
}

/** What a replay left behind keeps its weights until the user drops it (format §5). */
async function lostEntries(workspace: Workspace): Promise<readonly EntryState[]> {
  const lost = await (await workspace.syncRefs()).lost();
  const remembering = withFoldMemo(workspace);
  const entries: EntryState[] = [];
  for (const { model, id } of lost) entries.push(...(await foldAt(remembering, model, id)).state.entries.values());
  return entries;
}
