/** `.mailmap` as far as addresses go: which of them are one person's. Names are claims that anybody may change, so they decide nothing. */

/** By address of a commit, folded: the person's proper address, folded. */
export type Mailmap = ReadonlyMap<string, string>;

/** Mail servers tell addresses apart by nothing but their letters; a `+tag` is part of the address. */
export function foldAddress(email: string): string {
  return email.trim().toLowerCase();
}

/**
 * Reads `[NAME] <proper> [NAME] <commit>` lines; the last one on an address wins, as for git. A line that is for one name at
 * an address alone counts where no other line says whose the address is.
 */
export function parseMailmap(text: string): Mailmap {
  const plain = new Map<string, string>();
  const named = new Map<string, Set<string>>();
  for (const line of text.split('\n')) {
    const [, proper, name, commit] = /^[^#<>][^<>]*<([^<>]+)>([^<>]*)<([^<>]+)>/.exec(withRoom(line)) ?? [];
    if (proper === undefined || commit === undefined) continue;
    const [to, from] = [foldAddress(proper), foldAddress(commit)];
    if ((name ?? '').trim() === '') plain.set(from, to);
    else named.set(from, (named.get(from) ?? new Set()).add(to));
  }
  for (const [from, targets] of named) {
    const [only] = targets;
    if (only !== undefined && targets.size === 1 && !plain.has(from)) plain.set(from, only);
  }
  return plain;
}

/** A line may begin with its first address; `#` makes a comment in the first column alone. */
function withRoom(line: string): string {
  return line.startsWith('<') ? ` ${line}` : line;
}

/** Returns one name for all addresses of a person. */
export function personIn(mailmap: Mailmap, email: string): string {
  const address = foldAddress(email);
  return mailmap.get(address) ?? address;
}
