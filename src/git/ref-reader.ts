/**
 * Reads refs from disk: the loose file first, then packed-refs (the order in which git writes keeps that right). Only
 * what git alone understands costs a process: another ref storage, symbolic refs, files that are not as git writes them.
 */
import { join } from 'node:path';
import type { ObjectId } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import type { GitRunner } from './git-runner.ts';
import { listLooseRefs, readLooseRef } from './loose-refs.ts';
import { findPackedRef, listPackedRefs, type RawRef, UnreadablePackedRefs } from './packed-refs.ts';
import type { Repository } from './repository.ts';

/** Reads the refs of one repository. Names hold bytes, one per character (latin1); those of format §5 are ASCII. */
export class RefReader {
  readonly #repository: Repository;
  readonly #git: GitRunner;
  readonly #packedRefs: string;

  constructor(repository: Repository, git: GitRunner) {
    this.#repository = repository;
    this.#git = git;
    this.#packedRefs = join(repository.commonDir, 'packed-refs');
  }

  /** Returns the target, or undefined where there is no such ref. Throws `corrupt-object` where git calls the ref broken. */
  async find(name: string): Promise<ObjectId | undefined> {
    if (this.#repository.refFormat !== 'files') return this.#askForOne(name);
    const loose = readLooseRef(this.#repository.commonDir, name);
    if (loose.kind === 'id' && this.#fits(loose.id)) return loose.id;
    if (loose.kind === 'absent') return this.#findPacked(name);
    const id = await this.#askForOne(name);
    if (id !== undefined) return id;
    throw new RegistryError('corrupt-object', `ref ${name}: expected an object id in its file, got something else`, {
      data: { ref: name, path: join(this.#repository.commonDir, name) },
    });
  }

  /** Returns the refs whose names begin with `prefix` (which holds at least one `/`), sorted by name. Broken ones are left out, as git does. */
  async list(prefix: string): Promise<readonly RawRef[]> {
    if (this.#repository.refFormat !== 'files') return this.#askForMany(prefix);
    const loose = listLooseRefs(this.#repository.commonDir, prefix);
    if (loose === undefined || !loose.every(({ id }) => this.#fits(id))) return this.#askForMany(prefix);
    const packed = unlessUnreadable(() => listPackedRefs(this.#packedRefs, prefix));
    return packed === undefined ? this.#askForMany(prefix) : merge(packed, loose);
  }

  async #findPacked(name: string): Promise<ObjectId | undefined> {
    const found = unlessUnreadable(() => ({ id: findPackedRef(this.#packedRefs, name) }));
    return found === undefined ? this.#askForOne(name) : found.id;
  }

  #fits(id: ObjectId): boolean {
    return id.length === (this.#repository.objectFormat === 'sha256' ? 64 : 40);
  }

  async #askForOne(name: string): Promise<ObjectId | undefined> {
    const answer = await this.#git.run(['rev-parse', '--verify', '--quiet', name]);
    const id = answer.stdout.toString().trim();
    return answer.exitCode === 0 && this.#fits(id as ObjectId) ? (id as ObjectId) : undefined;
  }

  async #askForMany(prefix: string): Promise<readonly RawRef[]> {
    const folder = prefix.slice(0, prefix.lastIndexOf('/'));
    const answer = await this.#git.read(['for-each-ref', '--format=%(objectname) %(refname)', folder]);
    const lines = answer.toString('latin1').split('\n').slice(0, -1);
    const refs = lines.map((line) => ({
      id: line.slice(0, line.indexOf(' ')) as ObjectId,
      name: line.slice(line.indexOf(' ') + 1),
    }));
    return refs.filter(({ name }) => name.startsWith(prefix));
  }
}

function unlessUnreadable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof UnreadablePackedRefs) return undefined;
    throw cause;
  }
}

/** A loose ref stands in front of a packed one of its name. */
function merge(packed: readonly RawRef[], loose: readonly RawRef[]): readonly RawRef[] {
  if (loose.length === 0) return packed;
  const refs = new Map([...packed, ...loose].map((ref) => [ref.name, ref]));
  return [...refs.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
