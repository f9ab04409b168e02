/** A map that shares what did not change: the changes of a few events over the state of a whole log. */

/** A base that is never written, and what was set since. Keys of the base come first, in its order. */
export class LayeredMap<K, V> implements ReadonlyMap<K, V> {
  readonly base: ReadonlyMap<K, V>;
  readonly changes: Map<K, V>;

  private constructor(base: ReadonlyMap<K, V>, changes: Map<K, V>) {
    this.base = base;
    this.changes = changes;
  }

  /** Returns a map with the values of another, which does not see what is set in this one. */
  static over<K, V>(map: ReadonlyMap<K, V>): LayeredMap<K, V> {
    // One layer however often a state is folded on: a look-up stays two looks.
    return map instanceof LayeredMap
      ? new LayeredMap<K, V>(map.base, new Map(map.changes))
      : new LayeredMap<K, V>(map, new Map());
  }

  get size(): number {
    // Counted when asked: to look each key up in the base when it is set costs more than the rest of an append.
    let added = 0;
    for (const key of this.changes.keys()) if (!this.base.has(key)) added += 1;
    return this.base.size + added;
  }

  get(key: K): V | undefined {
    return this.changes.get(key) ?? this.base.get(key);
  }

  has(key: K): boolean {
    return this.changes.has(key) || this.base.has(key);
  }

  set(key: K, value: V): this {
    this.changes.set(key, value);
    return this;
  }

  *entries(): MapIterator<[K, V]> {
    for (const [key, value] of this.base) yield [key, this.changes.get(key) ?? value];
    for (const entry of this.changes) if (!this.base.has(entry[0])) yield entry;
  }

  *keys(): MapIterator<K> {
    yield* this.base.keys();
    for (const key of this.changes.keys()) if (!this.base.has(key)) yield key;
  }

  *values(): MapIterator<V> {
    for (const [, value] of this.entries()) yield value;
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries();
  }

  forEach(callback: (value: V, key: K, map: ReadonlyMap<K, V>) => void, thisArgument?: unknown): void {
    for (const [key, value] of this) callback.call(thisArgument, value, key, this);
  }
}

/** Returns the keys whose values differ between a map and one that was made from it. */
export function changedKeys<K, V>(before: ReadonlyMap<K, V>, after: ReadonlyMap<K, V>): readonly K[] {
  const candidates = after instanceof LayeredMap ? (after.changes as ReadonlyMap<K, V>) : after;
  return [...candidates].filter(([key, value]) => before.get(key) !== value).map(([key]) => key);
}
