/**
 * Beginnings of blobs that lie as files of their own, as what was just staged does. Reading them here spares a process, and
 * the switching to and from it, which costs a commit of many files more than the reading.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { constants, inflateSync } from 'node:zlib';

/** The beginning of a blob, and the size of the whole in bytes. */
export interface BlobHead {
  readonly bytes: number;
  readonly head: Uint8Array;
}

/** Bytes of header and of what compression can add to bytes that do not compress. */
const SLACK = 4096;

const HEADER = /^blob (\d{1,15})$/;

/** Returns the first `length` bytes of a loose blob; undefined for whatever is not plainly one, which git then is asked for. */
export function findLooseBlob(objectDir: string, id: string, length: number): BlobHead | undefined {
  const packed = readBeginning(join(objectDir, id.slice(0, 2), id.slice(2)), length + SLACK);
  if (packed === undefined) return undefined;
  try {
    // The rest of the file may be missing: what there is of it is enough.
    const plain = inflateSync(packed, { finishFlush: constants.Z_SYNC_FLUSH });
    const end = plain.indexOf(0);
    const bytes = Number(HEADER.exec(plain.toString('latin1', 0, Math.max(end, 0)))?.[1] ?? Number.NaN);
    const head = plain.subarray(end + 1, end + 1 + length);
    return head.length === Math.min(bytes, length) ? { bytes, head } : undefined;
  } catch {
    return undefined;
  }
}

function readBeginning(path: string, length: number): Uint8Array | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const buffer = Buffer.allocUnsafe(length);
    return buffer.subarray(0, readSync(file, buffer, 0, length, 0));
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
