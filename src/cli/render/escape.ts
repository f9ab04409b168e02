/**
 * Makes text from repositories and files harmless before it reaches a terminal: no escape sequence, no bidi override that
 * shows another text than there is.
 */

/** C0, DEL, C1, Arabic letter mark, direction marks, line and paragraph separators, bidi embeddings, overrides and isolates. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** Returns the text with each unsafe character written as `\xNN` or `\uNNNN`; line feeds too. For one cell or one line. */
export function escapeControls(text: string): string {
  return text.replace(UNSAFE, escapeCharacter);
}

/** The same for a text of several lines: line feeds and tabs stay. */
export function escapeLines(text: string): string {
  return text.replace(UNSAFE, (character) =>
    character === '\n' || character === '\t' ? character : escapeCharacter(character),
  );
}

function escapeCharacter(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\t') return '\\t';
  const code = character.charCodeAt(0);
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

/** Returns JSON text in which the unsafe characters that JSON allows stand as `\uNNNN`: the same value, safe to look at. */
export function escapeJsonText(text: string): string {
  return text.replace(UNSAFE, (character) =>
    character === '\n' ? character : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
