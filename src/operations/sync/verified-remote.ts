/** Refs of a remote, by what they mean. */
import type { ObjectId } from '../../domain/digest.ts';
import type { ModelName } from '../../domain/model-name.ts';
import { refKeyText, type View } from '../../domain/views.ts';
import type { RefEntry } from '../../ports/ref-store.ts';

/** What a remote has, or had when it was last verified. */
export interface VerifiedRemote {
  readonly logs: ReadonlyMap<ModelName, ObjectId>;
  /** Everything but logs, by the text of its key. */
  readonly views: ReadonlyMap<string, View>;
}

/** Sorts refs into logs and views. */
export function indexListing(refs: readonly RefEntry[]): VerifiedRemote {
  const logs = new Map<ModelName, ObjectId>();
  const views = new Map<string, View>();
  for (const { key, id } of refs) {
    if (key.kind === 'log') logs.set(key.model, id);
    else views.set(refKeyText(key), { key, target: id });
  }
  return { logs, views };
}
