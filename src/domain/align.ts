/** Things of several sources side by side, by name. */

/** What each source has under a name; null where it has nothing. */
export interface Aligned<T> {
  readonly name: string;
  readonly values: readonly (T | null)[];
}

/** Returns the names of all sources in order of their first appearance, each with what every source has under it. */
export function alignByName<T>(sources: readonly ReadonlyMap<string, T>[]): readonly Aligned<T>[] {
  const names = new Set(sources.flatMap((source) => [...source.keys()]));
  return Array.from(names, (name) => ({ name, values: sources.map((source) => source.get(name) ?? null) }));
}
