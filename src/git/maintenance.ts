/**
 * Keeps a registry fast as it grows: every register leaves some refs as files of their own, and a listing opens each
 * (perf-lab §3: 10,000 loose entries, 76 ms against 10). Git's own maintenance packs them and brings the commit-graph up
 * to date; it takes a lock of its own, so that a second one steps back, and refs stay readable and writable meanwhile.
 */
import type { GitRunner } from './git-runner.ts';
import { countLooseRefs } from './loose-refs.ts';
import { ENTRY_FOLDERS, VERIFIED_FOLDER } from './ref-names.ts';
import type { Repository } from './repository.ts';

/** So many registers later the refs are packed, or so many verified refs. */
export const LOOSE_LIMIT = 1000;

const MAINTENANCE = ['maintenance', 'run', '--quiet', '--task=pack-refs', '--task=commit-graph'];

/** What {@link maintain} did. */
export type MaintenanceOutcome = 'not-due' | 'started' | 'done';

/**
 * Packs refs and writes the commit-graph where at least `limit` entries or candidates are loose refs, or with `remotes`
 * so many verified refs of remotes: a register does not look for those. In the background
 * (`started`: git goes on by itself when node ends), unless `wait`. Never fails: what is not packed is packed next time.
 */
export async function maintain(
  repository: Repository,
  git: GitRunner,
  options: { readonly limit?: number; readonly wait?: boolean; readonly remotes?: boolean } = {},
): Promise<MaintenanceOutcome> {
  const limit = options.limit ?? LOOSE_LIMIT;
  if (repository.refFormat !== 'files' || !isDue(repository, limit, options.remotes === true)) return 'not-due';
  if (options.wait !== true) {
    git.startDetached(MAINTENANCE);
    return 'started';
  }
  await git.run(MAINTENANCE);
  return 'done';
}

function isDue({ commonDir }: Repository, limit: number, hasRemotes: boolean): boolean {
  if (countLooseRefs(commonDir, ENTRY_FOLDERS) >= limit) return true;
  return hasRemotes && countLooseRefs(commonDir, [VERIFIED_FOLDER]) >= limit;
}
