/** A git repository as the adapters need it, and the runner whose commands see exactly that one. */
import type { Environment } from './git-environment.ts';
import { GitRunner } from './git-runner.ts';

/** Where a repository is, and how it is stored. All paths are absolute. */
export interface Repository {
  /** The git folder of this work tree. */
  readonly gitDir: string;
  /** The folder that linked work trees share: refs, objects, configuration. */
  readonly commonDir: string;
  readonly workTree: string | undefined;
  readonly objectFormat: 'sha1' | 'sha256';
  readonly isBare: boolean;
  readonly objectDir: string;
  /** `other` where only git knows how refs are stored (reftable). */
  readonly refFormat: 'files' | 'other';
  readonly shallow: boolean;
}

/** Returns the runner. What the environment says of folders is made absolute, for a hook may have said it relatively. */
export function repositoryRunner(repository: Repository, environment: Environment): GitRunner {
  const given = (name: string, path: string | undefined): Environment =>
    environment[name] === undefined ? {} : { [name]: path };
  return new GitRunner(repository.workTree ?? repository.gitDir, environment, {
    ...given('GIT_COMMON_DIR', repository.commonDir),
    ...given('GIT_OBJECT_DIRECTORY', repository.objectDir),
    ...given('GIT_WORK_TREE', repository.workTree),
    GIT_DIR: repository.gitDir,
  });
}
