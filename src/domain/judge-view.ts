/** Whether a pushed view may move (format §5, §6.4): what the log gives may be made, nothing that is written once ever moves. */
import type { ObjectId } from './digest.ts';
import { type PushRefusal, refusal } from './push-refusal.ts';
import type { RefKey } from './ref-key.ts';

/** A view that a push makes, moves or deletes (`next` null). */
export interface PushedView {
  readonly key: Exclude<RefKey, { readonly kind: 'log' }>;
  /** Where it is now. */
  readonly current: ObjectId | null;
  readonly next: ObjectId | null;
  /** Where the logs put it as they stand after the push; null where they give no such ref. */
  readonly given: ObjectId | null;
}

/** Returns why the view is refused, or undefined. */
export function judgeView({ key, current, next, given }: PushedView): PushRefusal | undefined {
  const writeOnce = key.kind === 'entry' || key.kind === 'version' || key.kind === 'tombstone';
  if (next === null) {
    if (writeOnce) return refusal('never-deleted', `a ${nameOf(key)} ref is never deleted (format §5)`);
    return given === null ? undefined : refusal('still-in-log', `the log still puts it at ${given}`);
  }
  if (writeOnce && current !== null) {
    return refusal('write-once', `a ${nameOf(key)} ref never moves (format §5): it is at ${current}, not ${next}`);
  }
  if (given === null) return refusal('not-in-log', 'no event of a log on this server names it (format §6.4)');
  return next === given ? undefined : refusal('not-in-log', `the log puts it at ${given}, not ${next}`);
}

function nameOf(key: PushedView['key']): string {
  if (key.kind === 'entry') return 'sha';
  return key.kind === 'version' ? 'semver' : key.kind;
}
