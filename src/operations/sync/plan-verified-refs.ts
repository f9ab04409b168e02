/** What is kept of a remote once it is verified (format §5): logs and write-once views never go, the rest mirrors the listing. */
import type { ModelName } from '../../domain/model-name.ts';
import { refKeyText } from '../../domain/views.ts';
import type { RemoteTarget } from '../../ports/git-remote.ts';
import type { RefKey } from '../../ports/ref-store.ts';
import type { SyncRefKey, SyncRefUpdate } from '../../ports/sync-refs.ts';
import type { JudgedListing } from './judge-listing.ts';
import type { IncomingLogs } from './receive-logs.ts';
import type { Scope } from './scope.ts';
import type { VerifiedRemote } from './verified-remote.ts';

/** What was found. */
export interface VerifiedChange {
  readonly target: RemoteTarget;
  readonly verified: VerifiedRemote;
  readonly scope: Scope;
  readonly incoming: IncomingLogs;
  readonly judged: JudgedListing;
  readonly trust: ModelName | undefined;
}

/** Returns the updates of one transaction, logs first. */
export function planVerifiedRefs(change: VerifiedChange): readonly SyncRefUpdate[] {
  const { target, verified, incoming, judged, scope } = change;
  const refOf = (key: RefKey): SyncRefKey => ({ place: 'verified', remote: target.name, key });
  const logs = [...incoming.folded].flatMap(([model, { tip }]): readonly SyncRefUpdate[] => {
    const old = verified.logs.get(model) ?? null;
    return old === tip ? [] : [{ ref: refOf({ kind: 'log', model }), old, next: tip }];
  });
  const views = judged.sound.flatMap(({ key, target: next }): readonly SyncRefUpdate[] => {
    const old = verified.views.get(refKeyText(key))?.target ?? null;
    return old === next ? [] : [{ ref: refOf(key), old, next }];
  });
  const listed = new Set(judged.sound.map(({ key }) => refKeyText(key)));
  const gone = [...verified.views.values()].flatMap(({ key, target: old }): readonly SyncRefUpdate[] => {
    const mirrors = key.kind === 'stage' || key.kind === 'pending' || ('model' in key && key.model === change.trust);
    const isKnown = 'model' in key && scope.has(key.model) && !incoming.unreadable.has(key.model);
    return mirrors && isKnown && !listed.has(refKeyText(key)) ? [{ ref: refOf(key), old, next: null }] : [];
  });
  return [...logs, ...views, ...gone];
}
