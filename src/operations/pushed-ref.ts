/** A ref of a push, before it is judged. */
import type { ObjectId } from '../domain/digest.ts';
import { type PushRefusal, refusal } from '../domain/push-refusal.ts';
import type { RefKey } from '../domain/ref-key.ts';
import type { PushedName, PushedRefs } from '../ports/pushed-refs.ts';
import type { Workspace } from './workspace.ts';

/** As git names it to its hooks; ids that are all zeros are null. */
export interface PushedRef {
  /** One character a byte. */
  readonly name: string;
  readonly old: ObjectId | null;
  readonly next: ObjectId | null;
}

/** The key of a log. */
export type LogKey = Extract<RefKey, { readonly kind: 'log' }>;

/** The key of a view. */
export type ViewKey = Exclude<RefKey, LogKey>;

/** A pushed ref of format §5. */
export type Pushed<Key> = PushedRef & { readonly key: Key };

/** The refs of a push by what they are; those that are no business of a registry are in no list. */
export interface SortedPush {
  readonly logs: readonly Pushed<LogKey>[];
  readonly views: readonly Pushed<ViewKey>[];
  /** By name. */
  readonly refused: ReadonlyMap<string, PushRefusal>;
}

const NOT_OURS: Readonly<Record<Exclude<PushedName['kind'], 'registry' | 'other'>, PushRefusal>> = {
  unknown: refusal('unknown-ref', 'no ref of format §5 has this name'),
  local: refusal('local-ref', 'this namespace is written by fetch alone (format §5)'),
  replace: refusal('replace-ref', 'no replacement is taken by a server that keeps a registry'),
};

/** Sorts a push. */
export function sortPush(names: PushedRefs, refs: readonly PushedRef[]): SortedPush {
  const logs: Pushed<LogKey>[] = [];
  const views: Pushed<ViewKey>[] = [];
  const refused = new Map<string, PushRefusal>();
  for (const ref of refs) {
    const named = names.classify(ref.name);
    if (named.kind === 'registry') {
      if (named.key.kind === 'log') logs.push({ ...ref, key: named.key });
      else views.push({ ...ref, key: named.key });
    } else if (named.kind !== 'other') refused.set(ref.name, NOT_OURS[named.kind]);
  }
  return { logs, views, refused };
}

/** Refuses a ref that is not where its pusher takes it to be: git itself does not compare when a ref is deleted. */
export async function explainMoved(
  { refs }: Workspace,
  { key, old }: Pushed<RefKey>,
): Promise<PushRefusal | undefined> {
  const current = (await refs.find(key)) ?? null;
  if (current === old) return undefined;
  return refusal('moved-meanwhile', `expected it at ${old ?? 'nothing'}, it is at ${current ?? 'nothing'}`);
}
