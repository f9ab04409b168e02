/** The registry.yaml that a `stage` event carries as evidence: so a log alone can be judged (format §6.3). */
import type { ObjectId, Sha256 } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import { DEFAULT_POLICY, type Policy } from '../domain/policy.ts';
import { decodeUtf8 } from '../domain/utf8.ts';
import { readEvidence } from './read-evidence.ts';
import type { Workspace } from './workspace.ts';

/** Returns it; the defaults for an event without one, undefined where what it names is not there or no registry.yaml. */
export async function readCarriedPolicy(
  workspace: Workspace,
  tree: ObjectId,
  sha256: Sha256 | undefined,
): Promise<Policy | undefined> {
  if (sha256 === undefined) return DEFAULT_POLICY;
  const bytes = await readEvidence(workspace, tree, sha256);
  const text = bytes === undefined ? undefined : decodeUtf8(bytes);
  if (text === undefined) return undefined;
  try {
    return await workspace.settings.decodePolicy(text);
  } catch (error) {
    if (error instanceof RegistryError && error.code === 'bad-policy') return undefined;
    throw error;
  }
}
