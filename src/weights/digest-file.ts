/** Digests of a file's bytes, and a copy of them, from one read (format §8.2). */
import { createHash } from 'node:crypto';
import { writeSync } from 'node:fs';
import type { Md5, Sha256 } from '../domain/digest.ts';
import type { FileDigests } from '../ports/weights-cache.ts';
import { toFileFault } from './file-fault.ts';
import { openMd5Lane } from './md5-lane.ts';
import { type OpenFile, type OpenOptions, withOpenFile } from './open-file.ts';
import { CHUNK_BYTES, type ReadOptions, readChunks } from './read-chunks.ts';

/** A file that is open for writing and gets a copy of the bytes, from its present position on. */
export interface CopyTarget {
  readonly fd: number;
  readonly path: string;
}

/** How to read an open file. */
export interface CopyOptions extends ReadOptions {
  readonly copyTo?: CopyTarget;
}

/** SHA-256 and size of bytes that were read once. */
export interface Sha256AndSize {
  readonly sha256: Sha256;
  readonly bytes: number;
}

/**
 * Reads a file once: SHA-256, MD5, size, and a copy where asked (not fsynced). Throws `not-a-file`,
 * `changed-while-reading`, `permission`, `no-space`, `io`, and the signal's reason.
 */
export function digestFile(path: string, options: CopyOptions & OpenOptions = {}): Promise<FileDigests> {
  return withOpenFile(path, options, (file) => digestOpenFile(file, options));
}

/** As {@link digestFile}, of a file that is open; whether it stays unchanged its opener proves. Above 64 MiB MD5 has a thread of its own. */
export async function digestOpenFile(file: OpenFile, options: CopyOptions): Promise<FileDigests> {
  const sha256 = createHash('sha256');
  const lane = await openMd5Lane(file.bytes);
  const take = (chunk: Uint8Array): void => {
    // First the other thread's work, then ours: the chunk stays as it is until the next `claim`.
    lane.submit(chunk.length);
    sha256.update(chunk);
    if (options.copyTo !== undefined) writeAll(options.copyTo, chunk);
  };
  try {
    await readChunks(file, { claim: () => lane.claim(), take }, options);
    return { sha256: sha256.digest('hex') as Sha256, md5: await lane.finish(), bytes: file.bytes };
  } finally {
    await lane.close();
  }
}

/** As {@link digestFile} without MD5, in half the time. */
export function sha256File(path: string, options: CopyOptions & OpenOptions = {}): Promise<Sha256AndSize> {
  return withOpenFile(path, options, async (file) => {
    const sha256 = createHash('sha256');
    const space = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    const take = (chunk: Uint8Array): void => {
      sha256.update(chunk);
      if (options.copyTo !== undefined) writeAll(options.copyTo, chunk);
    };
    await readChunks(file, { claim: () => space, take }, options);
    return { sha256: sha256.digest('hex') as Sha256, bytes: file.bytes };
  });
}

/** Returns the digests of bytes in memory. */
export function digestBytes(body: Uint8Array): FileDigests {
  const hex = (algorithm: 'sha256' | 'md5'): string => createHash(algorithm).update(body).digest('hex');
  return { sha256: hex('sha256') as Sha256, md5: hex('md5') as Md5, bytes: body.length };
}

/** Writes a stream of bytes and returns their digests. Throws `no-space`, `io`, and what the stream throws. */
export async function writeStream(target: CopyTarget, chunks: AsyncIterable<Uint8Array>): Promise<FileDigests> {
  const [sha256, md5] = [createHash('sha256'), createHash('md5')];
  let bytes = 0;
  for await (const chunk of chunks) {
    sha256.update(chunk);
    md5.update(chunk);
    writeAll(target, chunk);
    bytes += chunk.length;
  }
  return { sha256: sha256.digest('hex') as Sha256, md5: md5.digest('hex') as Md5, bytes };
}

/** Writes all of `bytes`. Throws `no-space`, `io`. */
export function writeAll(target: CopyTarget, bytes: Uint8Array): void {
  try {
    // The end of the disk cuts a write short; the next one then tells why.
    for (let written = 0; written < bytes.length; ) written += writeSync(target.fd, bytes, written);
  } catch (error) {
    throw toFileFault(error, target.path);
  }
}
