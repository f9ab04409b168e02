/** Which objects DVC's pointers name: what `dvc gc` spares. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PointedDigests } from '../ports/repository-files.ts';
import { fileFault } from './file-fault.ts';
import type { GitRunner } from './git-runner.ts';

/** The files that DVC reads for it. */
const POINTERS = ['*.dvc', ':(glob)**/dvc.lock'];
const DIGEST = /^\+?[ -]*md5: '?(?<digest>[0-9a-f]{32}(?:\.dir)?)'?\s*$/gm;

/** Reads the pointers of the work tree, and those of every commit of a branch or tag. Throws `git-failed`, `permission`, `io`. */
export async function readPointedDigests(git: GitRunner, workTree: string | undefined): Promise<PointedDigests> {
  const inWorkTree = new Set<string>();
  if (workTree !== undefined) {
    const listed = await git.read(['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...POINTERS]);
    for (const path of listed.toString().split('\0'))
      if (path !== '') addDigests(inWorkTree, readFile(join(workTree, path)));
  }
  const flags = ['--no-color', '--no-ext-diff', '--no-textconv', '--no-renames', '--format=', '--patch', '-m'];
  // HEAD may have no commit yet, or one that no branch has.
  const head = (await git.run(['rev-parse', '--quiet', '--verify', 'HEAD'])).exitCode === 0 ? ['HEAD'] : [];
  const scope = ['--branches', '--tags', '--remotes', ...head];
  const patches = await git.read(['-c', 'log.showRoot=true', 'log', ...flags, ...scope, '--', ...POINTERS]);
  const inHistory = new Set<string>();
  addDigests(inHistory, patches.toString());
  return { workTree: inWorkTree, history: inHistory };
}

function addDigests(digests: Set<string>, text: string): void {
  for (const { groups } of text.matchAll(DIGEST)) if (groups?.['digest'] !== undefined) digests.add(groups['digest']);
}

/** A pointer that is listed and not there was removed: then nothing of it counts. */
function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw fileFault(path, cause);
  }
}
