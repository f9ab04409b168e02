/**
 * What a remote has already (port `git-remote.ts`, `push`). One of layout `log` lists none of its entries, and git would
 * look through all of them for what need not be sent.
 */
import type { HeldCommits } from '../../ports/git-remote.ts';
import type { RefUpdate } from '../../ports/ref-store.ts';
import type { FetchedRemote } from './fetch-remote.ts';
import { newEntries, type PushPlan } from './push-plan.ts';

const NONE: HeldCommits = { tips: [], behind: [] };

/** Returns what matters to a push of logs: what new entries come from. */
export function heldForLogs(remote: FetchedRemote, { logs, kinship }: PushPlan): HeldCommits {
  const related = new Set(newEntries(logs).flatMap(({ sha256 }) => kinship.relationsOf(sha256)));
  return held(
    remote,
    [...related].flatMap((sha256) => kinship.findThere(sha256) ?? []),
  );
}

/** Returns what matters to a push of views, whose logs have arrived: their targets. */
export function heldForViews(remote: FetchedRemote, views: readonly RefUpdate[]): HeldCommits {
  return held(
    remote,
    views.flatMap(({ next }) => next ?? []),
  );
}

/** Of a remote that lists entries git sees by itself what is there; where something is damaged it may not be as it was. */
function held({ listing, logs, unreadable }: FetchedRemote, behind: HeldCommits['behind']): HeldCommits {
  if (unreadable.size > 0 || listing.refs.some(({ key }) => key.kind === 'entry')) return NONE;
  const seen = listing.refs.filter(({ key, id }) => key.kind === 'log' && logs.get(key.model) === id);
  if (seen.length === 0) return NONE;
  const candidates = listing.refs.filter(({ key }) => key.kind === 'pending');
  return { tips: [...seen, ...candidates].map(({ id }) => id), behind };
}
