/** Files of evidence of an event (format §6.1), by digest. */
import type { ObjectId, Sha256 } from '../../domain/digest.ts';
import { sha256Of } from '../../domain/digest.ts';
import type { Workspace } from '../workspace.ts';

/** Returns a file of evidence of an event's commit; undefined where its tree has none of that digest, or other bytes. */
export async function findEvidence(
  workspace: Workspace,
  commit: ObjectId,
  sha256: Sha256,
): Promise<Uint8Array | undefined> {
  const blob = await workspace.objects.find(`${commit}:evidence/${sha256}`);
  return blob?.type === 'blob' && sha256Of(blob.body) === sha256 ? blob.body : undefined;
}
