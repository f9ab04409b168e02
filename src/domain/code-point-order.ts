/** The order of everything that is hashed: by Unicode code point, as Python and git sort; never by UTF-16 unit or locale. */

/**
 * Compares two well-formed texts by code point; negative, zero or positive. The same order as of their UTF-8 bytes.
 * Format §2.1.
 */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const difference = a.charCodeAt(at) - b.charCodeAt(at);
    if (difference !== 0) return rank(a.charCodeAt(at)) - rank(b.charCodeAt(at));
  }
  return a.length - b.length;
}

/** Moves surrogates (code points from U+10000) behind the units E000-FFFF, where UTF-16 puts them before. */
function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}

/** Tells whether texts are in ascending code-point order without repeats. */
export function isStrictlyAscending(texts: readonly string[]): boolean {
  return texts.every((text, at) => at === 0 || compareCodePoints(texts[at - 1] ?? '', text) < 0);
}
