/** What a push sends (format §7.1): logs that descend from what is verified of the remote, without those that must wait. */
import type { ObjectId, Sha256 } from '../../domain/digest.ts';
import { RegistryError } from '../../domain/errors.ts';
import { collidesWith, type ModelName } from '../../domain/model-name.ts';
import { heldBack, type MissingRelation } from '../../domain/settle/hold-back.ts';
import type { Layout } from '../../domain/settle/layout.ts';
import { planLogPushes } from '../../domain/settle/log-pushes.ts';
import type { ModelState } from '../../domain/state.ts';
import type { RefUpdate } from '../../ports/ref-store.ts';
import type { EntryAddress } from '../read-entry.ts';
import type { Workspace } from '../workspace.ts';
import { chooseRemote } from './choose-remote.ts';
import type { FetchedRemote } from './fetch-remote.ts';
import { findUnpublished, type SideEvent } from './find-divergence.ts';
import { foldAt } from './fold-memo.ts';
import type { Scope } from './scope.ts';
import { readRelations } from './settle-context.ts';
import { otherRemoteHint } from './settle-issues.ts';

/** A log that is to be sent. */
export interface OutgoingLog {
  readonly model: ModelName;
  readonly update: RefUpdate;
  readonly state: ModelState;
  readonly unpublished: readonly SideEvent[];
}

/** A model of which another remote has more than the registry's, and nothing else: there is nothing to send. */
export interface AheadLog {
  readonly model: ModelName;
  /** Events that the registry's remote, as it was last verified, has not. */
  readonly events: number;
}

/** What is sent, and why something is not. */
export interface PushPlan {
  readonly logs: readonly OutgoingLog[];
  readonly ahead: readonly AheadLog[];
  readonly issues: readonly RegistryError[];
  readonly kinship: Kinship;
}

/** A log here that is to be brought to a remote. */
export interface LogSource {
  readonly model: ModelName;
  readonly tip: ObjectId;
  /** The registry's remote, where the log is what was verified of it. */
  readonly of?: string;
}

/** Plans. `sources`: the logs as they are to be. Without `repair` a log that the remote has damaged is left alone. */
export async function planPush(
  workspace: Workspace,
  fetched: FetchedRemote,
  sources: readonly LogSource[],
  scope: Scope,
  repair: boolean,
): Promise<PushPlan> {
  const { target, listing, unreadable } = fetched;
  const verified = await readVerifiedLogs(workspace, target.name);
  const listed = new Map(listing.refs.flatMap(({ key, id }) => (key.kind === 'log' ? [[key.model, id] as const] : [])));
  // Nobody has seen what is there: it may be sound.
  const unseen = new Set(
    fetched.issues.flatMap(({ code, data }) => (code === 'remote-too-large' ? data['model'] : [])),
  );
  const issues: RegistryError[] = [];
  const logs: OutgoingLog[] = [];
  const ahead: AheadLog[] = [];
  for (const { model, tip, of } of sources) {
    const known = verified.get(model);
    const damaged = unreadable.has(model);
    if (unseen.has(model)) continue;
    if (!scope.has(model) || (known === tip && !damaged) || (damaged && !repair)) continue;
    const collision = known === undefined ? collidesWith(model, listed.keys()) : { kind: 'none' as const };
    if (collision.kind === 'same-fold' || collision.kind === 'namespace') {
      issues.push(collidingIssue(target.label, model, collision.with));
      continue;
    }
    const unpublished = await findUnpublished(workspace, model, tip, known);
    if (!descends(tip, known, unpublished)) {
      // Before a push to the registry's remote each model is settled, which says why where it cannot be.
      if (of === undefined || known === undefined) continue;
      const theirs = await findUnpublished(workspace, model, known, tip);
      if (unpublished.length === 0) ahead.push({ model, events: theirs.length });
      else issues.push(divergedIssue(target.label, model, of, theirs));
      continue;
    }
    const { state } = await foldAt(workspace, model, tip);
    const update: RefUpdate = {
      key: { kind: 'log', model },
      old: (damaged ? listed.get(model) : known) ?? null,
      next: tip,
    };
    logs.push({ model, update, state, unpublished });
  }
  const { kinship, held } = await findHeldBack(workspace, logs, verified, listed);
  for (const [model, missing] of held) issues.push(heldIssue(target.label, model, missing));
  return { logs: logs.filter(({ model }) => !held.has(model)), ahead, issues, kinship };
}

async function readVerifiedLogs(workspace: Workspace, name: string): Promise<ReadonlyMap<ModelName, ObjectId>> {
  const logs = await (await workspace.syncRefs()).verifiedLogs();
  return new Map(
    logs.flatMap(({ remote, key, id }) => (remote === name && key.kind === 'log' ? [[key.model, id] as const] : [])),
  );
}

/**
 * Returns the models that the others of a push cannot take along, and why. `verified`: the logs of the remote; `listed`: as
 * it lists them now.
 */
export async function findHeldBack(
  workspace: Workspace,
  logs: readonly Pick<OutgoingLog, 'model' | 'state' | 'unpublished'>[],
  verified: ReadonlyMap<ModelName, ObjectId>,
  listed: ReadonlyMap<ModelName, ObjectId> = new Map(),
): Promise<{ readonly kinship: Kinship; readonly held: ReadonlyMap<ModelName, readonly MissingRelation[]> }> {
  const kinship = await readKinship(workspace, logs, verified, listed);
  return { kinship, held: heldBack(logs, kinship.relationsOf, kinship.isOnRemote) };
}

/** Another remote is sent fast-forwards alone (format §7.3): what it has of its own is nobody's to overwrite or to merge from here. */
function divergedIssue(remote: string, model: ModelName, of: string, theirs: readonly SideEvent[]): RegistryError {
  const what = `it has ${theirs.length} ${theirs.length === 1 ? 'event' : 'events'} that ${of} has not`;
  return new RegistryError(
    'diverged',
    `${model} and ${remote}: not pushed, ${what}; only fast-forwards of ${of} go there`,
    {
      data: { model, remote, reason: 'other-remote', events: theirs.map(({ event }) => event.id) },
      hint: otherRemoteHint(remote, model),
    },
  );
}

function collidingIssue(remote: string, model: ModelName, other: ModelName): RegistryError {
  return new RegistryError('model-collides', `${model}: not pushed, ${remote} has ${other}`, {
    data: { model, with: other, remote },
    hint: `git registry sync ${model} --as NAME`,
  });
}

/** The client itself proves a log update to be a first-parent fast-forward (format §7.1): a lease alone would force it. */
function descends(tip: ObjectId, known: ObjectId | undefined, unpublished: readonly SideEvent[]): boolean {
  return known === undefined || known === tip || unpublished[0]?.parents[0] === known;
}

/** Parents and inputs of what is sent, and whether the remote has them registered. */
interface Kinship {
  relationsOf(sha256: Sha256): readonly Sha256[];
  isOnRemote(sha256: Sha256): boolean;
  /** Returns its commit and a log that has it, where the remote lists that as it was verified: others may have been taken away. */
  findThere(sha256: Sha256): { readonly tip: ObjectId; readonly commit: ObjectId } | undefined;
}

async function readKinship(
  workspace: Workspace,
  logs: readonly Pick<OutgoingLog, 'unpublished'>[],
  verified: ReadonlyMap<ModelName, ObjectId>,
  listed: ReadonlyMap<ModelName, ObjectId>,
): Promise<Kinship> {
  const relations = await readRelations(
    workspace,
    logs.map(({ unpublished }) => ({ local: unpublished })),
  );
  const onRemote = new Set<Sha256>();
  const there = new Map<Sha256, { readonly tip: ObjectId; readonly commit: ObjectId }>();
  const isKin = [...relations.values()].some((related) => related.length > 0);
  for (const [model, tip] of isKin ? verified : []) {
    for (const { sha256, commit, status } of (await foldAt(workspace, model, tip)).state.entries.values()) {
      if (status !== 'registered') continue;
      onRemote.add(sha256);
      if (listed.get(model) === tip) there.set(sha256, { tip, commit });
    }
  }
  return {
    relationsOf: (sha256) => relations.get(sha256) ?? [],
    isOnRemote: (sha256) => onRemote.has(sha256),
    findThere: (sha256) => there.get(sha256),
  };
}

/** The registry's remote gets what is here; another one what the registry's verified logs hold (format §7.3). */
export async function findSources(workspace: Workspace, isRegistryRemote: boolean): Promise<readonly LogSource[]> {
  const { refs } = await workspace.refs.list({ kind: 'models' });
  if (isRegistryRemote)
    return refs.flatMap(({ key, id }) => (key.kind === 'log' ? [{ model: key.model, tip: id }] : []));
  const own = (await chooseRemote(workspace, [])).target;
  const verified = await (await workspace.syncRefs()).verifiedLogs();
  return verified.flatMap(({ remote, key, id }) =>
    remote === own.name && key.kind === 'log' ? [{ model: key.model, tip: id, of: own.label }] : [],
  );
}

/**
 * The first push to a remote of layout `all` carries one entry ref beside the logs: cut short after it, the remote does not
 * look like one of layout `log` (format §7.5).
 */
export function layoutMark(
  logs: readonly OutgoingLog[],
  layout: Layout,
  { listing }: FetchedRemote,
): readonly RefUpdate[] {
  if (layout !== 'all' || listing.refs.some(({ key }) => key.kind === 'entry')) return [];
  for (const { state } of logs)
    for (const { sha256, commit, status } of state.entries.values())
      if (status === 'registered') return [{ key: { kind: 'entry', sha256 }, old: null, next: commit }];
  return [];
}

/** Returns all logs in one push; where an argument list cannot hold them in several, the mark of the layout with the last. */
export async function batchLogs(
  workspace: Workspace,
  plan: PushPlan,
  mark: readonly RefUpdate[],
): Promise<readonly (readonly RefUpdate[])[]> {
  const updates = [...plan.logs.map(({ update }) => update), ...mark];
  const sizes = (await workspace.gitRemote()).batches(updates, Infinity).map(({ length }) => length);
  if (sizes.length <= 1) return [updates];
  return [...partLogs(plan, Math.min(...sizes.slice(0, -1))), ...(mark.length === 0 ? [] : [mark])];
}

/** Returns the log updates of several pushes, each of at most `atMost` logs and whole in itself (format §7.1). */
function partLogs({ logs, kinship }: PushPlan, atMost: number): readonly (readonly RefUpdate[])[] {
  const byModel = new Map(logs.map((log) => [log.model, log]));
  const sent = new Map<ModelName, ObjectId>();
  return planLogPushes(logs, kinship.relationsOf, kinship.isOnRemote, atMost).map((prefixes) =>
    prefixes.flatMap(({ model, events }): readonly RefUpdate[] => {
      const log = byModel.get(model);
      const next = events === log?.unpublished.length ? log.update.next : log?.unpublished[events - 1]?.commit;
      if (log === undefined || next === undefined || next === null) return [];
      const update = { key: log.update.key, old: sent.get(model) ?? log.update.old, next };
      sent.set(model, next);
      return [update];
    }),
  );
}

function heldIssue(remote: string, model: ModelName, missing: readonly MissingRelation[]): RegistryError {
  const [first] = missing;
  const what = first === undefined ? '' : `: ${first.sha256.slice(0, 12)} needs ${first.relation.slice(0, 12)}`;
  return new RegistryError('held-back', `${model}: not pushed, ${remote} would lack a parent or an input${what}`, {
    data: { model, remote, missing },
    hint: 'git registry push, without naming models',
  });
}

/** Returns the entries that the remote gets to know by a push: their weights go first. */
export function newEntries(logs: readonly Pick<OutgoingLog, 'unpublished'>[]): readonly EntryAddress[] {
  const entries = new Map<Sha256, EntryAddress>();
  for (const { event, entryCommit } of logs.flatMap(({ unpublished }) => unpublished)) {
    const names = event.kind === 'register' || event.kind === 'promote';
    if (names && entryCommit !== undefined) entries.set(event.sha256, { sha256: event.sha256, commit: entryCommit });
  }
  return [...entries.values()];
}
