/** The repository around the registry: HEAD, configuration, the work tree's files, upkeep. */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ObjectId } from '../domain/digest.ts';
import type { BranchTip, PointedDigests, RepositoryFiles } from '../ports/repository-files.ts';
import { moveBranch, readBranch } from './branch.ts';
import { draftName } from './draft-name.ts';
import { fileFault } from './file-fault.ts';
import type { GitRunner } from './git-runner.ts';
import { findRefLocks } from './loose-refs.ts';
import { maintain } from './maintenance.ts';
import { readPointedDigests } from './pointed-digests.ts';
import { DECORATION_PATTERN, refPrefixOf } from './ref-names.ts';
import type { Repository } from './repository.ts';
import { moveStaleLockAside } from './stale-ref-lock.ts';

const DECORATION_KEY = 'log.excludeDecoration';

/** The files and settings of one repository. */
export class GitRepositoryFiles implements RepositoryFiles {
  readonly workTree: string | undefined;
  readonly commonDir: string;
  readonly isBare: boolean;
  readonly isShallow: boolean;
  readonly objectFormat: 'sha1' | 'sha256';
  readonly #repository: Repository;
  readonly #git: GitRunner;

  constructor(repository: Repository, git: GitRunner) {
    this.#repository = repository;
    this.#git = git;
    this.workTree = repository.workTree;
    this.commonDir = repository.commonDir;
    this.isBare = repository.isBare;
    this.isShallow = repository.shallow;
    this.objectFormat = repository.objectFormat;
  }

  async head(): Promise<
    { readonly commit: string; readonly branch: string | undefined; readonly dirty: boolean } | undefined
  > {
    const status = await this.#git.read(['status', '--porcelain=v2', '--branch', '--untracked-files=no', '-z']);
    const records = status.toString('utf8').split('\0');
    const header = (name: string): string | undefined =>
      records.find((record) => record.startsWith(`# branch.${name} `))?.slice(10 + name.length);
    const commit = header('oid');
    const branch = header('head');
    if (commit === undefined || commit === '(initial)') return undefined;
    const dirty = records.some((record) => /^[12u] /.test(record));
    return { commit, branch: branch === '(detached)' ? undefined : branch, dirty };
  }

  async setConfig(key: string, value: string): Promise<void> {
    await this.#git.read(['config', '--local', key, value]);
  }

  async hideDecorations(): Promise<void> {
    const present = await this.#git.run(['config', '--local', '--get-all', DECORATION_KEY]);
    if (present.stdout.toString('utf8').split('\n').includes(DECORATION_PATTERN)) return;
    await this.#git.read(['config', '--local', '--add', DECORATION_KEY, DECORATION_PATTERN]);
  }

  async readText(path: string): Promise<string | undefined> {
    if (this.workTree === undefined) return undefined;
    const full = join(this.workTree, path);
    try {
      return readFileSync(full, 'utf8');
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw fileFault(full, cause);
    }
  }

  async createText(path: string, text: string): Promise<boolean> {
    const full = join(this.workTree ?? this.commonDir, path);
    const temporary = draftName(full);
    try {
      writeFileSync(temporary, text, { flag: 'wx' });
      // A link never replaces, and what appears is whole.
      linkSync(temporary, full);
      return true;
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw fileFault(full, cause);
    } finally {
      rmSync(temporary, { force: true });
    }
  }

  async writeText(path: string, text: string): Promise<void> {
    const full = join(this.workTree ?? this.commonDir, path);
    const temporary = draftName(full);
    try {
      writeFileSync(temporary, text, { flag: 'wx' });
      renameSync(temporary, full);
    } catch (cause) {
      throw fileFault(full, cause);
    } finally {
      rmSync(temporary, { force: true });
    }
  }

  pointedDigests(): Promise<PointedDigests> {
    return readPointedDigests(this.#git, this.workTree);
  }

  branch(name: string): Promise<BranchTip | undefined> {
    return readBranch(this.#git, name);
  }

  moveBranch(name: string, move: { readonly old: ObjectId | undefined; readonly next: ObjectId }): Promise<void> {
    return moveBranch(this.#git, name, move);
  }

  async maintain(options: { readonly remotes: boolean } = { remotes: false }): Promise<void> {
    await maintain(this.#repository, this.#git, options);
  }

  async sweepLeftovers(): Promise<readonly string[]> {
    const locks = [
      ...findRefLocks(this.commonDir, refPrefixOf({ kind: 'all' }).replace(/\/$/, '')),
      join(this.commonDir, 'packed-refs.lock'),
    ];
    return locks.filter((path) => moveStaleLockAside(this.#repository, path));
  }
}
