/** Where the registry here stands beside its remote, as that was last fetched: nothing is asked over the network. */
import type { ObjectId, Sha256 } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import { collidesWith, type ModelName } from '../domain/model-name.ts';
import type { RemoteTarget } from '../ports/git-remote.ts';
import { lackingWeights } from './lacking-weights.ts';
import type { EntryAddress } from './read-entry.ts';
import { readManifests } from './read-manifests.ts';
import { chooseRemote } from './sync/choose-remote.ts';
import { findSides, findUnpublished } from './sync/find-divergence.ts';
import { foldAt } from './sync/fold-memo.ts';
import { newEntries } from './sync/push-plan.ts';
import { Scope } from './sync/scope.ts';
import type { Workspace } from './workspace.ts';

/** How a model stands. */
export interface ModelStatus {
  readonly model: ModelName;
  /** `collides`: it is on the remote alone, and its name is taken here. */
  readonly kind: 'current' | 'ahead' | 'behind' | 'diverged' | 'unpublished' | 'not-pulled' | 'collides';
  /** Events that the remote lacks. */
  readonly ahead: number;
  /** Events that are not here. */
  readonly behind: number;
  /** Others than the one who runs this made events that the remote lacks: a replay would leave the model alone. */
  readonly others: readonly string[];
}

/** A tip that a replay left behind, until the user drops it. */
export interface LostStatus {
  readonly model: ModelName;
  readonly event: Sha256;
  readonly ref: string;
}

/** A file whose bytes are not here. */
export interface MissingWeights {
  readonly path: string;
  readonly sha256: Sha256;
  readonly bytes: number;
}

/** One screen. */
export interface StatusResult {
  readonly remote: string;
  /** Never fetched: nothing is known of it. */
  readonly known: boolean;
  readonly models: readonly ModelStatus[];
  readonly lost: readonly LostStatus[];
  /** Bytes that are not in the cache here, of entries that occupy a slot or that a push would publish. */
  readonly missingWeights: readonly MissingWeights[];
  /** Refs of the remote beside its logs; many make every push slow. */
  readonly views: number;
  /** `log` would help (format §7.5). */
  readonly advise: 'log' | null;
}

/** From so many refs on the layout `log` is advised. */
const MANY_VIEWS = 10_000;

/** Tells. Throws `no-remote`. */
export async function status(
  workspace: Workspace,
  input: { readonly words: readonly string[] },
): Promise<StatusResult> {
  const { target, models, isRegistryRemote } = await chooseRemote(workspace, input.words);
  const scope = new Scope(models);
  const refs = await workspace.syncRefs();
  const verified = await refs.verified(target.name);
  const remote = new Map(verified.flatMap(({ key, id }) => (key.kind === 'log' ? [[key.model, id] as const] : [])));
  const local = new Map(
    (await workspace.refs.list({ kind: 'models' })).refs.flatMap(({ key, id }) =>
      key.kind === 'log' ? [[key.model, id] as const] : [],
    ),
  );
  const names = [...new Set([...local.keys(), ...remote.keys()])].filter((model) => scope.has(model)).sort();
  for (const model of models) if (!names.includes(model)) throw unknownHere(target, model);
  const statuses: ModelStatus[] = [];
  const entries = new Map<Sha256, EntryAddress>();
  for (const model of names) {
    const [tip, known] = [local.get(model), remote.get(model)];
    statuses.push(await statusOf(workspace, model, tip, known, [...local.keys()]));
    for (const entry of await entriesThatCount(workspace, model, tip, known)) entries.set(entry.sha256, entry);
  }
  const views = verified.length - remote.size;
  const isLayoutLog = (await workspace.settings.find('registry.remotelayout')) === 'log';
  return {
    remote: target.label,
    known: remote.size > 0,
    models: statuses,
    lost: (await refs.lost())
      .filter(({ model }) => scope.has(model))
      .map(({ model, event }) => ({ model, event, ref: refs.nameOf({ place: 'lost', model, event }) })),
    missingWeights: (await lackingWeights(workspace, await readManifests(workspace, [...entries.values()]))).map(
      ({ path, sha256, bytes }) => ({ path, sha256, bytes }),
    ),
    views,
    advise: isRegistryRemote && views > MANY_VIEWS && !isLayoutLog ? 'log' : null,
  };
}

/** What serves, and what a push would have to send; `verify --weights` looks at all. */
async function entriesThatCount(
  workspace: Workspace,
  model: ModelName,
  local: ObjectId | undefined,
  remote: ObjectId | undefined,
): Promise<readonly EntryAddress[]> {
  if (local === undefined) return [];
  const { state } = await foldAt(workspace, model, local);
  const serving = [...state.slots.values()].flatMap((sha256) => state.entries.get(sha256) ?? []);
  const unpublished = local === remote ? [] : await findUnpublished(workspace, model, local, remote);
  return [...serving, ...newEntries([{ unpublished }])];
}

function unknownHere({ label }: RemoteTarget, model: ModelName): RegistryError {
  return new RegistryError('unknown-model', `model ${model}: neither here nor, as last fetched, on ${label}`, {
    data: { model },
    hint: `git registry fetch ${label}`,
  });
}

async function statusOf(
  workspace: Workspace,
  model: ModelName,
  local: ObjectId | undefined,
  remote: ObjectId | undefined,
  names: readonly ModelName[],
): Promise<ModelStatus> {
  const none = { model, ahead: 0, behind: 0, others: [] };
  if (local === undefined) {
    const behind = remote === undefined ? 0 : (await foldAt(workspace, model, remote)).state.events;
    const collision = collidesWith(model, names).kind;
    const isTaken = collision === 'same-fold' || collision === 'namespace';
    return { ...none, kind: isTaken ? 'collides' : 'not-pulled', behind };
  }
  if (local === remote) return { ...none, kind: 'current' };
  const ours = await findUnpublished(workspace, model, local, remote);
  const behind = remote === undefined ? 0 : (await findSides(workspace, model, local, remote)).remote.length;
  const { email } = await workspace.settings.identity();
  const others = [...new Set(ours.map(({ event }) => event.by.email))].filter((by) => by !== email);
  return { model, kind: kindOf(ours.length, behind, remote), ahead: ours.length, behind, others };
}

function kindOf(ahead: number, behind: number, remote: ObjectId | undefined): ModelStatus['kind'] {
  if (remote === undefined) return 'unpublished';
  if (ahead > 0) return behind > 0 ? 'diverged' : 'ahead';
  return 'behind';
}
