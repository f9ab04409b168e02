/** Where the registry here stands beside its remote, as that was last fetched: nothing is asked over the network. */
import type { ObjectId, Sha256 } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import { collidesWith, type ModelName } from '../domain/model-name.ts';
import type { MissingRelation } from '../domain/settle/hold-back.ts';
import type { RemoteTarget } from '../ports/git-remote.ts';
import { lackingWeights } from './lacking-weights.ts';
import type { EntryAddress } from './read-entry.ts';
import { readManifests } from './read-manifests.ts';
import { chooseRemote } from './sync/choose-remote.ts';
import { findSides, findUnpublished, type SideEvent } from './sync/find-divergence.ts';
import { foldAt } from './sync/fold-memo.ts';
import { findHeldBack, newEntries } from './sync/push-plan.ts';
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
  /** Parents and inputs that the remote would lack: a push leaves the model out for them (format §7.1). */
  readonly heldBack: readonly MissingRelation[];
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
  /** A remote of layout `log` would spare those (format §7.5); this one keeps its layout. */
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
  const standings: Standing[] = [];
  const entries = new Map<Sha256, EntryAddress>();
  for (const model of names) {
    const [tip, known] = [local.get(model), remote.get(model)];
    const unpublished = tip === undefined || tip === known ? [] : await findUnpublished(workspace, model, tip, known);
    const standing = await standingOf(workspace, { model, tip, known, unpublished }, [...local.keys()]);
    standings.push(standing);
    for (const entry of await entriesThatCount(workspace, standing)) entries.set(entry.sha256, entry);
  }
  const held = await findHeld(workspace, standings, remote);
  const views = verified.length - remote.size;
  // An entry ref shows a remote to be of layout `all`, whatever the settings ask of a new one.
  const isLayoutAll = verified.some(({ key }) => key.kind === 'entry');
  return {
    remote: target.label,
    known: remote.size > 0,
    models: standings.map(({ status: told, model }) => ({ ...told, heldBack: held.get(model) ?? [] })),
    lost: (await refs.lost())
      .filter(({ model }) => scope.has(model))
      .map(({ model, event }) => ({ model, event, ref: refs.nameOf({ place: 'lost', model, event }) })),
    missingWeights: (await lackingWeights(workspace, await readManifests(workspace, [...entries.values()]))).map(
      ({ path, sha256, bytes }) => ({ path, sha256, bytes }),
    ),
    views,
    advise: isRegistryRemote && views > MANY_VIEWS && isLayoutAll ? 'log' : null,
  };
}

/** A model, its log on both sides, and what is told of it. */
interface Standing {
  readonly model: ModelName;
  readonly tip: ObjectId | undefined;
  readonly known: ObjectId | undefined;
  readonly unpublished: readonly SideEvent[];
  readonly status: Omit<ModelStatus, 'heldBack'>;
}

/** What serves, and what a push would have to send; `verify --weights` looks at all. */
async function entriesThatCount(
  workspace: Workspace,
  { model, tip, unpublished }: Standing,
): Promise<readonly EntryAddress[]> {
  if (tip === undefined) return [];
  const { state } = await foldAt(workspace, model, tip);
  const serving = [...state.slots.values()].flatMap((sha256) => state.entries.get(sha256) ?? []);
  return [...serving, ...newEntries([{ unpublished }])];
}

/** What a push of these models would leave out: it takes those along that are ahead, or that it could replay. */
async function findHeld(
  workspace: Workspace,
  standings: readonly Standing[],
  verified: ReadonlyMap<ModelName, ObjectId>,
): Promise<ReadonlyMap<ModelName, readonly MissingRelation[]>> {
  const logs = [];
  for (const { model, tip, unpublished, status: told } of standings) {
    const isLeftAlone = told.kind === 'diverged' && told.others.length > 0;
    if (tip === undefined || unpublished.length === 0 || isLeftAlone) continue;
    logs.push({ model, state: (await foldAt(workspace, model, tip)).state, unpublished });
  }
  return (await findHeldBack(workspace, logs, verified)).held;
}

function unknownHere({ label }: RemoteTarget, model: ModelName): RegistryError {
  return new RegistryError('unknown-model', `model ${model}: neither here nor, as last fetched, on ${label}`, {
    data: { model },
    hint: `git registry fetch ${label}`,
  });
}

async function standingOf(
  workspace: Workspace,
  log: Omit<Standing, 'status'>,
  names: readonly ModelName[],
): Promise<Standing> {
  const { model, tip, known, unpublished } = log;
  const none = { model, ahead: 0, behind: 0, others: [] };
  if (tip === undefined) {
    const behind = known === undefined ? 0 : (await foldAt(workspace, model, known)).state.events;
    const collision = collidesWith(model, names).kind;
    const isTaken = collision === 'same-fold' || collision === 'namespace';
    return { ...log, status: { ...none, kind: isTaken ? 'collides' : 'not-pulled', behind } };
  }
  if (tip === known) return { ...log, status: { ...none, kind: 'current' } };
  const behind = known === undefined ? 0 : (await findSides(workspace, model, tip, known)).remote.length;
  const { email } = await workspace.settings.identity();
  const others = [...new Set(unpublished.map(({ event }) => event.by.email))].filter((by) => by !== email);
  const ahead = unpublished.length;
  return { ...log, status: { model, kind: kindOf(ahead, behind, known), ahead, behind, others } };
}

function kindOf(ahead: number, behind: number, remote: ObjectId | undefined): ModelStatus['kind'] {
  if (remote === undefined) return 'unpublished';
  if (ahead > 0) return behind > 0 ? 'diverged' : 'ahead';
  return 'behind';
}
