/** Whether two files have the same bytes: cheaper than a digest of both, and as conclusive. */
import { closeSync, readSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { faultsAt } from './file-fault.ts';
import { findNode } from './find-source.ts';
import { type OpenFile, openFile } from './open-file.ts';
import { CHUNK_BYTES } from './read-chunks.ts';

/** Tells whether at `path` is a regular file with the bytes of the regular file `good`. Throws `permission`, `io`. */
export async function compareBytes(path: string, good: string): Promise<boolean> {
  if (findNode(path)?.isFile() === false) return false;
  const expected = openFile(good, false);
  try {
    const actual = openFile(path, false);
    try {
      return await faultsAt(path, () => haveSameBytes(actual, expected));
    } finally {
      closeSync(actual.fd);
    }
  } finally {
    closeSync(expected.fd);
  }
}

async function haveSameBytes(left: OpenFile, right: OpenFile): Promise<boolean> {
  if (left.opened.ino === right.opened.ino && left.opened.dev === right.opened.dev) return true;
  if (left.bytes !== right.bytes) return false;
  const leftChunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  const rightChunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  for (let at = 0; at < left.bytes; at += CHUNK_BYTES) {
    const length = readSync(left.fd, leftChunk, 0, CHUNK_BYTES, at);
    if (length !== readSync(right.fd, rightChunk, 0, CHUNK_BYTES, at)) return false;
    if (leftChunk.compare(rightChunk, 0, length, 0, length) !== 0) return false;
    await nextTurn();
  }
  return true;
}
