/** Refs as isomorphic-git reads them. */
import { isObjectId, type ObjectId } from '../../domain/digest.ts';
import { RegistryError } from '../../domain/errors.ts';
import type { RefKey } from '../../domain/ref-key.ts';
import type { RefFilter, RefListing, RefOutcome, RefStore } from '../../ports/ref-store.ts';
import type { RawRef } from '../packed-refs.ts';
import { isLegalRefName, refNameOf, refPrefixOf } from '../ref-names.ts';
import { sortOut } from '../sort-out-refs.ts';
import { type IsomorphicPlace, isNotFound, loadEngine, readFileOf, writingTakesGit } from './isomorphic-place.ts';

/** The ref store of one repository, for reading. */
export class IsomorphicRefStore implements RefStore {
  readonly #place: IsomorphicPlace;

  constructor(place: IsomorphicPlace) {
    this.#place = place;
  }

  nameOf(key: RefKey): string {
    return refNameOf(key);
  }

  async find(key: RefKey): Promise<ObjectId | undefined> {
    const name = refNameOf(key);
    const id = await this.#resolve(name);
    // What isomorphic-git cannot make sense of it calls not found.
    if (id !== undefined || (await readFileOf(this.#place, name)) === undefined) return id;
    throw new RegistryError('corrupt-object', `ref ${name}: expected an object id in its file, got something else`, {
      data: { ref: name },
    });
  }

  async list(filter: RefFilter): Promise<RefListing> {
    const engine = await loadEngine();
    const prefix = refPrefixOf(filter);
    const root = refPrefixOf({ kind: 'all' }).slice(0, -1);
    const below = await engine.listRefs({ fs: this.#place.fs, gitdir: this.#place.gitDir, filepath: root });
    const refs: RawRef[] = [];
    // Among the names are lock files, a ghost `name^{}` for each peeled tag, and other prefixes that begin like the root.
    for (const name of below.map((rest) => `${root}/${rest}`)) {
      const id = name.startsWith(prefix) && isLegalRefName(name) ? await this.#resolve(name) : undefined;
      if (id !== undefined) refs.push({ name: Buffer.from(name).toString('latin1'), id });
    }
    return sortOut(
      refs.sort((a, b) => (a.name < b.name ? -1 : 1)),
      filter,
    );
  }

  /** Throws `git-missing`. */
  async apply(): Promise<RefOutcome> {
    throw writingTakesGit();
  }

  async #resolve(name: string): Promise<ObjectId | undefined> {
    const engine = await loadEngine();
    try {
      const id = await engine.resolveRef({ fs: this.#place.fs, gitdir: this.#place.gitDir, ref: name });
      return isObjectId(id) ? id : undefined;
    } catch (cause) {
      if (isNotFound(cause)) return undefined;
      throw new RegistryError('corrupt-object', `ref ${name}: cannot be read`, { data: { ref: name }, cause });
    }
  }
}
