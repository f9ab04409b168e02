/** What the merge rules need to know beside the logs (format §7.3), read before they are asked: they are pure. */
import type { ObjectId, Sha256 } from '../../domain/digest.ts';
import type { ModelName } from '../../domain/model-name.ts';
import type { SettleContext } from '../../domain/settle/settlement.ts';
import type { ModelState } from '../../domain/state.ts';
import { readManifest } from '../read-entry.ts';
import { findModel } from '../read-model.ts';
import type { Workspace } from '../workspace.ts';
import type { Sides } from './find-divergence.ts';
import { foldAt } from './fold-memo.ts';
import { findOfOtherPolicy } from './other-policy.ts';

/** How to settle. */
export interface SettleOptions {
  readonly adopt?: boolean;
  readonly fastForwardOnly?: boolean;
}

/** Reads the context for models that both sides have moved. */
export async function readSettleContext(
  workspace: Workspace,
  sides: readonly Sides[],
  options: SettleOptions,
): Promise<SettleContext> {
  const now = workspace.clock.now();
  const relations = await readRelations(workspace, sides);
  const asked = new Set([...relations.values()].flat());
  const elsewhere =
    asked.size === 0
      ? new Set<Sha256>()
      : await readRegistered(
          workspace,
          sides.map(({ model }) => model),
        );
  const otherwise = await findOfOtherPolicy(
    workspace,
    sides.flatMap(({ local }) => local),
  );
  return {
    runner: await workspace.settings.identity(),
    isOfOtherPolicy: ({ id }) => otherwise.has(id),
    at: new Date(now).toISOString(),
    newId: () => workspace.clock.newId(now),
    relationsOf: (sha256) => relations.get(sha256) ?? [],
    isRegisteredElsewhere: (sha256) => elsewhere.has(sha256),
    ...options,
  };
}

/** Returns parents and inputs of every entry that events of ours name. */
export async function readRelations(
  workspace: Workspace,
  sides: readonly { readonly local: Sides['local'] }[],
): Promise<ReadonlyMap<Sha256, readonly Sha256[]>> {
  const entries = new Map<Sha256, ObjectId>();
  for (const { event, entryCommit } of sides.flatMap(({ local }) => local)) {
    const registers = event.kind === 'register' || event.kind === 'promote';
    if (registers && entryCommit !== undefined) entries.set(event.sha256, entryCommit);
  }
  const relations = new Map<Sha256, readonly Sha256[]>();
  for (const [sha256, commit] of entries) {
    const { parents, inputs } = await readManifest(workspace, { sha256, commit });
    relations.set(sha256, [...parents, ...inputs]);
  }
  return relations;
}

/** Returns what is registered in a verified log of any remote, or in a log here that is not among `settling`. */
async function readRegistered(workspace: Workspace, settling: readonly ModelName[]): Promise<ReadonlySet<Sha256>> {
  const registered = new Set<Sha256>();
  const add = ({ entries }: ModelState): void => {
    for (const { sha256, status } of entries.values()) if (status === 'registered') registered.add(sha256);
  };
  for (const { key, id } of await (await workspace.syncRefs()).verifiedLogs()) {
    if (key.kind === 'log') add((await foldAt(workspace, key.model, id)).state);
  }
  for (const model of await workspace.log.models()) {
    const folded = settling.includes(model) ? undefined : await findModel(workspace, model);
    if (folded !== undefined) add(folded.state);
  }
  return registered;
}
