/** One model's way from the state here to a settled one: log, views, and the tip that is left behind, in one transaction (format §7.3). */
import type { ObjectId, Sha256 } from '../../domain/digest.ts';
import { RegistryError } from '../../domain/errors.ts';
import type { ModelName } from '../../domain/model-name.ts';
import type { ModelState } from '../../domain/state.ts';
import { planViews, type ViewChange, viewsOfEntry } from '../../domain/views.ts';
import type { RefKey } from '../../ports/ref-store.ts';
import type { SyncRefUpdate } from '../../ports/sync-refs.ts';
import { findModelsOf } from '../find-sha.ts';
import type { Workspace } from '../workspace.ts';

/** The change of one model. */
export interface SettledChange {
  readonly model: ModelName;
  readonly before: ModelState;
  readonly after: ModelState;
  readonly oldTip: ObjectId | null;
  readonly tip: ObjectId;
  /** Keep the old tip as lost. */
  readonly lost: boolean;
  /** Put write-once views right that nothing here gives: the remote's word was asked for. */
  readonly trust?: boolean;
}

/** Returns the updates, the log first. Throws `tampered-view` where a write-once ref is not what the log here gives. */
export async function planSettlement(workspace: Workspace, change: SettledChange): Promise<readonly SyncRefUpdate[]> {
  const { model, before, after, oldTip, tip } = change;
  const touched = new Set<Sha256>();
  for (const [sha256, entry] of after.entries) if (before.entries.get(sha256) !== entry) touched.add(sha256);
  for (const sha256 of before.entries.keys()) if (!after.entries.has(sha256)) touched.add(sha256);
  const updates: SyncRefUpdate[] = [];
  const log = { kind: 'log', model } as const;
  if (oldTip !== tip) updates.push({ ref: { place: 'local', key: log }, old: oldTip, next: tip });
  for (const view of planViews(before, after, touched)) {
    const update = await planView(workspace, change, view);
    if (update !== undefined) updates.push(update);
  }
  return change.lost ? [...updates, ...(await keepLost(workspace, change))] : updates;
}

async function planView(
  workspace: Workspace,
  change: SettledChange,
  { key, target }: ViewChange,
): Promise<SyncRefUpdate | undefined> {
  const old = (await workspace.refs.find(key)) ?? null;
  if (old === target) return undefined;
  if (isWriteOnce(key) && old !== null && !change.trust && givenBy(change.before, key) !== old) {
    const ref = workspace.refs.nameOf(key);
    throw new RegistryError('tampered-view', `${ref}: expected ${target ?? 'nothing'}, got ${old}`, {
      data: { ref, expected: target, found: old },
      hint: 'git registry verify --all',
    });
  }
  if (target === null && key.kind === 'entry' && (await isRegisteredByOther(workspace, change.model, key.sha256)))
    return undefined;
  return { ref: { place: 'local', key }, old, next: target };
}

function isWriteOnce({ kind }: RefKey): boolean {
  return kind === 'entry' || kind === 'version' || kind === 'tombstone';
}

/** What the log here gave before: unpublished, so that it may still give way. */
function givenBy(state: ModelState, key: RefKey): ObjectId | undefined {
  const sha256 =
    key.kind === 'version' ? state.versions.get(key.version)?.sha256 : 'sha256' in key ? key.sha256 : undefined;
  const entry = sha256 === undefined ? undefined : state.entries.get(sha256);
  if (entry === undefined) return undefined;
  return viewsOfEntry(state, entry).find((view) => JSON.stringify(view.key) === JSON.stringify(key))?.target;
}

async function isRegisteredByOther(workspace: Workspace, model: ModelName, sha256: Sha256): Promise<boolean> {
  const models = await findModelsOf(workspace, sha256);
  return models.some(({ state }) => state.model !== model && state.entries.get(sha256)?.status === 'registered');
}

/** The ref is named by its event: what is there under that name is the same event. */
async function keepLost(
  workspace: Workspace,
  { model, before, oldTip }: SettledChange,
): Promise<readonly SyncRefUpdate[]> {
  if (before.lastDigest === null || oldTip === null) return [];
  const ref = { place: 'lost', model, event: before.lastDigest } as const;
  const there = await (await workspace.syncRefs()).find(ref);
  return there === oldTip ? [] : [{ ref, old: there ?? null, next: oldTip }];
}
