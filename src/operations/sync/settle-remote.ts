/** Brings what was verified of a remote into the logs here, model by model (format §7.3): each settles alone. */
import type { ObjectId } from '../../domain/digest.ts';
import { RegistryError } from '../../domain/errors.ts';
import { collidesWith, type ModelName } from '../../domain/model-name.ts';
import { settleModels } from '../../domain/settle/settle-models.ts';
import type { Replay, Settlement } from '../../domain/settle/settlement.ts';
import { emptyState } from '../../domain/state.ts';
import type { RemoteTarget } from '../../ports/git-remote.ts';
import type { SyncRefUpdate } from '../../ports/sync-refs.ts';
import type { Workspace } from '../workspace.ts';
import { findSides, type Sides } from './find-divergence.ts';
import { foldAt, keepFold, withFoldMemo } from './fold-memo.ts';
import { makeReplay } from './make-replay.ts';
import { planSettlement, type SettledChange } from './plan-settlement.ts';
import type { Scope } from './scope.ts';
import { readSettleContext, type SettleOptions } from './settle-context.ts';
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
  /** Ids of events that a replay made void, dropped, or changed. */
  readonly voided: readonly string[];
  readonly dropped: readonly string[];
  readonly altered: readonly string[];
}

/** What came of all models. */
export interface SettledRemote {
  readonly models: readonly SettledModel[];
  readonly issues: readonly RegistryError[];
}

/** A model with a verified log, or with one here, or both. */
interface Pair {
  readonly model: ModelName;
  readonly local: ObjectId | undefined;
  readonly remote: ObjectId;
}

const ATTEMPTS = 10;

/** Settles all models in scope with what was verified of a remote. */
export async function settleRemote(
  given: Workspace,
  target: RemoteTarget,
  scope: Scope,
  options: SettleOptions & { readonly trust?: ModelName } = {},
): Promise<SettledRemote> {
  const workspace = withFoldMemo(given);
  const models: SettledModel[] = [];
  const issues: RegistryError[] = [];
  let waiting: readonly ModelName[] | undefined;
  for (let attempt = 0; waiting === undefined || waiting.length > 0; attempt += 1) {
    if (attempt === ATTEMPTS) throw contended(waiting ?? []);
    if (attempt > 0) await workspace.clock.backOff(attempt);
    const pairs = await readPairs(workspace, target, scope, waiting);
    const outcomes = await settlePairs(workspace, target, pairs, options);
    waiting = outcomes.flatMap(({ kind, model }) => (kind === 'moved' ? [model] : []));
    for (const outcome of outcomes) {
      if (outcome.kind === 'moved') continue;
      issues.push(...outcome.issues);
      if (outcome.settled !== undefined) models.push(outcome.settled);
    }
  }
  return { models: models.sort((a, b) => (a.model < b.model ? -1 : 1)), issues };
}

function contended(models: readonly ModelName[]): RegistryError {
  return new RegistryError('contended', `${models.join(', ')}: others kept moving the log, ${ATTEMPTS} attempts`, {
    data: { models },
    hint: 'run the command again',
  });
}

async function readPairs(
  workspace: Workspace,
  target: RemoteTarget,
  scope: Scope,
  only: readonly ModelName[] | undefined,
): Promise<readonly Pair[]> {
  const verified = await (await workspace.syncRefs()).verifiedLogs();
  const pairs: Pair[] = [];
  for (const { remote, key, id } of verified) {
    if (remote !== target.name || key.kind !== 'log' || !scope.has(key.model)) continue;
    if (only !== undefined && !only.includes(key.model)) continue;
    const local = await workspace.refs.find({ kind: 'log', model: key.model });
    pairs.push({ model: key.model, local, remote: id });
  }
  return pairs;
}

type Outcome =
  | { readonly kind: 'moved'; readonly model: ModelName }
  | {
      readonly kind: 'done';
      readonly model: ModelName;
      readonly settled?: SettledModel;
      readonly issues: readonly RegistryError[];
    };

async function settlePairs(
  workspace: Workspace,
  target: RemoteTarget,
  pairs: readonly Pair[],
  options: SettleOptions & { readonly trust?: ModelName },
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  const parted: { readonly pair: Pair; readonly local: ObjectId; readonly sides: Sides }[] = [];
  for (const pair of pairs) {
    const { model, local, remote } = pair;
    if (local === remote) outcomes.push(settled(model, { kind: 'current' }));
    else if (local === undefined || model === options.trust)
      outcomes.push(await alone(pair, () => takeRemote(workspace, target, pair, model === options.trust)));
    else {
      outcomes.push(
        ...(await attempt(model, async () => {
          parted.push({ pair, local, sides: await findSides(workspace, model, local, remote) });
        })),
      );
    }
  }
  if (parted.length === 0) return outcomes;
  const sides = await markPublished(
    workspace,
    target,
    parted.map((part) => part.sides),
  );
  const both = sides.filter(({ local, remote }) => local.length > 0 && remote.length > 0);
  const { trust: _trusted, ...settling } = options;
  const settlements =
    both.length === 0
      ? new Map<ModelName, Settlement>()
      : settleModels(both, await readSettleContext(workspace, both, settling));
  for (const [index, { pair, local }] of parted.entries()) {
    const side = sides[index] as Sides;
    const settlement = settlements.get(pair.model) ?? plainSettlement(side);
    outcomes.push(await alone(pair, () => carryOut(workspace, target, { ...pair, local }, side, settlement)));
  }
  return outcomes;
}

/** Where only one side moved the rules have nothing to decide. */
function plainSettlement({ local }: Sides): Settlement {
  return { kind: local.length > 0 ? 'ahead' : 'fast-forward' };
}

function settled(model: ModelName, facts: Partial<SettledModel>, issues: readonly RegistryError[] = []): Outcome {
  const none = { received: 0, unpublished: 0, voided: [], dropped: [], altered: [] };
  return { kind: 'done', model, settled: { model, kind: 'current', ...none, ...facts }, issues };
}

/** One model's fault is that model's alone. */
async function alone({ model }: Pair, work: () => Promise<Outcome>): Promise<Outcome> {
  const done: Outcome[] = [];
  const failed = await attempt(model, async () => {
    done.push(await work());
  });
  return [...done, ...failed][0] as Outcome;
}

async function attempt(model: ModelName, work: () => Promise<void>): Promise<readonly Outcome[]> {
  try {
    await work();
    return [];
  } catch (error) {
    if (!(error instanceof RegistryError) || error.code === 'bug') throw error;
    return [{ kind: 'done', model, issues: [error] }];
  }
}

/** A model that is new here, or whose log here gives way to the remote's because the user trusts that. */
async function takeRemote(
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
    received: after.events - (trust ? before.events : 0),
  });
}

/** Tells events apart that some other remote holds: they are not replayed (format §7.3). */
async function markPublished(
  workspace: Workspace,
  target: RemoteTarget,
  sides: readonly Sides[],
): Promise<readonly Sides[]> {
  const others = (await (await workspace.syncRefs()).verifiedLogs()).filter(({ remote }) => remote !== target.name);
  const marked: Sides[] = [];
  for (const side of sides) {
    const ids = new Set<string>();
    for (const { key, id } of others)
      if (key.kind === 'log' && key.model === side.model && side.local.length > 0)
        for (const event of (await foldAt(workspace, side.model, id)).state.ids.keys()) ids.add(event);
    const local = side.local.map((event) => (ids.has(event.event.id) ? { ...event, published: true as const } : event));
    marked.push(ids.size === 0 ? side : { ...side, local });
  }
  return marked;
}

async function carryOut(
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
