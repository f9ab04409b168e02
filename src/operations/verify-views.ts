/** Compares the refs of the repository with the views that the logs give (format §6.4). */
import type { ObjectId } from '../domain/digest.ts';
import { type Finding, finding } from '../domain/finding.ts';
import type { ModelState } from '../domain/state.ts';
import { refKeyText, viewsOf } from '../domain/views.ts';
import type { RefKey } from '../ports/ref-store.ts';
import type { Workspace } from './workspace.ts';

/** A view as the logs give it and as the repository has it. */
export interface ViewDifference {
  readonly key: RefKey;
  readonly expected: ObjectId | null;
  readonly found: ObjectId | null;
  readonly finding: Finding;
}

/** Compares all views. Models whose log does not hold (`unreadable`) are left out: nothing is known of theirs. */
export async function compareViews(
  workspace: Workspace,
  states: readonly ModelState[],
  unreadable: ReadonlySet<string>,
): Promise<{ readonly differences: readonly ViewDifference[]; readonly odd: readonly Finding[] }> {
  const expected = new Map<string, { readonly key: RefKey; readonly target: ObjectId }>();
  for (const state of states) for (const view of viewsOf(state)) expected.set(refKeyText(view.key), view);
  const listing = await workspace.refs.list({ kind: 'all' });
  const differences: ViewDifference[] = [];
  const seen = new Set<string>();
  for (const { key, id } of listing.refs) {
    if (key.kind === 'log') continue;
    const text = refKeyText(key);
    seen.add(text);
    const target = expected.get(text)?.target ?? null;
    if (target !== id && !isUnknowable(key, unreadable)) differences.push(describe(workspace, key, target, id));
  }
  for (const [text, { key, target }] of expected) {
    if (!seen.has(text)) differences.push(describe(workspace, key, target, null));
  }
  const odd = listing.odd.map(({ name }) => finding('ref-odd', name, 'not a ref of format §5; it is left alone'));
  return { differences, odd };
}

/** With an unreadable log about, an entry that no other log has may be that one's. */
function isUnknowable(key: RefKey, unreadable: ReadonlySet<string>): boolean {
  if (unreadable.size === 0) return false;
  return key.kind === 'entry' || ('model' in key && unreadable.has(key.model));
}

function describe(
  workspace: Workspace,
  key: RefKey,
  expected: ObjectId | null,
  found: ObjectId | null,
): ViewDifference {
  const name = workspace.refs.nameOf(key);
  const moves = key.kind === 'stage' || key.kind === 'pending';
  const difference = (
    code: 'view-missing' | 'view-stale' | 'view-unknown' | 'view-tampered',
    message: string,
  ): ViewDifference => ({
    key,
    expected,
    found,
    finding: finding(code, name, message),
  });
  if (found === null) return difference('view-missing', `the log gives ${expected}, the ref is missing`);
  if (moves) return difference('view-stale', `the log gives ${expected ?? 'no such ref'}, the ref is ${found}`);
  if (expected === null) return difference('view-unknown', 'no log gives this ref');
  return difference('view-tampered', `the log gives ${expected}, the ref is ${found}`);
}
