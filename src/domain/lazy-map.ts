/** A map whose values are decoded when they are first asked for: a reader of one entry pays for one. */

/** A map of objects, some still texts that a function decodes. Otherwise like any map, and the same object every time. */
export class LazyMap<K, V extends object> extends Map<K, V> {
  readonly #decode: (text: string) => V;
  /** Number of values that are still texts, at most. */
  #undecoded = 0;

  /** `texts` gives the order of the keys; none is decoded yet. */
  constructor(texts: Iterable<readonly [K, string]>, decode: (text: string) => V) {
    super();
    this.#decode = decode;
    // SAFETY: every way to a value passes by `get` or `#decodeAll`, so nobody is handed a text.
    for (const [key, text] of texts) super.set(key, text as unknown as V);
    this.#undecoded = this.size;
  }

  override get(key: K): V | undefined {
    const value: V | string | undefined = super.get(key);
    if (typeof value !== 'string') return value;
    const decoded = this.#decode(value);
    super.set(key, decoded);
    this.#undecoded -= 1;
    return decoded;
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
    if (this.#undecoded === 0) return;
    for (const key of this.keys()) this.get(key);
    this.#undecoded = 0;
  }
}
