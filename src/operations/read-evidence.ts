/** Files of evidence, out of the tree of an event's commit (format §6.1). */
import { type ObjectId, type Sha256, sha256Of } from '../domain/digest.ts';
import type { Workspace } from './workspace.ts';

/** Returns a file that an event carries; undefined where it does not, or under that name has other bytes. */
export async function readEvidence(
  workspace: Workspace,
  tree: ObjectId,
  sha256: Sha256,
): Promise<Uint8Array | undefined> {
  const object = await workspace.objects.find(`${tree}:evidence/${sha256}`);
  return object?.type === 'blob' && sha256Of(object.body) === sha256 ? object.body : undefined;
}
