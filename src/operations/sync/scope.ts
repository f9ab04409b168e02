/** Which models a synchronisation is about. */
import type { ModelName } from '../../domain/model-name.ts';
import type { RefKey } from '../../ports/ref-store.ts';

/** All models, or some. */
export class Scope {
  readonly #models: ReadonlySet<ModelName>;

  /** No models: all. */
  constructor(models: readonly ModelName[]) {
    this.#models = new Set(models);
  }

  /** Empty: all. */
  get models(): readonly ModelName[] {
    return [...this.#models];
  }

  get isAll(): boolean {
    return this.#models.size === 0;
  }

  has(model: ModelName): boolean {
    return this.isAll || this.#models.has(model);
  }

  /** Entry refs are of no model: they are in every scope. */
  hasKey(key: RefKey): boolean {
    return key.kind === 'entry' || this.has(key.model);
  }
}
