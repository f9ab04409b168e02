/** A map whose values are still lines of a cached fold: whoever asks for one entry reads and decodes one. */
import type { FoldHeader, FoldLetter } from './fold-header.ts';

/** The lines of a cached fold, wherever they are kept: sorted, `<letter> <key> <text>`. */
export interface FoldLines {
  readonly header: FoldHeader;
  /** Returns the text behind a letter and key, found without reading the rest. */
  find(letter: FoldLetter, key: string): string | undefined;
  /** Returns key and text of every line of a letter, in order of the keys. */
  all(letter: FoldLetter): readonly (readonly [key: string, text: string])[];
}

/** After so many single look-ups all lines are read at once: each look-up is a dozen reads of a file. */
const LOOK_UPS = 12;

/** Reads one letter's lines as a map, each value decoded once. */
export class StoredMap<K extends string, V> implements ReadonlyMap<K, V> {
  readonly lines: FoldLines;
  readonly size: number;
  readonly #letter: FoldLetter;
  readonly #decode: (text: string) => V;
  readonly #order: ((a: string, b: string) => number) | undefined;
  readonly #decoded: Map<K, V> = new Map();
  #lookUps = 0;
  #texts: ReadonlyMap<K, string> | undefined;

  /** `order` compares texts; without it the order is that of the keys. */
  constructor(
    lines: FoldLines,
    letter: FoldLetter,
    decode: (text: string) => V,
    order?: (a: string, b: string) => number,
  ) {
    this.lines = lines;
    this.size = lines.header.sections[letter].lines;
    this.#decode = decode;
    this.#letter = letter;
    this.#order = order;
  }

  get(key: K): V | undefined {
    const known = this.#decoded.get(key);
    if (known !== undefined || this.size === 0) return known;
    const text = this.#findText(key);
    if (text === undefined) return undefined;
    const value = this.#decode(text);
    this.#decoded.set(key, value);
    return value;
  }

  has(key: K): boolean {
    return this.#decoded.has(key) || (this.size > 0 && this.#findText(key) !== undefined);
  }

  keys(): MapIterator<K> {
    return this.texts().keys();
  }

  *entries(): MapIterator<[K, V]> {
    for (const key of this.keys()) yield [key, this.get(key) as V];
  }

  *values(): MapIterator<V> {
    for (const key of this.keys()) yield this.get(key) as V;
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries();
  }

  forEach(callback: (value: V, key: K, map: ReadonlyMap<K, V>) => void, thisArgument?: unknown): void {
    for (const [key, value] of this) callback.call(thisArgument, value, key, this);
  }

  #findText(key: K): string | undefined {
    this.#lookUps += 1;
    if (this.#texts === undefined && this.#lookUps <= LOOK_UPS) return this.lines.find(this.#letter, key);
    return this.texts().get(key);
  }

  /** Returns what is not decoded yet: all of it. */
  texts(): ReadonlyMap<K, string> {
    if (this.#texts !== undefined) return this.#texts;
    const texts = this.lines.all(this.#letter) as readonly (readonly [K, string])[];
    const order = this.#order;
    this.#texts = new Map(order === undefined ? texts : texts.toSorted(([, a], [, b]) => order(a, b)));
    return this.#texts;
  }
}
