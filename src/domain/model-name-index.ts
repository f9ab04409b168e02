/** The names of many models, by what must be unique among them (format §5.1): asked for each of many new ones. */
import { foldModelName, type ModelName } from './model-name.ts';

/** Finds what `collidesWith` calls `same-fold` or `namespace`, without a look at every name. */
export class ModelNameIndex {
  readonly #names: Map<string, readonly ModelName[]> = new Map();
  /** Of each namespace, a model in it. */
  readonly #namespaces: Map<string, ModelName> = new Map();

  constructor(names: Iterable<ModelName> = []) {
    for (const name of names) this.add(name);
  }

  add(name: ModelName): void {
    const folded = foldModelName(name);
    this.#names.set(folded, [...(this.#names.get(folded) ?? []), name]);
    const namespace = namespaceOf(folded);
    if (namespace !== undefined) this.#namespaces.set(namespace, name);
  }

  /** Returns a model that a name must not stand beside. A model does not collide with itself. */
  find(name: ModelName): ModelName | undefined {
    const folded = foldModelName(name);
    const same = this.#names.get(folded)?.find((other) => other !== name);
    if (same !== undefined) return same;
    const namespace = namespaceOf(folded);
    return this.#namespaces.get(folded) ?? (namespace === undefined ? undefined : this.#names.get(namespace)?.[0]);
  }
}

function namespaceOf(folded: string): string | undefined {
  const slash = folded.indexOf('/');
  return slash < 0 ? undefined : folded.slice(0, slash);
}
