/** Objects as isomorphic-git reads them. */
import type { ObjectId } from '../../domain/digest.ts';
import { RegistryError } from '../../domain/errors.ts';
import type { ObjectType } from '../../domain/git-object.ts';
import type { ObjectAddress, ObjectHeader, ObjectStore, StoredObject } from '../../ports/object-store.ts';
import { assertAddress } from '../object-address.ts';
import { objectIdOf } from '../object-id.ts';
import { type IsomorphicPlace, isNotFound, loadEngine, writingTakesGit } from './isomorphic-place.ts';

/** The object store of one repository, for reading. */
export class IsomorphicObjectStore implements ObjectStore {
  readonly format = 'sha1';
  readonly #place: IsomorphicPlace;
  /** Where isomorphic-git keeps the indexes of packs. */
  readonly #cache: object = {};

  constructor(place: IsomorphicPlace) {
    this.#place = place;
  }

  hash(type: ObjectType, body: Uint8Array): ObjectId {
    return objectIdOf(this.format, type, body);
  }

  async find(address: ObjectAddress): Promise<StoredObject | undefined> {
    assertAddress(address, this.format);
    const cut = address.indexOf(':');
    const id = cut < 0 ? address : address.slice(0, cut);
    const found = await this.#read(id, cut < 0 ? undefined : address.slice(cut + 1));
    if (found === undefined || objectIdOf(this.format, found.type, found.body) === found.id) return found;
    throw new RegistryError('corrupt-object', `${found.type} ${found.id}: its bytes are those of another object`, {
      data: { id: found.id },
    });
  }

  async *findAll(
    addresses: Iterable<ObjectAddress> | AsyncIterable<ObjectAddress>,
  ): AsyncGenerator<StoredObject | undefined> {
    for await (const address of addresses) yield await this.find(address);
  }

  async findHeader(address: ObjectAddress): Promise<ObjectHeader | undefined> {
    const found = await this.find(address);
    return found === undefined ? undefined : { id: found.id, type: found.type, bytes: found.body.length };
  }

  async findMissing(ids: readonly ObjectId[]): Promise<readonly ObjectId[]> {
    const missing: ObjectId[] = [];
    for (const id of ids) {
      if ((await this.find(id)) === undefined) missing.push(id);
    }
    return missing;
  }

  /** Throws `git-missing`. */
  async write(): Promise<void> {
    throw writingTakesGit();
  }

  async #read(oid: string, filepath: string | undefined): Promise<StoredObject | undefined> {
    const engine = await loadEngine();
    const { fs, gitDir: gitdir } = this.#place;
    const path = filepath === undefined ? {} : { filepath };
    try {
      const {
        oid: id,
        type,
        object,
      } = await engine.readObject({ fs, gitdir, oid, format: 'content', cache: this.#cache, ...path });
      return { id: id as ObjectId, type: type as StoredObject['type'], body: object as Uint8Array };
    } catch (cause) {
      // A path through a file is not there either.
      if (isNotFound(cause) || (cause as { readonly code?: unknown }).code === 'ObjectTypeError') return undefined;
      throw new RegistryError('corrupt-object', `object ${oid}: cannot be read`, { data: { id: oid }, cause });
    }
  }
}
