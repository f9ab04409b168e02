/** Gives a model here another name, so that the remote's model of that name can arrive (`sync --as`, format §7.3). */
import type { ObjectId } from '../../domain/digest.ts';
import { encodeEvent, type KnownEvent } from '../../domain/encode-event.ts';
import { RegistryError } from '../../domain/errors.ts';
import type { Actor, LoggedEvent, RegistryEvent } from '../../domain/event.ts';
import { eventMessage } from '../../domain/event-message.ts';
import { Folder } from '../../domain/fold.ts';
import { collidesWith, type ModelName } from '../../domain/model-name.ts';
import { emptyState, type ModelState } from '../../domain/state.ts';
import { planViews } from '../../domain/views.ts';
import type { NewEventCommit } from '../../ports/event-log.ts';
import type { SyncRefUpdate } from '../../ports/sync-refs.ts';
import { getModel } from '../read-model.ts';
import type { Workspace } from '../workspace.ts';
import { findUnpublished, type SideEvent } from './find-divergence.ts';
import { foldAt } from './fold-memo.ts';
import { planSettlement } from './plan-settlement.ts';

/** Moves a model. Its log is written anew under the other name; the old tip is kept as lost. Throws `model-collides`, `model-exists`. */
export async function renameLocal(workspace: Workspace, model: ModelName, name: ModelName): Promise<void> {
  const { tip, state } = await getModel(workspace, model);
  await refuseTaken(workspace, name, model);
  const runner = await workspace.settings.identity();
  const events = await findUnpublished(workspace, model, tip, undefined);
  const renamed = renameEvents(events, name, runner);
  const newTip = await writeEvents(workspace, renamed);
  const after = (await foldAt(workspace, name, newTip)).state;
  const refs = await workspace.syncRefs();
  const change = { model: name, before: emptyState(name), after, oldTip: null, tip: newTip, lost: false };
  await applyOrFail(workspace, await planSettlement(workspace, change), name);
  // Only now: entries that the new log has registered keep their refs.
  const lost = { place: 'lost', model, event: state.lastDigest ?? ('' as never) } as const;
  const there = (await refs.find(lost)) ?? null;
  await applyOrFail(
    workspace,
    [...(await planRemoval(workspace, state, tip)), { ref: lost, old: there, next: tip }],
    model,
  );
}

async function refuseTaken(workspace: Workspace, name: ModelName, old: ModelName): Promise<void> {
  const others = (await workspace.log.models()).filter((model) => model !== old);
  const collision = collidesWith(name, others);
  if (others.includes(name) || name === old)
    throw new RegistryError('model-exists', `model ${name}: it exists already`, { hint: 'choose another name' });
  if (collision.kind === 'same-fold' || collision.kind === 'namespace')
    throw new RegistryError('model-collides', `model ${name}: its name collides with ${collision.with}`, {
      data: { model: name, with: collision.with },
    });
}

interface Renamed {
  readonly source: SideEvent;
  readonly logged: KnownEvent;
}

/** What others decided about the old name (approvals) is not theirs to have decided about the new one. */
function renameEvents(events: readonly SideEvent[], name: ModelName, runner: Actor): readonly Renamed[] {
  const folder = new Folder(emptyState(name));
  const renamed: Renamed[] = [];
  const kept = new Set<string>();
  for (const source of events) {
    const { event } = source;
    if (event.kind === 'unknown' || !isMovable(event, runner, kept)) continue;
    const { state } = folder;
    const behalf = event.by.email === runner.email ? event.onBehalfOf : event.by;
    const { onBehalfOf: _before, ...rest } = event;
    const next = {
      ...rest,
      model: name,
      seq: state.events,
      prev: state.lastDigest,
      by: runner,
      ...(behalf && { onBehalfOf: behalf }),
    };
    const logged = encodeEvent(next as RegistryEvent);
    const { entryCommit, commit } = source;
    if (folder.addEffective({ ...logged, commit, ...(entryCommit && { entryCommit }) }) !== undefined) continue;
    kept.add(event.id);
    renamed.push({ source, logged });
  }
  return renamed;
}

function isMovable(event: RegistryEvent, runner: Actor, kept: ReadonlySet<string>): boolean {
  if (event.kind === 'approve' || event.kind === 'reject' || event.kind === 'withdraw')
    return event.by.email === runner.email;
  return event.kind !== 'stage' || event.approvals.every((id) => kept.has(id));
}

async function writeEvents(workspace: Workspace, renamed: readonly Renamed[]): Promise<ObjectId> {
  const commits = renamed.map(({ source, logged }): NewEventCommit => {
    const { event, json }: LoggedEvent & KnownEvent = logged;
    return {
      tree: source.tree,
      parents: source.entryCommit === undefined ? [] : [source.entryCommit],
      by: event.by,
      time: Math.floor(Date.parse(event.at) / 1000),
      message: eventMessage(event, json),
    };
  });
  const tip = (await workspace.log.make(commits)).at(-1);
  if (tip === undefined) throw new RegistryError('bug', 'a log without events was renamed');
  return tip;
}

async function planRemoval(workspace: Workspace, state: ModelState, tip: ObjectId): Promise<readonly SyncRefUpdate[]> {
  const updates: SyncRefUpdate[] = [
    { ref: { place: 'local', key: { kind: 'log', model: state.model } }, old: tip, next: null },
  ];
  const registered = await otherRegistered(workspace, state.model);
  for (const { key } of planViews(state, emptyState(state.model), state.entries.keys())) {
    const old = (await workspace.refs.find(key)) ?? null;
    if (old === null || (key.kind === 'entry' && registered.has(key.sha256))) continue;
    updates.push({ ref: { place: 'local', key }, old, next: null });
  }
  return updates;
}

async function otherRegistered(workspace: Workspace, model: ModelName): Promise<ReadonlySet<string>> {
  const registered = new Set<string>();
  for (const other of await workspace.log.models()) {
    if (other === model) continue;
    for (const { sha256, status } of (await getModel(workspace, other)).state.entries.values())
      if (status === 'registered') registered.add(sha256);
  }
  return registered;
}

async function applyOrFail(workspace: Workspace, updates: readonly SyncRefUpdate[], model: ModelName): Promise<void> {
  const outcome = await (await workspace.syncRefs()).apply(updates);
  if (outcome.kind === 'moved')
    throw new RegistryError('contended', `${model}: ${outcome.message}`, { hint: 'run the command again' });
}
