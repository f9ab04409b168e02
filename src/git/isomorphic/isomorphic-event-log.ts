/** The log of a model as isomorphic-git reads it: commit by commit. */
import { compareCodePoints } from '../../domain/code-point-order.ts';
import type { ObjectId } from '../../domain/digest.ts';
import { RegistryError } from '../../domain/errors.ts';
import type { DecodedCommit } from '../../domain/git-object.ts';
import type { ModelName } from '../../domain/model-name.ts';
import type { EventCommit, EventLog } from '../../ports/event-log.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { RefEntry, RefStore } from '../../ports/ref-store.ts';
import { decodeCommitObject, decodeEventObject } from '../event-commit-format.ts';
import { type IsomorphicPlace, readFileOf, writingTakesGit } from './isomorphic-place.ts';

/** The event logs of one repository, for reading. */
export class IsomorphicEventLog implements EventLog {
  readonly #place: IsomorphicPlace;
  readonly #objects: ObjectStore;
  readonly #refs: RefStore;

  constructor(place: IsomorphicPlace, objects: ObjectStore, refs: RefStore) {
    this.#place = place;
    this.#objects = objects;
    this.#refs = refs;
  }

  async *read(tip: ObjectId, after?: ObjectId): AsyncGenerator<EventCommit> {
    const known = after === undefined ? new Set<ObjectId>() : await this.#firstParents(after);
    const newestFirst: EventCommit[] = [];
    for (let id: ObjectId | undefined = tip; id !== undefined && !known.has(id); ) {
      const commit: EventCommit = await this.#readEvent(id, newestFirst.at(-1)?.id);
      newestFirst.push(commit);
      [id] = commit.parents;
    }
    yield* newestFirst.reverse();
  }

  /** Throws `git-missing`. */
  async make(): Promise<readonly ObjectId[]> {
    throw writingTakesGit();
  }

  async models(): Promise<readonly ModelName[]> {
    return (await this.#logs()).flatMap(({ key }) => (key.kind === 'log' ? [key.model] : [])).sort(compareCodePoints);
  }

  async modelsContaining(entries: readonly ObjectId[]): Promise<readonly ModelName[]> {
    const wanted = new Set(entries);
    const models: ModelName[] = [];
    for (const { key, id } of wanted.size === 0 ? [] : await this.#logs()) {
      if (key.kind === 'log' && (await this.#reaches(id, wanted))) models.push(key.model);
    }
    return models.sort(compareCodePoints);
  }

  async #logs(): Promise<readonly RefEntry[]> {
    return (await this.#refs.list({ kind: 'models' })).refs;
  }

  async #firstParents(from: ObjectId): Promise<Set<ObjectId>> {
    const seen = new Set<ObjectId>();
    for (let id: ObjectId | undefined = from; id !== undefined; ) {
      seen.add(id);
      if (await this.#isCut(id)) break;
      const commit: DecodedCommit = await this.#readCommit(id);
      [id] = commit.parents;
    }
    return seen;
  }

  async #reaches(tip: ObjectId, wanted: ReadonlySet<ObjectId>): Promise<boolean> {
    const seen = new Set<ObjectId>([tip]);
    for (const id of seen) {
      if (wanted.has(id)) return true;
      if (await this.#isCut(id)) continue;
      for (const parent of (await this.#readCommit(id)).parents) seen.add(parent);
    }
    return false;
  }

  async #readEvent(id: ObjectId, child: ObjectId | undefined): Promise<EventCommit> {
    if (child !== undefined && (await this.#isCut(child))) {
      throw new RegistryError('incomplete-history', `log: the clone is shallow and has nothing before ${child}`, {
        data: { commit: child },
        hint: 'git registry pull --refetch',
      });
    }
    return decodeEventObject(id, await this.#readBody(id));
  }

  async #readCommit(id: ObjectId): Promise<DecodedCommit> {
    return decodeCommitObject(id, await this.#readBody(id));
  }

  async #readBody(id: ObjectId): Promise<Uint8Array> {
    const found = await this.#objects.find(id);
    if (found?.type === 'commit') return found.body;
    throw new RegistryError('corrupt-object', `log: expected a commit at ${id}, got ${found?.type}`, {
      data: { id },
    });
  }

  /** Tells whether the parents of a commit are left out of this clone. */
  async #isCut(id: ObjectId): Promise<boolean> {
    return ((await readFileOf(this.#place, 'shallow')) ?? '').split('\n').includes(id);
  }
}
