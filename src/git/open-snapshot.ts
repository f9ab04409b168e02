/** Opens the files of a repository as `check` judges them. */
import { RegistryError } from '../domain/errors.ts';
import type { Snapshot } from '../ports/snapshot.ts';
import type { Environment } from './git-environment.ts';
import { type Repository, repositoryRunner } from './repository.ts';

/** Returns the snapshot of the index or of the work tree. Throws `usage` where there is none. */
export async function openSnapshot(
  repository: Repository,
  environment: Environment,
  of: 'index' | 'work-tree',
): Promise<Snapshot> {
  const git = repositoryRunner(repository, environment);
  if (of === 'index') return new (await import('./index-snapshot.ts')).IndexSnapshot(repository, git);
  if (repository.workTree === undefined)
    throw new RegistryError('usage', 'check: the repository has no work tree', { hint: 'git registry verify' });
  return new (await import('./work-tree-snapshot.ts')).WorkTreeSnapshot(repository.workTree, git);
}
