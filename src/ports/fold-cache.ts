/** Folded states, keyed by log tip (format §6.4): deleting the cache changes no answer. */
import type { ObjectId } from '../domain/digest.ts';
import type { ModelName } from '../domain/model-name.ts';
import type { ModelState } from '../domain/state.ts';

/** A state and the tip whose log it is the fold of. */
export interface FoldedModel {
  readonly tip: ObjectId;
  readonly state: ModelState;
}

/** Keeps the newest folded state of each model. Failures to write are silent: the cache is throw-away. */
export interface FoldCache {
  /** Returns the newest state kept, whatever its tip; undefined when there is none or it cannot be read. */
  find(model: ModelName): Promise<FoldedModel | undefined>;
  save(folded: FoldedModel): Promise<void>;
}
