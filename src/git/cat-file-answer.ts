/** What `git cat-file` answers: a header line, and the object's bytes where they were asked for. */
import type { ObjectId } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import type { ObjectHeader, StoredObject } from '../ports/object-store.ts';
import type { ByteReader } from './byte-reader.ts';
import { objectIdOf } from './object-id.ts';

/** An answer; undefined body where there is no such object. `end`: the process said no more. */
export type Answer<T> = { readonly kind: 'answer'; readonly object: T | undefined } | { readonly kind: 'end' };

const HEADER = /^([0-9a-f]{40}|[0-9a-f]{64}) (blob|tree|commit|tag) (\d+)$/;
const LINE_FEED = 0x0a;

/** Reads one answer of type and size. */
export async function readHeader(reader: ByteReader): Promise<Answer<ObjectHeader>> {
  const line = (await reader.readUntil(LINE_FEED))?.toString();
  if (line === undefined) return { kind: 'end' };
  const [, id, type, size] = HEADER.exec(line) ?? [];
  if (id !== undefined) {
    return { kind: 'answer', object: { id: id as ObjectId, type: type as ObjectHeader['type'], bytes: Number(size) } };
  }
  // An entry of a tree that names a submodule's commit has no object here.
  if (/ (?:missing|submodule)$/.test(line)) return { kind: 'answer', object: undefined };
  throw new RegistryError(
    'corrupt-object',
    `git cat-file: expected an object, got ${JSON.stringify(line.slice(0, 200))}`,
  );
}

/** Reads one answer with its bytes. Throws `corrupt-object` where they are not what the id names: git does not look. */
export async function readObject(reader: ByteReader): Promise<Answer<StoredObject>> {
  const info = await readHeader(reader);
  if (info.kind === 'end' || info.object === undefined) return info as Answer<StoredObject>;
  const { id, type, bytes } = info.object;
  const body = await reader.readBytes(bytes);
  const last = await reader.readBytes(1);
  if (body === undefined || last === undefined) return { kind: 'end' };
  if (objectIdOf(id.length === 64 ? 'sha256' : 'sha1', type, body) === id)
    return { kind: 'answer', object: { id, type, body } };
  throw new RegistryError('corrupt-object', `${type} ${id}: its bytes are those of another object`, { data: { id } });
}
