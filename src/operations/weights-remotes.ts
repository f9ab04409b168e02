/** The remotes of a registry's weights, and what to say where there is none. */
import { RegistryError } from '../domain/errors.ts';
import type { WeightsRemote } from '../ports/weights-remote.ts';
import type { Workspace } from './workspace.ts';

/** Transfers at a time where nobody says: enough for a long line, few enough for a small machine. */
export const USUAL_JOBS = 4;

/**
 * Returns the remotes, the one to write to first. Throws `no-weights-remote`, whose hint is the two lines that add one, and
 * what opening throws.
 */
export async function openRemotes(
  workspace: Workspace,
  gitRemote: string | undefined,
): Promise<readonly [WeightsRemote, ...WeightsRemote[]]> {
  const [first, ...others] = await workspace.remotes(gitRemote);
  if (first !== undefined) return [first, ...others];
  const lines = ['git config registry.weightsRemote /mnt/models', 'dvc remote add --default store s3://BUCKET/PREFIX'];
  throw new RegistryError('no-weights-remote', 'weights: no remote is configured', {
    data: { add: lines },
    hint: lines.join('\n'),
  });
}
