/** The manifests of many entries, by one process. */
import type { Manifest } from '../domain/manifest.ts';
import { type EntryAddress, manifestFrom } from './read-entry.ts';
import type { Workspace } from './workspace.ts';

/** Returns the manifests in the order of the entries. Throws `corrupt-entry`, `corrupt-object`. */
export async function readManifests(
  workspace: Workspace,
  entries: readonly EntryAddress[],
): Promise<readonly Manifest[]> {
  const manifests: Manifest[] = [];
  if (entries.length === 0) return manifests;
  for await (const blob of workspace.objects.findAll(entries.map(({ commit }) => `${commit}:manifest.json`))) {
    const entry = entries[manifests.length];
    if (entry !== undefined) manifests.push(manifestFrom(entry, blob?.body));
  }
  return manifests;
}
