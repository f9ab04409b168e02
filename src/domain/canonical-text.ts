/**
 * Canonical text from the inside out (format §2.1). Small values are texts at once; large ones stay in pieces until the
 * end, so that the work is linear however deep a file nests.
 */
import { compareCodePoints } from './code-point-order.ts';
import type { JsonBuilder } from './json-scanner.ts';

/** The canonical text of a value, or its pieces in order. */
export type CanonicalText = string | Pieces;

/** A large array or object; `open` includes the key where it is a member. Items are joined by commas. */
interface Pieces {
  readonly open: string;
  readonly items: readonly CanonicalText[];
  readonly close: string;
}

/** Texts up to this length are joined at once: joining at every level would copy them at every level. */
const JOINED_AT_ONCE = 256;

/** Makes canonical texts. JSON.stringify escapes exactly what format §2.1 escapes in a well-formed string. */
export const CANONICAL_TEXT: JsonBuilder<CanonicalText> = {
  literal: (value) => String(value),
  string: (value) => JSON.stringify(value),
  number: (text) => text,
  array: (items) => gather('[', items, ']'),
  object: (members) => {
    const keys = [...members.keys()].sort(compareCodePoints);
    return gather(
      '{',
      keys.map((key) => withKey(key, members.get(key) ?? '')),
      '}',
    );
  },
};

function withKey(key: string, value: CanonicalText): CanonicalText {
  const prefix = `${JSON.stringify(key)}:`;
  return typeof value === 'string' ? prefix + value : { ...value, open: prefix + value.open };
}

function gather(open: string, items: readonly CanonicalText[], close: string): CanonicalText {
  let length = 0;
  for (const item of items) {
    length += typeof item === 'string' ? item.length : JOINED_AT_ONCE;
    if (length >= JOINED_AT_ONCE) return { open, items, close };
  }
  return open + items.join(',') + close;
}

/** Returns the whole text. */
export function joinCanonicalText(text: CanonicalText): string {
  const parts: string[] = [];
  collect(text, parts);
  return parts.join('');
}

function collect(text: CanonicalText, parts: string[]): void {
  if (typeof text === 'string') {
    parts.push(text);
  } else if (text.items.every((item) => typeof item === 'string')) {
    parts.push(text.open, text.items.join(','), text.close);
  } else {
    parts.push(text.open);
    text.items.forEach((item, at) => {
      if (at > 0) parts.push(',');
      collect(item, parts);
    });
    parts.push(text.close);
  }
}
