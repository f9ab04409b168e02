/** `KEY=VALUE` arguments whose values are texts: tags and annotations. */
import { RegistryError } from '../domain/errors.ts';
import type { Pair } from './command.ts';

/** Returns the values by key. Throws `usage` for a key that comes twice: which one was meant cannot be known. */
export function readTexts(what: string, pairs: readonly Pair[]): Readonly<Record<string, string>> {
  const texts = new Map<string, string>();
  for (const { key, value } of pairs) {
    if (texts.has(key)) throw new RegistryError('usage', `${what} ${key}: it is given twice`, { data: { key } });
    texts.set(key, value);
  }
  // fromEntries defines `__proto__` as the member it is.
  return Object.fromEntries(texts);
}

/** Returns `key=value` words as pairs. Throws `usage` for a word that is none. */
export function readAssignments(words: readonly string[]): readonly Pair[] {
  return words.map((word) => {
    const at = word.indexOf('=');
    if (at < 1) throw new RegistryError('usage', `expected KEY=VALUE, got ${JSON.stringify(word)}`, { data: { word } });
    return { key: word.slice(0, at), value: word.slice(at + 1) };
  });
}
