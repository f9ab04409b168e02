/** Brings what a remote has into the registry here (format §7.2, §7.3): fetched, verified, then settled model by model. */
import type { ObjectId } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import { type ModelName, parseModelName } from '../domain/model-name.ts';
import type { ModelState } from '../domain/state.ts';
import type { RemoteTarget } from '../ports/git-remote.ts';
import type { FetchWeightsResult } from './fetch-weights.ts';
import { liveEntries } from './live-entries.ts';
import { readManifests } from './read-manifests.ts';
import { findModel } from './read-model.ts';
import type { SettledModel } from './sync/carry-out.ts';
import { chooseRemote } from './sync/choose-remote.ts';
import { fetchRemote } from './sync/fetch-remote.ts';
import { withFoldMemo } from './sync/fold-memo.ts';
import { Scope } from './sync/scope.ts';
import { settleRemote } from './sync/settle-remote.ts';
import type { Workspace } from './workspace.ts';

/** What to pull. */
export interface PullInput {
  /** `[REMOTE] [MODEL...]`. */
  readonly words: readonly string[];
  /** Download everything again, also what is here. */
  readonly refetch?: boolean;
  /** Accept the remote's log of this model, whatever was verified before; our tip is kept as lost. */
  readonly trust?: string;
  /** Replay events of others too, in the name of who runs this (`sync --adopt`). */
  readonly adopt?: boolean;
  /** Fetch the bytes of all that is registered or pending in those models, too. */
  readonly weights?: boolean;
  /** Transfers of weights at a time. */
  readonly jobs?: number;
}

/** What arrived. */
export interface PullResult {
  readonly remote: string;
  readonly models: readonly SettledModel[];
  /** Null where it was not asked for. */
  readonly weights: FetchWeightsResult | null;
  /** Names under the registry's that are no refs of it. */
  readonly odd: readonly string[];
  readonly issues: readonly RegistryError[];
}

/** Pulls. What one model is at fault for is an issue; the others arrive. */
export async function pull(given: Workspace, input: PullInput): Promise<PullResult> {
  const workspace = withFoldMemo(given);
  const { target, models, isRegistryRemote } = await chooseRemote(workspace, input.words);
  const trust = input.trust === undefined ? undefined : parseModelName(input.trust);
  if (trust !== undefined && models.length > 0 && !models.includes(trust))
    throw new RegistryError('usage', `pull --trust-remote ${trust}: it is not among the models named`);
  const trusted = trust === undefined ? {} : { trust };
  const afresh = input.refetch === true;
  const fetched = await fetchRemote(workspace, target, { models, afresh, ...trusted });
  const before = await readTips(workspace, target, new Scope(models));
  const settled = await settleRemote(workspace, target, new Scope(models), {
    ...trusted,
    ...(input.adopt === true ? { adopt: true } : {}),
    ...(isRegistryRemote ? {} : { fastForwardOnly: true }),
  });
  const unjust = await judgeAll(workspace, settled.models, before);
  await workspace.repository.maintain({ remotes: true });
  return {
    remote: target.label,
    models: settled.models,
    weights: input.weights === true ? await fetchAllWeights(given, target, models, input.jobs) : null,
    odd: fetched.odd,
    issues: [...fetched.issues, ...settled.issues, ...unjust],
  };
}

/** A verified log of the remote, and where ours stood before it came. */
interface Tips {
  readonly tip: ObjectId;
  readonly before: ObjectId | undefined;
}

async function readTips(
  workspace: Workspace,
  target: RemoteTarget,
  scope: Scope,
): Promise<ReadonlyMap<ModelName, Tips>> {
  const tips = new Map<ModelName, Tips>();
  for (const { remote, key, id } of await (await workspace.syncRefs()).verifiedLogs())
    if (remote === target.name && key.kind === 'log' && scope.has(key.model))
      tips.set(key.model, { tip: id, before: await workspace.refs.find({ kind: 'log', model: key.model }) });
  return tips;
}

async function judgeAll(
  workspace: Workspace,
  models: readonly SettledModel[],
  tips: ReadonlyMap<ModelName, Tips>,
): Promise<readonly RegistryError[]> {
  const moved = models.filter(({ received, kind }) => received > 0 && kind !== 'held');
  if (moved.length === 0) return [];
  const { judgeReceived } = await import('./judge-received.ts');
  const issues: RegistryError[] = [];
  for (const { model, received } of moved) {
    const known = tips.get(model);
    if (known !== undefined) issues.push(...(await judgeReceived(workspace, { model, received, ...known })));
  }
  return issues;
}

async function fetchAllWeights(
  workspace: Workspace,
  target: RemoteTarget,
  models: readonly ModelName[],
  jobs: number | undefined,
): Promise<FetchWeightsResult> {
  const states: ModelState[] = [];
  for (const model of models.length > 0 ? models : await workspace.log.models()) {
    const found = await findModel(workspace, model);
    if (found !== undefined) states.push(found.state);
  }
  const { fetchWeights } = await import('./fetch-weights.ts');
  return fetchWeights(workspace, {
    manifests: await readManifests(workspace, liveEntries(states)),
    gitRemote: target.address,
    ...(jobs === undefined ? {} : { jobs }),
  });
}
