/** The hook folder of a repository, where git itself would look: `core.hooksPath` of every level counts, our own does not. */
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { encodeUtf8 } from '../domain/utf8.ts';
import type { HookFolder, HookPlace } from '../ports/hook-folder.ts';
import { draftName } from './draft-name.ts';
import { fileFault } from './file-fault.ts';
import type { Environment } from './git-environment.ts';
import type { GitRunner } from './git-runner.ts';
import { type Repository, repositoryRunner } from './repository.ts';

const MODE = 0o755;

/** The hooks of one repository. */
export class GitHookFolder implements HookFolder {
  readonly #repository: Repository;
  readonly #git: GitRunner;
  #place: Promise<HookPlace> | undefined;

  constructor(repository: Repository, environment: Environment) {
    this.#repository = repository;
    this.#git = repositoryRunner(repository, environment);
  }

  locate(): Promise<HookPlace> {
    this.#place ??= this.#ask();
    return this.#place;
  }

  async read(name: string): Promise<string | undefined> {
    const path = await this.#path(name);
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
    try {
      return readFileSync(path, 'latin1');
    } catch (cause) {
      // A link to nowhere is still a name that is taken.
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return '';
      throw fileFault(path, cause);
    }
  }

  async create(name: string, text: string): Promise<boolean> {
    const path = await this.#path(name);
    const temporary = this.#draft(path, text);
    try {
      linkSync(temporary, path);
      return true;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw fileFault(path, cause);
    } finally {
      rmSync(temporary, { force: true });
    }
  }

  async replace(name: string, text: string): Promise<void> {
    const path = await this.#path(name);
    const temporary = this.#draft(path, text);
    try {
      renameSync(temporary, path);
    } catch (cause) {
      rmSync(temporary, { force: true });
      throw fileFault(path, cause);
    }
  }

  async move(from: string, to: string): Promise<boolean> {
    const [source, target] = [await this.#path(from), await this.#path(to)];
    try {
      // A link takes no name that is taken; linking a symbolic link would follow it on some systems.
      if (lstatSync(source).isSymbolicLink()) symlinkSync(readlinkSync(source), target);
      else linkSync(source, target);
      rmSync(source);
      return true;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw fileFault(target, cause);
    }
  }

  async remove(name: string): Promise<void> {
    rmSync(await this.#path(name), { force: true });
  }

  #draft(path: string, text: string): string {
    const temporary = draftName(path);
    try {
      mkdirSync(resolve(path, '..'), { recursive: true });
      writeFileSync(temporary, encodeUtf8(text), { flag: 'wx', mode: MODE });
      chmodSync(temporary, MODE);
      return temporary;
    } catch (cause) {
      throw fileFault(path, cause);
    }
  }

  async #path(name: string): Promise<string> {
    return join((await this.locate()).folder, name);
  }

  /** The last value is the runner's own; the one before it is what git would take. */
  async #ask(): Promise<HookPlace> {
    const args = ['config', '--show-scope', '-z', '--type=path', '--get-all', 'core.hooksPath'];
    const parts = (await this.#git.read(args)).toString().split('\0').slice(0, -3);
    const [scope, path] = parts.slice(-2);
    const { commonDir, gitDir, workTree } = this.#repository;
    if (path === undefined || path === '') return { folder: join(commonDir, 'hooks'), from: 'default' };
    const isOwn = scope === 'local' || scope === 'worktree';
    return { folder: resolve(workTree ?? gitDir, path), from: isOwn ? 'repository' : 'elsewhere' };
  }
}
