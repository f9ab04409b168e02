/** Refs as views of a folded state (format §5, §6.4): what must exist, and what a change of state moves. */
import type { ObjectId, Sha256 } from './digest.ts';
import type { RefKey } from './ref-key.ts';
import type { EntryState, ModelState } from './state.ts';

/** A ref that a state gives. */
export interface View {
  readonly key: RefKey;
  readonly target: ObjectId;
}

/** A ref that a change of state moves: `target` null when it must go. */
export interface ViewChange {
  readonly key: RefKey;
  readonly target: ObjectId | null;
}

/** Returns a text that is equal for equal keys. */
export function refKeyText(key: RefKey): string {
  return JSON.stringify(key);
}

/** Returns the views that one entry gives. */
export function viewsOfEntry(state: ModelState, entry: EntryState): readonly View[] {
  const { model } = state;
  const { sha256, commit } = entry;
  const keys: RefKey[] = [];
  if (entry.status === 'registered') keys.push({ kind: 'entry', sha256 });
  if (entry.status === 'pending') keys.push({ kind: 'pending', model, sha256 });
  for (const version of entry.versions) keys.push({ kind: 'version', model, version });
  if (entry.slot !== undefined) keys.push({ kind: 'stage', model, slot: entry.slot });
  if (entry.tombstone !== undefined) keys.push({ kind: 'tombstone', model, sha256 });
  return keys.map((key) => ({ key, target: commit }));
}

/** Returns where one view of a model points, or undefined where its state gives no such ref. Logs are no views. */
export function findView(state: ModelState, key: RefKey): ObjectId | undefined {
  const sha256 = shaOfView(state, key);
  const entry = sha256 === undefined ? undefined : state.entries.get(sha256);
  if (entry === undefined) return undefined;
  if (key.kind === 'entry' && entry.status !== 'registered') return undefined;
  if (key.kind === 'pending' && entry.status !== 'pending') return undefined;
  return key.kind === 'tombstone' && entry.tombstone === undefined ? undefined : entry.commit;
}

function shaOfView(state: ModelState, key: RefKey): Sha256 | undefined {
  if ('model' in key && key.model !== state.model) return undefined;
  if ('sha256' in key) return key.sha256;
  if (key.kind === 'version') return state.versions.get(key.version)?.sha256;
  return key.kind === 'stage' ? state.slots.get(key.slot) : undefined;
}

/** Returns every view of a model, its log left out. */
export function viewsOf(state: ModelState): readonly View[] {
  return [...state.entries.values()].flatMap((entry) => viewsOfEntry(state, entry));
}

/** Returns what changes between two states of a model, as far as the touched entries go. */
export function planViews(before: ModelState, after: ModelState, touched: Iterable<Sha256>): readonly ViewChange[] {
  const old = new Map<string, View>();
  const next = new Map<string, View>();
  for (const sha256 of new Set(touched)) {
    const was = before.entries.get(sha256);
    const is = after.entries.get(sha256);
    for (const view of was === undefined ? [] : viewsOfEntry(before, was)) old.set(refKeyText(view.key), view);
    for (const view of is === undefined ? [] : viewsOfEntry(after, is)) next.set(refKeyText(view.key), view);
  }
  const moved = [...next].filter(([text, view]) => old.get(text)?.target !== view.target).map(([, view]) => view);
  const gone = [...old].filter(([text]) => !next.has(text)).map(([, view]) => ({ key: view.key, target: null }));
  return [...moved, ...gone];
}
