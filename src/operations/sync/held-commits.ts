/**
 * What a remote has already (port `git-remote.ts`, `push`). One of layout `log` lists none of its entries, and git would
 * look through all of them for what need not be sent.
 */
import type { ObjectId, Sha256 } from '../../domain/digest.ts';
import type { HeldCommits } from '../../ports/git-remote.ts';
import type { RefUpdate } from '../../ports/ref-store.ts';
import type { FetchedRemote } from './fetch-remote.ts';
import type { OutgoingLog, PushPlan } from './push-plan.ts';

/** Returns what matters to a push of logs: entries that new events name, and those that new entries come from. */
export function heldForLogs(remote: FetchedRemote, { logs, kinship }: PushPlan): HeldCommits {
  const held = listedCommits(remote);
  for (const log of logs) {
    for (const { event, entryCommit } of log.unpublished) {
      if (entryCommit === undefined || !('sha256' in event) || typeof event.sha256 !== 'string') continue;
      // What is there already is all that git need know of it; of what is new, what that comes from.
      const isKnown = hold(held, log, kinship, event.sha256);
      if (!isKnown) for (const related of kinship.relationsOf(event.sha256)) hold(held, log, kinship, related);
    }
  }
  return held;
}

/** Returns what matters to a push of views, whose logs have arrived: their targets. */
export function heldForViews(remote: FetchedRemote, views: readonly RefUpdate[]): HeldCommits {
  const held = listedCommits(remote);
  for (const { key, next } of views) if ('model' in key) add(held, remote.logs.get(key.model), next);
  return held;
}

type Growing = Map<ObjectId, Set<ObjectId>>;

/** Notes an entry as there; false where it is not known to be. */
function hold(held: Growing, log: OutgoingLog, kinship: PushPlan['kinship'], sha256: Sha256): boolean {
  const own = publishedCommit(log, sha256);
  const there = own === undefined ? kinship.findThere(sha256) : { tip: log.update.old, commit: own };
  if (there === undefined) return false;
  add(held, there.tip, there.commit);
  return true;
}

/** Logs that are listed as they were verified, and candidates. Where entries are listed git sees by itself what is there. */
function listedCommits({ listing, logs }: FetchedRemote): Growing {
  if (listing.refs.some(({ key }) => key.kind === 'entry')) return new Map();
  const seen = listing.refs.filter(
    ({ key, id }) => key.kind === 'pending' || (key.kind === 'log' && logs.get(key.model) === id),
  );
  return new Map(seen.map(({ id }) => [id, new Set()]));
}

function add(held: Growing, tip: ObjectId | null | undefined, commit: ObjectId | null | undefined): void {
  if (tip !== null && tip !== undefined && commit !== null && commit !== undefined) held.get(tip)?.add(commit);
}

/** Returns the entry where an event names it that the remote has. */
function publishedCommit({ state, unpublished }: OutgoingLog, sha256: Sha256): ObjectId | undefined {
  const entry = state.entries.get(sha256);
  return entry !== undefined && entry.first.seq < state.events - unpublished.length ? entry.commit : undefined;
}
