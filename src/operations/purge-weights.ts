/** Removes the cached bytes of a tombstoned entry, where no other entry refers to them. */
import type { Sha256 } from '../domain/digest.ts';
import { readManifest } from './read-entry.ts';
import { referencedWeights } from './referenced-weights.ts';
import type { ResolvedSpec } from './resolve-spec.ts';
import type { Workspace } from './workspace.ts';

/** Purges. Bytes that an entry without tombstone refers to, in any model, stay. */
export async function purgeWeights(
  workspace: Workspace,
  named: ResolvedSpec,
): Promise<{ readonly purged: readonly Sha256[]; readonly kept: readonly Sha256[] }> {
  const manifest = await readManifest(workspace, named.entry);
  const referenced = await referencedWeights(
    workspace,
    (entry) => entry.sha256 !== named.entry.sha256 && entry.tombstone === undefined,
  );
  const weights = await workspace.weights();
  const purged: Sha256[] = [];
  const kept: Sha256[] = [];
  for (const file of manifest.files) {
    if (file.store !== 'cache') continue;
    if (referenced.has(file.sha256)) {
      kept.push(file.sha256);
    } else if ((await weights.findPath(file)) !== undefined) {
      await weights.remove(file);
      purged.push(file.sha256);
    }
  }
  return { purged, kept };
}
