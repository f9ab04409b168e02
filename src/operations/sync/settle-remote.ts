/** Brings what was verified of a remote into the logs here, model by model (format §7.3): each settles alone. */
import type { ObjectId } from '../../domain/digest.ts';
import { RegistryError } from '../../domain/errors.ts';
import type { ModelName } from '../../domain/model-name.ts';
import { settleModels } from '../../domain/settle/settle-models.ts';
import type { Settlement } from '../../domain/settle/settlement.ts';
import type { RemoteTarget } from '../../ports/git-remote.ts';
import type { Workspace } from '../workspace.ts';
import { carryOut, type Outcome, type Pair, type SettledModel, settled, takeRemote } from './carry-out.ts';
import { findSides, type Sides } from './find-divergence.ts';
import { foldAt, withFoldMemo } from './fold-memo.ts';
import type { Scope } from './scope.ts';
import { readSettleContext, type SettleOptions } from './settle-context.ts';

/** What came of all models. */
export interface SettledRemote {
  readonly models: readonly SettledModel[];
  readonly issues: readonly RegistryError[];
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
