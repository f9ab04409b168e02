/** Parts views into pushes. */
import type { RefUpdate } from '../../ports/ref-store.ts';
import type { ModelViews } from './plan-remote-views.ts';

/** What goes into one push. */
export interface ViewBatch {
  readonly views: readonly RefUpdate[];
  /** The logs that they come from, unmoved: their leases make the push fail where one is no longer the one. */
  readonly logs: readonly RefUpdate[];
}

/** Returns the pushes, each of at most `most` refs, logs included (format §7.1). `most` is at least 2. */
export function batchViews(models: readonly ModelViews[], most: number): readonly ViewBatch[] {
  const batches: { views: RefUpdate[]; logs: Set<RefUpdate> }[] = [];
  for (const { log, views } of models) {
    for (const view of views) {
      const last = batches.at(-1);
      const more = last?.logs.has(log) === true ? 1 : 2;
      if (last === undefined || last.views.length + last.logs.size + more > most)
        batches.push({ views: [view], logs: new Set([log]) });
      else {
        last.views.push(view);
        last.logs.add(log);
      }
    }
  }
  return batches.map(({ views, logs }) => ({ views, logs: [...logs] }));
}
