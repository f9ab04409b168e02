/**
 * Folds by tip while remotes are synchronised. Both sides of a log are folded in turn there, and the cache on disk keeps one
 * tip a model: that of the log here, which the next command wants.
 */
import type { ObjectId } from '../../domain/digest.ts';
import type { ModelName } from '../../domain/model-name.ts';
import type { FoldCache, FoldedModel } from '../../ports/fold-cache.ts';
import { foldModel } from '../read-model.ts';
import type { Workspace } from '../workspace.ts';

class FoldMemo implements FoldCache {
  readonly #kept: FoldCache;
  readonly #byTip = new Map<ObjectId, FoldedModel>();

  constructor(kept: FoldCache) {
    this.#kept = kept;
  }

  find(model: ModelName): Promise<FoldedModel | undefined> {
    return this.#kept.find(model);
  }

  async save(folded: FoldedModel): Promise<void> {
    this.#byTip.set(folded.tip, folded);
  }

  at(tip: ObjectId): FoldedModel | undefined {
    return this.#byTip.get(tip);
  }

  keep(folded: FoldedModel): Promise<void> {
    return this.#kept.save(folded);
  }
}

/** Returns the workspace with a memory of folds; the same one where it has that. */
export function withFoldMemo(workspace: Workspace): Workspace {
  return workspace.folds instanceof FoldMemo ? workspace : { ...workspace, folds: new FoldMemo(workspace.folds) };
}

/** Returns the fold of the log behind a tip. Throws what `foldModel` throws. */
export async function foldAt(workspace: Workspace, model: ModelName, tip: ObjectId): Promise<FoldedModel> {
  const known = workspace.folds instanceof FoldMemo ? workspace.folds.at(tip) : undefined;
  if (known !== undefined) return known;
  const folded = await foldModel(workspace, model, tip);
  await workspace.folds.save(folded);
  return folded;
}

/** Keeps the fold of a log's new tip for the next command. */
export async function keepFold(workspace: Workspace, folded: FoldedModel): Promise<void> {
  await (workspace.folds instanceof FoldMemo ? workspace.folds.keep(folded) : workspace.folds.save(folded));
}
