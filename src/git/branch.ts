/** A branch of the user's that the registry commits to when asked. */
import type { ObjectId } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import type { BranchTip } from '../ports/repository-files.ts';
import type { GitRunner } from './git-runner.ts';
import { branchRefOf } from './ref-names.ts';

/** Returns the commit and tree of a branch; undefined where there is none. Throws `usage` for what is no branch name. */
export async function readBranch(git: GitRunner, name: string): Promise<BranchTip | undefined> {
  const ref = refOf(name);
  const { exitCode, stdout } = await git.run(['rev-parse', '--quiet', '--verify', `${ref}^{commit}`]);
  if (exitCode !== 0) return undefined;
  const tree = await git.read(['rev-parse', '--verify', `${ref}^{tree}`]);
  return { commit: stdout.toString().trim() as ObjectId, tree: tree.toString().trim() as ObjectId };
}

/** Moves a branch from one commit to another, or creates it. Throws `contended` where it is elsewhere by now. */
export async function moveBranch(
  git: GitRunner,
  name: string,
  { old, next }: { readonly old: ObjectId | undefined; readonly next: ObjectId },
): Promise<void> {
  const ref = refOf(name);
  const before = old ?? '0'.repeat(next.length);
  const { exitCode, stderr } = await git.run(['update-ref', '-m', 'registry keep', ref, next, before]);
  if (exitCode === 0) return;
  throw new RegistryError('contended', `branch ${name}: ${stderr.trim()}`, { data: { branch: name } });
}

function refOf(name: string): string {
  const ref = branchRefOf(name);
  if (ref !== undefined) return ref;
  throw new RegistryError('usage', `${JSON.stringify(name)}: expected the name of a branch`, {
    data: { branch: name },
  });
}
