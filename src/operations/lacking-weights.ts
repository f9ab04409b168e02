/** Which bytes of entries are not here: by names and sizes, nothing is read. */
import type { CacheFile, Manifest } from '../domain/manifest.ts';
import { weightsObjects } from './weights-objects.ts';
import type { Workspace } from './workspace.ts';

/** Returns the files of entries whose bytes the cache lacks. Throws `permission`, `io`. */
export async function lackingWeights(
  workspace: Workspace,
  manifests: readonly Manifest[],
): Promise<readonly CacheFile[]> {
  const objects = weightsObjects(manifests);
  if (objects.length === 0) return [];
  const weights = await workspace.weights();
  const lacking: CacheFile[] = [];
  for (const { file } of objects) if ((await weights.findPath(file)) === undefined) lacking.push(file);
  return lacking;
}
