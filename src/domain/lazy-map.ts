/** A map whose values are decoded when they are first asked for: a reader of one entry pays for one. */

/** A map of texts that a function decodes; the same value every time. Deleting and setting are those of any map. */
export class LazyMap<K, V> extends Map<K, V> {
  readonly #texts: Map<K, string>;
  readonly #decode: (text: string) => V;

  /** `texts` gives the order of the keys; none is decoded yet. */
  constructor(texts: Iterable<readonly [K, string]>, decode: (text: string) => V) {
    super();
    this.#texts = new Map(texts);
    this.#decode = decode;
    // SAFETY: `get` and all iteration replace the placeholder before anyone sees it.
    for (const key of this.#texts.keys()) super.set(key, undefined as V);
  }

  override get(key: K): V | undefined {
    const text = this.#texts.get(key);
    if (text === undefined) return super.get(key);
    const value = this.#decode(text);
    this.set(key, value);
    return value;
  }

  override set(key: K, value: V): this {
    this.#texts.delete(key);
    return super.set(key, value);
  }

  override delete(key: K): boolean {
    this.#texts.delete(key);
    return super.delete(key);
  }

  override clear(): void {
    this.#texts.clear();
    super.clear();
  }

  override values(): MapIterator<V> {
    this.#decodeAll();
    return super.values();
  }

  override entries(): MapIterator<[K, V]> {
    this.#decodeAll();
    return super.entries();
  }

  override [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries();
  }

  override forEach(callback: (value: V, key: K, map: Map<K, V>) => void, thisArgument?: unknown): void {
    this.#decodeAll();
    super.forEach(callback, thisArgument);
  }

  #decodeAll(): void {
    for (const key of [...this.#texts.keys()]) this.get(key);
  }
}
