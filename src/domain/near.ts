/** Names near to one that was not found, for messages. */

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** Returns at most `limit` candidates like `text`, nearest first: prefixes, parts, then a few edits away. Stops at 5,000. */
export function nearNames(text: string, candidates: Iterable<string>, limit = 3): readonly string[] {
  const scored: { readonly name: string; readonly score: number }[] = [];
  let seen = 0;
  for (const name of candidates) {
    seen += 1;
    if (seen > 5000) break;
    const score =
      name.startsWith(text) || text.startsWith(name)
        ? 1
        : name.includes(text)
          ? 2
          : distance(text.slice(0, 64), name.slice(0, 64));
    if (score <= Math.max(2, Math.floor(text.length / 3))) scored.push({ name, score });
  }
  return scored
    .sort((a, b) => a.score - b.score)
    .slice(0, limit)
    .map(({ name }) => name);
}
