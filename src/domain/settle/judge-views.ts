/** A remote's views against its logs: tampering, a push that was cut short, or what no log gives (format §7.4). */
import type { ObjectId, Sha256 } from '../digest.ts';
import type { ModelName } from '../model-name.ts';
import type { RefKey } from '../ref-key.ts';
import type { EntryState, ModelState } from '../state.ts';
import { refKeyText, type View } from '../views.ts';
import { type Layout, viewsOfLayout } from './layout.ts';

/** A remote as it was listed, and as it was last verified. */
export interface ListedRemote {
  readonly layout: Layout;
  /** What each of its logs gives. */
  readonly states: readonly ModelState[];
  /** Models whose log was not fetched or does not hold up: nothing is known of their views. */
  readonly unreadable: ReadonlySet<ModelName>;
  readonly listed: readonly View[];
  readonly verified: readonly View[];
}

/** A view that is not as its log says. */
export interface ViewFault {
  readonly key: RefKey;
  readonly expected: ObjectId | null;
  readonly found: ObjectId | null;
}

/** What is to be said of a remote's views. */
export interface ViewJudgement {
  /** Keep ours, exit 5. */
  readonly tampered: readonly ViewFault[];
  /** The next push completes them. */
  readonly cutPush: readonly ViewFault[];
  /** No log gives them: not fetched, reported, exit 1. */
  readonly unknown: readonly ViewFault[];
  /** SHAs that two logs give with different entries: exit 5. */
  readonly twoManifests: readonly Sha256[];
}

/** Judges a listing. A listing is no snapshot: list again before acting on what is `tampered` or `unknown` (format §7.2). */
export function judgeViews(remote: ListedRemote): ViewJudgement {
  const given = new Map<string, View>();
  for (const state of remote.states)
    for (const view of viewsOfLayout(state, 'all')) given.set(refKeyText(view.key), view);
  const listed = new Map(remote.listed.map((view) => [refKeyText(view.key), view]));
  const verdicts = new Verdicts();
  for (const [text, { key, target: found }] of listed) {
    const expected = given.get(text)?.target ?? null;
    if (expected === found || isUnknowable(key, remote.unreadable)) continue;
    verdicts.add(verdictOn(remote, key, expected, found), { key, expected, found });
  }
  const verified = new Set(remote.verified.map(({ key }) => refKeyText(key)));
  for (const { key, target: expected } of remote.states.flatMap((state) => viewsOfLayout(state, remote.layout))) {
    const text = refKeyText(key);
    if (listed.has(text)) continue;
    const isGone = isWriteOnce(key) && verified.has(text);
    verdicts.add(isGone ? 'tampered' : 'cutPush', { key, expected, found: null });
  }
  return { ...verdicts, twoManifests: findTwoManifests(remote.states) };
}

class Verdicts {
  readonly tampered: ViewFault[] = [];
  readonly cutPush: ViewFault[] = [];
  readonly unknown: ViewFault[] = [];

  add(verdict: 'tampered' | 'cutPush' | 'unknown', fault: ViewFault): void {
    this[verdict].push(fault);
  }
}

function verdictOn(
  { states }: ListedRemote,
  key: RefKey,
  expected: ObjectId | null,
  found: ObjectId,
): 'tampered' | 'cutPush' | 'unknown' {
  if (isWriteOnce(key)) return expected === null ? 'unknown' : 'tampered';
  const isBehind = states.some((state) => gaveOnce(state, key, found));
  return isBehind ? 'cutPush' : 'unknown';
}

function isWriteOnce(key: RefKey): boolean {
  return key.kind === 'entry' || key.kind === 'version' || key.kind === 'tombstone';
}

/** Tells whether a log gave a stage or pending view at an earlier event. */
function gaveOnce(state: ModelState, key: RefKey, found: ObjectId): boolean {
  if (key.kind === 'stage' && key.model === state.model)
    return [...state.entries.values()].some(({ commit, occupied }) => commit === found && occupied.includes(key.slot));
  if (key.kind !== 'pending' || key.model !== state.model) return false;
  const entry = state.entries.get(key.sha256);
  return entry?.commit === found && wasPending(entry);
}

function wasPending({ first, registered }: EntryState): boolean {
  return registered?.event !== first.event;
}

/** With an unreadable log about, an entry that no other log gives may be that one's. */
function isUnknowable(key: RefKey, unreadable: ReadonlySet<ModelName>): boolean {
  if (unreadable.size === 0) return false;
  return key.kind === 'entry' || unreadable.has(key.model);
}

function findTwoManifests(states: readonly ModelState[]): readonly Sha256[] {
  const commits = new Map<Sha256, ObjectId>();
  const torn = new Set<Sha256>();
  for (const { sha256, commit } of states.flatMap(({ entries }) => [...entries.values()])) {
    const known = commits.get(sha256) ?? commit;
    commits.set(sha256, known);
    if (known !== commit) torn.add(sha256);
  }
  return [...torn];
}
