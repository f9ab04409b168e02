/** Whether two files have the same bytes: cheaper than a digest of both, and as conclusive. */
import { closeSync, readSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isMissing, toFileFault } from './file-fault.ts';
import { findNode } from './find-source.ts';
import { type OpenFile, openFile } from './open-file.ts';
import { CHUNK_BYTES } from './read-chunks.ts';

/** What lies at a path, compared with a file known to be good. */
export type Comparison = 'absent' | 'same' | 'other';

/** Compares what is at `path` with the regular file `good`. Anything but a regular file is `other`. Throws `permission`, `io`. */
export async function compareBytes(path: string, good: string): Promise<Comparison> {
  const found = findNode(path);
  if (found === undefined) return 'absent';
  if (!found.isFile()) return 'other';
  const expected = openFile(good, false);
  let actual: OpenFile | undefined;
  try {
    actual = openFile(path, false);
    return (await haveSameBytes(actual, expected)) ? 'same' : 'other';
  } catch (error) {
    // Somebody else found it bad and moved it away.
    if (isMissing(error)) return 'absent';
    throw toFileFault(error, path);
  } finally {
    closeSync(expected.fd);
    if (actual !== undefined) closeSync(actual.fd);
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
