/** What both parsers make of an argument vector, before values are read: text, not yet typed. */

/** Operands in order, and of each option that occurs the texts it was given, in order (none for a boolean). */
export interface ParsedWords {
  readonly operands: readonly string[];
  readonly options: ReadonlyMap<string, readonly string[]>;
}

/** What a parser answers. The reason is a message in house style. */
export type ParseOutcome<Value> =
  | { readonly kind: 'parsed'; readonly value: Value }
  | { readonly kind: 'refused'; readonly reason: string };

/** Returns the outcome of a refusal. */
export function refused(reason: string): { readonly kind: 'refused'; readonly reason: string } {
  return { kind: 'refused', reason };
}

/** Tells whether a word is a negative number, which is a value or an operand and no cluster of short options. */
export function isNegativeNumber(word: string): boolean {
  return /^-(?:\d+(?:\.\d+)?|\.\d+)$/.test(word);
}
