/** From a change of state to one transaction of ref updates, the log ref first (format §6.4). */
import type { ObjectId } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import { changedKeys } from '../domain/layered-map.ts';
import type { ModelName } from '../domain/model-name.ts';
import type { ModelState } from '../domain/state.ts';
import { planViews, refKeyText, type ViewChange } from '../domain/views.ts';
import type { RefKey, RefUpdate } from '../ports/ref-store.ts';
import type { Workspace } from './workspace.ts';

/** A ref that a decision relied on. Where the view was missing (`found` null) though the log has the entry, it is made. */
export interface ReliedRef {
  readonly key: RefKey;
  readonly id: ObjectId;
  readonly found: ObjectId | null;
}

/** A change of one model. */
export interface ModelChange {
  readonly model: ModelName;
  readonly before: ModelState;
  readonly after: ModelState;
  readonly oldTip: ObjectId | undefined;
  readonly tip: ObjectId;
  readonly relied: readonly ReliedRef[];
}

/** Returns the updates of one transaction. Throws `tampered-view` when a write-once ref has another target. */
export async function planRefUpdates(workspace: Workspace, change: ModelChange): Promise<readonly RefUpdate[]> {
  const log: RefUpdate = { key: { kind: 'log', model: change.model }, old: change.oldTip ?? null, next: change.tip };
  const views = planViews(change.before, change.after, changedKeys(change.before.entries, change.after.entries));
  const updates = await Promise.all(views.map((view) => planViewUpdate(workspace, view)));
  const moved = new Set(views.map(({ key }) => refKeyText(key)));
  const relied = change.relied
    .filter(({ key }) => !moved.has(refKeyText(key)))
    .map(({ key, id, found }): RefUpdate => ({ key, old: found, next: id }));
  return [log, ...updates.filter((update) => update !== undefined), ...relied];
}

/** A view may lag its log after a crash: what it holds now is the expected old value, whatever the state says it was. */
async function planViewUpdate(workspace: Workspace, view: ViewChange): Promise<RefUpdate | undefined> {
  const { key, target } = view;
  const old = (await workspace.refs.find(key)) ?? null;
  const writeOnce = key.kind === 'entry' || key.kind === 'version' || key.kind === 'tombstone';
  if (writeOnce && old !== null && old !== target) {
    throw new RegistryError(
      'tampered-view',
      `${workspace.refs.nameOf(key)}: expected ${target ?? 'nothing'}, got ${old}`,
      {
        data: { ref: workspace.refs.nameOf(key), expected: target, found: old },
        hint: 'git registry verify --all',
      },
    );
  }
  return old === null && target === null ? undefined : { key, old, next: target };
}
