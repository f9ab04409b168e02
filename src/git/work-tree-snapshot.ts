/** The work tree as a snapshot: every file that git would take from it, tracked or not, without what is ignored. */
import { createHash } from 'node:crypto';
import { closeSync, createReadStream, fstatSync, lstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { compareCodePoints } from '../domain/code-point-order.ts';
import type { OpenedFile, Snapshot } from '../ports/snapshot.ts';
import { findAttributes } from './attributes.ts';
import { fileFault } from './file-fault.ts';
import type { GitRunner } from './git-runner.ts';
import { isNamed } from './telling-names.ts';

/** The snapshot of one work tree. */
export class WorkTreeSnapshot implements Snapshot {
  readonly #git: GitRunner;
  readonly #top: string;
  #paths: Promise<readonly string[]> | undefined;

  /** `top`: absolute path of the top level, where `git` runs too. */
  constructor(top: string, git: GitRunner) {
    this.#top = top;
    this.#git = git;
  }

  async *open(length: number): AsyncGenerator<OpenedFile> {
    const [paths, changed] = await Promise.all([this.#list(), this.#changed()]);
    for (const path of paths) {
      const head = this.#readHead(path, length);
      if (head !== undefined) yield { path, changed: changed.has(path), ...head };
    }
  }

  async find(names: readonly string[], endings: readonly string[] = []): Promise<readonly string[]> {
    return (await this.#list()).filter((path) => isNamed(path, names, endings) && this.#isFile(path));
  }

  async read(path: string, limit: number): Promise<Uint8Array | undefined> {
    const full = join(this.#top, path);
    const info = lstatSync(full, { throwIfNoEntry: false });
    if (info?.isFile() !== true || info.size > limit) return undefined;
    try {
      return readFileSync(full);
    } catch (cause) {
      return absentOrFault(full, cause);
    }
  }

  async readHead(path: string, length: number): Promise<Uint8Array | undefined> {
    return this.#readHead(path, length)?.head;
  }

  async md5(path: string): Promise<string | undefined> {
    if (!this.#isFile(path)) return undefined;
    const full = join(this.#top, path);
    const hash = createHash('md5');
    try {
      for await (const chunk of createReadStream(full) as AsyncIterable<Uint8Array>) hash.update(chunk);
    } catch (cause) {
      return absentOrFault(full, cause);
    }
    return hash.digest('hex');
  }

  withAttribute(attribute: string, paths: readonly string[]): Promise<ReadonlySet<string>> {
    return findAttributes(this.#git, attribute, paths, []);
  }

  #list(): Promise<readonly string[]> {
    this.#paths ??= this.#git
      .read(['ls-files', '-z', '--cached', '--others', '--exclude-standard'])
      .then((stdout) => [...new Set(stdout.toString().split('\0').slice(0, -1))].sort(compareCodePoints));
    return this.#paths;
  }

  /** Paths that differ from HEAD or are not in it; before the first commit all do. */
  async #changed(): Promise<ReadonlySet<string>> {
    const [differing, untracked] = await Promise.all([
      this.#git.run(['diff-index', '--name-only', '-z', '--no-renames', '--ignore-submodules=all', 'HEAD', '--']),
      this.#git.read(['ls-files', '-z', '--others', '--exclude-standard']),
    ]);
    if (differing.exitCode !== 0) return new Set(await this.#list());
    return new Set([...differing.stdout.toString().split('\0'), ...untracked.toString().split('\0')]);
  }

  #isFile(path: string): boolean {
    return lstatSync(join(this.#top, path), { throwIfNoEntry: false })?.isFile() === true;
  }

  /** Undefined for what is gone, or no regular file. */
  #readHead(path: string, length: number): { readonly bytes: number; readonly head: Uint8Array } | undefined {
    if (!this.#isFile(path)) return undefined;
    const full = join(this.#top, path);
    try {
      const file = openSync(full, 'r');
      try {
        const bytes = fstatSync(file).size;
        const head = Buffer.alloc(Math.min(length, bytes));
        return { bytes, head: head.subarray(0, readSync(file, head, 0, head.length, 0)) };
      } finally {
        closeSync(file);
      }
    } catch (cause) {
      return absentOrFault(full, cause);
    }
  }
}

/** Editors and trainings remove files of theirs at any time: what is gone when it is opened was not there. Throws all else. */
function absentOrFault(path: string, cause: unknown): undefined {
  if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw fileFault(path, cause);
}
