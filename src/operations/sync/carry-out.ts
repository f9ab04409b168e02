/** Carries out how a model was settled (format §7.3): one transaction moves its log and its views. */
import type { ObjectId } from '../../domain/digest.ts';
import { RegistryError } from '../../domain/errors.ts';
import { collidesWith, type ModelName } from '../../domain/model-name.ts';
import type { Replay, Settlement } from '../../domain/settle/settlement.ts';
import { emptyState, type ModelState } from '../../domain/state.ts';
import type { RemoteTarget } from '../../ports/git-remote.ts';
import type { SyncRefUpdate } from '../../ports/sync-refs.ts';
import type { Workspace } from '../workspace.ts';
import type { Sides } from './find-divergence.ts';
import { foldAt, keepFold } from './fold-memo.ts';
import { makeReplay } from './make-replay.ts';
import { planSettlement, type SettledChange } from './plan-settlement.ts';
import { settleIssues } from './settle-issues.ts';

/** How a model was settled. */
export interface SettledModel {
  readonly model: ModelName;
  /** `ahead`: there is something to push. `held`: both sides moved and nothing was done; an issue says why. */
  readonly kind: 'current' | 'new' | 'fast-forward' | 'ahead' | 'replay' | 'held';
  /** Events that arrived. */
  readonly received: number;
  /** Events that the remote lacks. */
  readonly unpublished: number;
  /** Ours gave way to the remote's log, and is kept as lost. */
  readonly lost: boolean;
  /** Ids of events that a replay made void, dropped, or changed. */
  readonly voided: readonly string[];
  readonly dropped: readonly string[];
  readonly altered: readonly string[];
}

/** A model with a verified log, or with one here, or both. */
export interface Pair {
  readonly model: ModelName;
  readonly local: ObjectId | undefined;
  readonly remote: ObjectId;
}

/** How it ended; `moved`: somebody else moved a ref first. */
export type Outcome =
  | { readonly kind: 'moved'; readonly model: ModelName }
  | {
      readonly kind: 'done';
      readonly model: ModelName;
      readonly settled?: SettledModel;
      readonly issues: readonly RegistryError[];
    };

/** Returns the outcome of a model that was settled. */
export function settled(
  model: ModelName,
  facts: Partial<SettledModel>,
  issues: readonly RegistryError[] = [],
): Outcome {
  const none = { received: 0, unpublished: 0, lost: false, voided: [], dropped: [], altered: [] };
  return { kind: 'done', model, settled: { model, kind: 'current', ...none, ...facts }, issues };
}

/** A model that is new here, or whose log here gives way to the remote's because the user trusts that. */
export async function takeRemote(
  workspace: Workspace,
  target: RemoteTarget,
  { model, local, remote }: Pair,
  trust: boolean,
): Promise<Outcome> {
  const collision = collidesWith(model, local === undefined ? await workspace.log.models() : []);
  if (collision.kind === 'same-fold' || collision.kind === 'namespace') {
    const fault = new RegistryError(
      'model-collides',
      `${model} of ${target.label}: its name collides with ${collision.with} here`,
      {
        data: { model, with: collision.with, remote: target.label },
        hint: `git registry sync ${collision.with} --as NAME`,
      },
    );
    return { kind: 'done', model, issues: [fault] };
  }
  const before = local === undefined ? emptyState(model) : (await foldAt(workspace, model, local)).state;
  const after = (await foldAt(workspace, model, remote)).state;
  const change = { model, before, after, oldTip: local ?? null, tip: remote, lost: local !== undefined, trust };
  if (!(await apply(workspace, target, change, remote))) return { kind: 'moved', model };
  await keepFold(workspace, { tip: remote, state: after });
  return settled(model, {
    kind: local === undefined ? 'new' : 'replay',
    received: countLacking(after, before),
    lost: local !== undefined,
  });
}

/** Returns the number of events that only the first has. */
function countLacking(first: ModelState, second: ModelState): number {
  return [...first.ids.keys()].filter((id) => !second.ids.has(id)).length;
}

/** Does what the rules decided. */
export async function carryOut(
  workspace: Workspace,
  target: RemoteTarget,
  pair: Pair & { readonly local: ObjectId },
  sides: Sides,
  settlement: Settlement,
): Promise<Outcome> {
  const { model, remote } = pair;
  const [received, unpublished] = [sides.remote.length, sides.local.length];
  switch (settlement.kind) {
    case 'nothing':
      return settled(model, {});
    case 'ahead':
      return settled(model, { kind: 'ahead', unpublished });
    case 'held':
      return settled(model, { kind: 'held', received, unpublished }, settleIssues(target, model, settlement));
    case 'fast-forward':
      return (await moveTo(workspace, target, pair, remote, false))
        ? settled(model, { kind: 'fast-forward', received })
        : { kind: 'moved', model };
    case 'replay': {
      const tip = await makeReplay(workspace, settlement, remote, sides.local);
      if (!(await moveTo(workspace, target, pair, tip, settlement.lost))) return { kind: 'moved', model };
      return settled(
        model,
        { kind: 'replay', received, ...countsOf(settlement) },
        settleIssues(target, model, settlement),
      );
    }
  }
}

function countsOf({ events, voided, dropped, altered }: Replay): Partial<SettledModel> {
  const idOf = ({ source }: { readonly source: { readonly event: { readonly id: string } } }): string =>
    source.event.id;
  return {
    unpublished: events.length,
    voided: voided.map(idOf),
    dropped: dropped.map(idOf),
    altered: altered.map(idOf),
  };
}

/** Moves a log that is here, and its views. False where somebody else moved a ref first. */
async function moveTo(
  workspace: Workspace,
  target: RemoteTarget,
  { model, local, remote }: Pair & { readonly local: ObjectId },
  tip: ObjectId,
  lost: boolean,
): Promise<boolean> {
  const before = (await foldAt(workspace, model, local)).state;
  const folded = await foldAt(workspace, model, tip);
  const change = { model, before, after: folded.state, oldTip: local, tip, lost };
  const applied = await apply(workspace, target, change, remote);
  if (applied) await keepFold(workspace, folded);
  return applied;
}

/** One transaction; the verified log that was relied on must still be what it was (format §6.4). */
async function apply(
  workspace: Workspace,
  target: RemoteTarget,
  change: SettledChange,
  remote: ObjectId,
): Promise<boolean> {
  const updates = await planSettlement(workspace, change);
  const verified = { place: 'verified', remote: target.name, key: { kind: 'log', model: change.model } } as const;
  const relied: SyncRefUpdate = { ref: verified, old: remote, next: remote };
  return (await (await workspace.syncRefs()).apply([...updates, relied])).kind === 'applied';
}
