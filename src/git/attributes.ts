/** Attributes of paths, as `.gitattributes` gives them. */
import type { GitRunner } from './git-runner.ts';

/** Returns those of `paths` whose attribute is set, to true or to a value. `flags`: e.g. `--cached`, to read the index's files. */
export async function findAttributes(
  git: GitRunner,
  attribute: string,
  paths: readonly string[],
  flags: readonly string[],
): Promise<ReadonlySet<string>> {
  if (paths.length === 0) return new Set();
  const input = paths.map((path) => `${path}\0`).join('');
  const answer = await git.read(['check-attr', ...flags, '-z', '--stdin', attribute], { input });
  const parts = answer.toString().split('\0');
  const found = new Set<string>();
  for (let at = 0; at + 2 < parts.length; at += 3) {
    const value = parts[at + 2];
    if (value !== 'unspecified' && value !== 'unset' && value !== 'false') found.add(parts[at] ?? '');
  }
  return found;
}
