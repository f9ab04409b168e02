/** Git objects by id: the only place where stored bytes of entries and events are read and written. */
import type { ObjectId } from '../domain/digest.ts';
import type { NewObject, ObjectType } from '../domain/git-object.ts';

/** An object that was read. */
export interface StoredObject {
  readonly id: ObjectId;
  readonly type: ObjectType;
  readonly body: Uint8Array;
}

/** Type and size of an object, without its body. */
export interface ObjectHeader {
  readonly id: ObjectId;
  readonly type: ObjectType;
  readonly bytes: number;
}

/** `<object id>`, or `<object id>:<path in its tree>`. Never a ref name. */
export type ObjectAddress = string;

/** Reads and writes objects. Reads see objects of other processes as soon as these are written. */
export interface ObjectStore {
  readonly format: 'sha1' | 'sha256';
  /** Returns the id of a body, computed in process; nothing is written. */
  hash(type: ObjectType, body: Uint8Array): ObjectId;
  /** Returns the object, or undefined where there is none. Throws `corrupt-object` on damage. */
  find(address: ObjectAddress): Promise<StoredObject | undefined>;
  /** Yields one answer per address, in order; one git process whatever their number. */
  findAll(addresses: Iterable<ObjectAddress> | AsyncIterable<ObjectAddress>): AsyncIterable<StoredObject | undefined>;
  /** Returns type and size, or undefined where there is none. */
  findHeader(address: ObjectAddress): Promise<ObjectHeader | undefined>;
  /** Writes objects that may exist already. Durable (fsynced) when it resolves (format: reliability of §6.4). */
  write(objects: readonly NewObject[]): Promise<void>;
  /** Returns those of `ids` that are not in the store. */
  findMissing(ids: readonly ObjectId[]): Promise<readonly ObjectId[]>;
}
