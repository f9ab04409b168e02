/** The logs of a remote as last verified, read by one `git for-each-ref`. */
import type { ObjectId } from '../domain/digest.ts';
import { decodeModelName, type ModelName } from '../domain/model-name.ts';
import type { PublishedLogs } from '../ports/published-logs.ts';
import type { Environment } from './git-environment.ts';
import type { GitRunner } from './git-runner.ts';
import { verifiedLogPrefix } from './ref-names.ts';
import { type Repository, repositoryRunner } from './repository.ts';

/** What one repository knows of its remotes. */
export class GitPublishedLogs implements PublishedLogs {
  readonly #git: GitRunner;

  constructor(repository: Repository, environment: Environment) {
    this.#git = repositoryRunner(repository, environment);
  }

  async tips(remote: string): Promise<ReadonlyMap<ModelName, ObjectId>> {
    const prefix = verifiedLogPrefix(remote);
    const listed = await this.#git.read(['for-each-ref', '--format=%(objectname) %(refname)', '--', prefix]);
    const tips = new Map<ModelName, ObjectId>();
    for (const row of listed.toString().split('\n').slice(0, -1)) {
      const [id = '', name = ''] = row.split(' ');
      const model = decodeModelName(name.slice(prefix.length));
      if (model !== undefined) tips.set(model, id as ObjectId);
    }
    return tips;
  }
}
