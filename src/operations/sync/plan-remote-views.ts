/** What a remote's views need to be what its logs give (format §7.1): those of the logs as they stand there. */
import type { ModelName } from '../../domain/model-name.ts';
import { type Layout, viewsOfLayout } from '../../domain/settle/layout.ts';
import type { ModelState } from '../../domain/state.ts';
import { refKeyText, type View, viewsOf } from '../../domain/views.ts';
import type { FoldedModel } from '../../ports/fold-cache.ts';
import type { RefUpdate } from '../../ports/ref-store.ts';
import type { Workspace } from '../workspace.ts';
import type { FetchedRemote } from './fetch-remote.ts';
import { foldAt } from './fold-memo.ts';
import type { Scope } from './scope.ts';
import { indexListing } from './verified-remote.ts';

/** Updates of one model's views, and the log that they come from. */
export interface ModelViews {
  readonly log: RefUpdate;
  readonly views: readonly RefUpdate[];
}

/** Returns, for each model whose views are not as its log says, what mends them. */
export async function planRemoteViews(
  workspace: Workspace,
  fetched: FetchedRemote,
  scope: Scope,
  layout: Layout,
  repair: boolean,
): Promise<readonly ModelViews[]> {
  const listed = indexListing(fetched.listing.refs);
  const refs = await workspace.syncRefs();
  const verified = indexListing(await refs.verified(fetched.target.name)).views;
  const planned: ModelViews[] = [];
  const seen = new Set<string>();
  const stale = staleByModel([...listed.views.values()]);
  for (const [model, folded] of await readVerified(workspace, fetched, scope)) {
    const given = viewsOfLayout(folded.state, layout).filter(({ key }) => !seen.has(refKeyText(key)));
    for (const { key } of given) seen.add(refKeyText(key));
    const missing = given.flatMap((view) => {
      const text = refKeyText(view.key);
      // What was there when it was verified and is gone was taken away: only `--repair` puts it back (format §7.4).
      const isGone = verified.has(text) && !listed.views.has(text) && isWriteOnce(view.key);
      return isGone && !repair ? [] : mend(view, listed.views.get(text), repair);
    });
    const all = new Set(viewsOf(folded.state).map(({ key }) => refKeyText(key)));
    const gone = (stale.get(model) ?? []).flatMap((view) => dropStale(folded.state, view, all));
    if (missing.length + gone.length === 0) continue;
    const log: RefUpdate = { key: { kind: 'log', model }, old: folded.tip, next: folded.tip };
    planned.push({ log, views: [...missing, ...gone] });
  }
  return planned;
}

/** Returns the logs that views come from: none that the remote has moved on since, or that does not hold up; in a dry run as they would be. */
export async function readVerified(
  workspace: Workspace,
  { target, listing, unreadable, folded, outgoing }: FetchedRemote,
  scope: Scope,
): Promise<ReadonlyMap<ModelName, FoldedModel>> {
  const models = new Map<ModelName, FoldedModel>();
  const refs = await workspace.syncRefs();
  for (const { key, id } of listing.refs) {
    if (key.kind !== 'log' || !scope.has(key.model) || unreadable.has(key.model)) continue;
    if ((await refs.find({ place: 'verified', remote: target.name, key })) !== id) continue;
    const known = folded.get(key.model);
    models.set(key.model, known?.tip === id ? known : await foldAt(workspace, key.model, id));
  }
  for (const [model, sent] of outgoing ?? []) models.set(model, sent);
  return models;
}

function mend({ key, target }: View, there: View | undefined, repair: boolean): readonly RefUpdate[] {
  if (there?.target === target) return [];
  return there === undefined || !isWriteOnce(key) || repair ? [{ key, old: there?.target ?? null, next: target }] : [];
}

function isWriteOnce({ kind }: RefUpdate['key']): boolean {
  return kind === 'entry' || kind === 'version' || kind === 'tombstone';
}

function staleByModel(views: readonly View[]): ReadonlyMap<ModelName, readonly View[]> {
  const byModel = new Map<ModelName, View[]>();
  for (const view of views) {
    const { key } = view;
    if (key.kind === 'stage' || key.kind === 'pending')
      byModel.set(key.model, [...(byModel.get(key.model) ?? []), view]);
  }
  return byModel;
}

/** A slot that is empty now, a candidate that is none any more. What the log never gave is left alone and reported. */
function dropStale(state: ModelState, { key, target }: View, given: ReadonlySet<string>): readonly RefUpdate[] {
  if (given.has(refKeyText(key))) return [];
  const isOurs = [...state.entries.values()].some(({ commit }) => commit === target);
  return isOurs ? [{ key, old: target, next: null }] : [];
}
