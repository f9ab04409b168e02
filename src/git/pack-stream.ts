/** Git's pack format, version 2, as a stream: how objects reach git in one process. Whole objects only, no deltas. */
import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import type { NewObject, ObjectType } from '../domain/git-object.ts';

const TYPE_NUMBERS = { commit: 1, tree: 2, blob: 3, tag: 4 } as const satisfies Record<ObjectType, number>;

/**
 * Yields a pack of the objects: header, each object's type and size with its deflated body, and the checksum of all
 * that. `level` is zlib's: 0 where git deflates again (unpack-objects), more where the pack is kept.
 */
export function* encodePack(
  objects: readonly NewObject[],
  format: 'sha1' | 'sha256',
  level: number,
): Generator<Uint8Array> {
  const checksum = createHash(format);
  for (const part of packBody(objects, level)) {
    checksum.update(part);
    yield part;
  }
  yield checksum.digest();
}

function* packBody(objects: readonly NewObject[], level: number): Generator<Uint8Array> {
  const header = Buffer.from('PACK\0\0\0\u0002\0\0\0\0', 'latin1');
  header.writeUInt32BE(objects.length, 8);
  yield header;
  for (const { type, body } of objects) {
    yield objectHeader(TYPE_NUMBERS[type], body.length);
    yield deflateSync(body, { level });
  }
}

/** Type in bits 4-6, size in 4 bits and then 7 a byte, low bits first; bit 7 says that more follows. */
function objectHeader(type: number, size: number): Uint8Array {
  const bytes = [(type << 4) | (size & 0x0f)];
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) | 0x80;
    bytes.push(rest & 0x7f);
  }
  return Uint8Array.from(bytes);
}
