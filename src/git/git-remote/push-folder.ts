/**
 * Where `git push` runs: the repository's own git folder and objects, under a common folder with its configuration and
 * no refs. Git matches every refspec with every local ref, twice, before it sends anything: with 500 refspecs and 20,000
 * refs that takes 8 s (git 2.39). Object ids as sources need no ref.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { GitConfig } from '../git-config.ts';
import type { Environment } from '../git-environment.ts';
import type { GitRunner } from '../git-runner.ts';
import { type Repository, repositoryRunner } from '../repository.ts';
import { copyShallow, makeIncomingFolder, writeConfig } from './incoming-folder.ts';

/** What a push comes from. */
export interface PushSource {
  readonly repository: Repository;
  readonly environment: Environment;
  readonly config: GitConfig;
}

/** The folder, and the git that runs in it. */
export interface PushFolder {
  readonly git: GitRunner;
  remove(): void;
}

/** Makes it. Throws `permission`, `no-space`, `io`. */
export async function makePushFolder({ repository, environment, config }: PushSource): Promise<PushFolder> {
  // Git reads extensions from no included file.
  const promisor = await config.find('extensions.partialclone');
  const { path, remove } = makeIncomingFolder(repository, (folder) => {
    mkdirSync(join(folder, 'refs'));
    writeConfig(repository, folder, promisor === undefined ? {} : { partialClone: promisor });
    copyShallow(repository, folder);
  });
  // The git folder stays: conditional includes, and the folder where git stands, are told by it.
  const git = repositoryRunner(
    { ...repository, commonDir: path },
    { ...environment, GIT_COMMON_DIR: path, GIT_OBJECT_DIRECTORY: repository.objectDir },
  );
  return { git, remove };
}
