/** What the seed's index line needs from an entry itself. */
import { type EntryAddress, findTrainManifest, readManifest } from './read-entry.ts';
import type { Workspace } from './workspace.ts';

/** Returns the run that the train manifest names, and the first parent. */
export async function findManifestFacts(
  workspace: Workspace,
  entry: EntryAddress,
): Promise<{ readonly runId: string | null; readonly parent: string | null }> {
  const manifest = await readManifest(workspace, entry);
  const train = await findTrainManifest(workspace, entry, manifest);
  return { runId: train?.mlflowRunId ?? null, parent: manifest.parents[0] ?? null };
}
