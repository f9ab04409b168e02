/** Programs that git's configuration and the work tree of one repository name. */
import { lstatSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { Sha256 } from '../domain/digest.ts';
import type { LocalPrograms, ProgramCall, ProgramEnd } from '../ports/local-programs.ts';
import type { Environment } from './git-environment.ts';
import { GitHookFolder } from './git-hook-folder.ts';
import { type Repository, repositoryRunner } from './repository.ts';
import { runProgram } from './run-program.ts';

/** Other files than the repository's own, and the environment, are what somebody else may have written. */
const ALLOWED = ['config', '--local', '--no-includes', '-z', '--get-all', 'registry.allowExec'];

/** The programs of one repository. */
export class GitLocalPrograms implements LocalPrograms {
  readonly #repository: Repository;
  readonly #environment: Environment;
  readonly #signal: AbortSignal;

  constructor(repository: Repository, environment: Environment, signal: AbortSignal) {
    this.#repository = repository;
    this.#environment = environment;
    this.#signal = signal;
  }

  async findHook(name: string): Promise<string | undefined> {
    const { folder } = await new GitHookFolder(this.#repository, this.#environment).locate();
    const path = join(folder, name);
    try {
      return lstatSync(path, { throwIfNoEntry: false }) === undefined ? undefined : path;
    } catch {
      // `core.hooksPath` may be no folder, such as /dev/null.
      return undefined;
    }
  }

  locate(name: string): string | undefined {
    const { workTree } = this.#repository;
    if (workTree === undefined || isAbsolute(name) || name.split(/[\\/]/).includes('..')) return undefined;
    return join(workTree, name);
  }

  async isAllowed(digest: Sha256): Promise<boolean> {
    const { stdout } = await repositoryRunner(this.#repository, this.#environment).run(ALLOWED);
    return stdout.toString().split('\0').includes(digest);
  }

  run(call: ProgramCall): Promise<ProgramEnd> {
    const { workTree, gitDir } = this.#repository;
    return runProgram(call, workTree ?? gitDir, this.#environment, this.#signal);
  }
}
