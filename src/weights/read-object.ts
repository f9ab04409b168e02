/** Streams a cached object out, verified on the way (format §8.2). */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { RegistryError } from '../domain/errors.ts';
import type { FileDigests } from '../ports/weights-cache.ts';
import { faultsAt } from './file-fault.ts';
import { CHUNK_BYTES } from './read-chunks.ts';

/**
 * Yields the bytes at `path`, each chunk in memory of its own. Throws `corrupt-weights` with data `{path, sha256}` as soon
 * as the size is wrong, and for wrong bytes at the end: until then the receiver must not act on them. Throws `permission`, `io`.
 */
export async function* readObject(path: string, digests: FileDigests): AsyncGenerator<Uint8Array> {
  // Asynchronous, unlike a digest: a server has other requests to answer.
  const file = await faultsAt(path, () => open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)));
  try {
    const { size } = await faultsAt(path, () => file.stat());
    if (size !== digests.bytes) throw corrupt(path, digests, `expected ${digests.bytes} bytes, got ${size}`);
    const sha256 = createHash('sha256');
    for (let left = digests.bytes; left > 0; ) {
      const chunk = await readChunk(file, path, left);
      if (chunk.length === 0) {
        throw corrupt(path, digests, `expected ${digests.bytes} bytes, got ${digests.bytes - left}`);
      }
      left -= chunk.length;
      sha256.update(chunk);
      yield chunk;
    }
    const found = sha256.digest('hex');
    if (found !== digests.sha256) throw corrupt(path, digests, `expected SHA-256 ${digests.sha256}, got ${found}`);
  } finally {
    await file.close();
  }
}

async function readChunk(file: FileHandle, path: string, limit: number): Promise<Uint8Array> {
  const space = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, limit));
  const { bytesRead } = await faultsAt(path, () => file.read(space));
  return space.subarray(0, bytesRead);
}

/** Returns the fault for an object whose bytes are not those that were registered. */
export function corrupt(path: string, digests: FileDigests, problem: string): RegistryError {
  return new RegistryError('corrupt-weights', `${JSON.stringify(path)}: ${problem}`, {
    data: { path, sha256: digests.sha256 },
  });
}
