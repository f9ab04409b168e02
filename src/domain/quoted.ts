/** Text of others, as it stands in a sentence of ours. */

/** Returns the first characters of a text; what is no character, and no event can hold, is replaced. */
export function clipped(text: string, most = 200): string {
  const characters = [...text.slice(0, 2 * most + 2)];
  const kept = characters
    .slice(0, most)
    .join('')
    .replaceAll(/\p{Surrogate}/gu, '\ufffd');
  return characters.length > most ? `${kept}...` : kept;
}

/** Returns a text in quotes, on one line, at most 80 characters of it. */
export function quoted(text: string): string {
  return JSON.stringify(clipped(text, 80));
}

/** Returns at most `most` texts as a list, and how many more there are. */
export function listed(texts: readonly string[], most = 5): string {
  const more = texts.length - most;
  return texts.slice(0, most).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
