/**
 * Full Unicode case folding, which JavaScript lacks: equal to Python's `str.casefold()` (statuses C and F of
 * CaseFolding.txt). The tables are those of the running engine, so code points that its Unicode version does not know
 * fold to themselves. Folding decides what collides, never what is hashed: a newer engine can refuse one name more, but
 * changes no identity.
 */

const ASCII = /^\p{ASCII}*$/u;
const CHEROKEE = /\p{Script=Cherokee}/u;

/** Returns a text with case differences removed. It is not normalised, before or after. */
export function caseFold(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  // One code point at a time: folding has no context, but toLowerCase has (a final sigma).
  return Array.from(text, foldCodePoint).join('');
}

function foldCodePoint(character: string): string {
  // Cherokee folds to its capitals, which are older than its small letters.
  if (CHEROKEE.test(character)) return character.toUpperCase();
  // Outside Turkic languages dotless i folds to itself, though its capital is I.
  if (character === 'ı') return character;
  return character.toLowerCase().toUpperCase().toLowerCase();
}
