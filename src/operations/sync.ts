/** Ends a conflict that `pull` leaves alone (format §7.3): takes over others' events, or makes room for the remote's model. */
import { RegistryError } from '../domain/errors.ts';
import { parseModelName } from '../domain/model-name.ts';
import { type PullResult, pull } from './pull.ts';
import { chooseRemote } from './sync/choose-remote.ts';
import { renameLocal } from './sync/rename-local.ts';
import type { Workspace } from './workspace.ts';

/** How to end it. Exactly one of `adopt` and `as`. */
export interface SyncInput {
  /** `[REMOTE] [MODEL...]`. */
  readonly words: readonly string[];
  /** Replay the events of others too, in the name of who runs this. */
  readonly adopt: boolean;
  /** Give the model here this name. */
  readonly as?: string;
}

/** Settles. Throws `usage`, `model-exists`, `model-collides`, and what `pull` throws. */
export async function sync(workspace: Workspace, input: SyncInput): Promise<PullResult> {
  const { as, words, adopt } = input;
  if (adopt === (as !== undefined)) throw new RegistryError('usage', 'sync: expected --adopt or --as NAME');
  if (as === undefined) return pull(workspace, { words, adopt });
  const { models, target } = await chooseRemote(workspace, words);
  const [model] = models;
  if (model === undefined || models.length > 1)
    throw new RegistryError('usage', 'sync --as NAME: expected one MODEL, the one here that gets the name');
  const { stages } = await workspace.settings.policy();
  await renameLocal(workspace, model, parseModelName(as, stages));
  // Everything: the model that had no room may have a name that differs in its case.
  return pull(workspace, { words: [target.address] });
}
