/**
 * Whether a cache is likely to hold a file's bytes, by size and samples: then the file is read first and copied only if
 * that was wrong. A guess, which saves writing and never decides anything.
 */
import { closeSync, readSync } from 'node:fs';
import { isMd5, isSha256 } from '../domain/digest.ts';
import { type CacheFolder, contentPath, type DigestAlgorithm } from './content-path.ts';
import { isMissing } from './file-fault.ts';
import { findNode } from './find-source.ts';
import { digestsIn } from './list-objects.ts';
import { type OpenFile, openFile } from './open-file.ts';
import { CHUNK_BYTES } from './read-chunks.ts';

/** Smaller files are copied faster than looked for. */
const LARGE = 64 * CHUNK_BYTES;
/** Most names of one family to look at: a DVC cache may have a million files of data sets. */
const NAME_LIMIT = 10_000;
/** Versions of a model have one size, but other numbers almost everywhere. */
const SAMPLE_BYTES = 4096;

/** Tells whether the cache has an object that looks like a large file. Throws `permission`, `io`. */
export function isLikelyStored(cache: CacheFolder, file: OpenFile): boolean {
  if (file.bytes < LARGE) return false;
  return (['sha256', 'md5'] as const).some((algorithm) => hasAlike(cache, algorithm, file));
}

function hasAlike(cache: CacheFolder, algorithm: DigestAlgorithm, file: OpenFile): boolean {
  let seen = 0;
  for (const digest of digestsIn(cache, algorithm)) {
    seen += 1;
    if (seen > NAME_LIMIT) return false;
    if (!isSha256(digest) && !isMd5(digest)) continue;
    const path = contentPath(cache.folder, algorithm, digest);
    const found = findNode(path);
    if (found?.isFile() && found.size === file.bytes && hasSameSamples(path, file)) return true;
  }
  return false;
}

function hasSameSamples(path: string, file: OpenFile): boolean {
  let candidate: OpenFile;
  try {
    candidate = openFile(path, false);
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
  try {
    const places = [0, Math.floor(file.bytes / 3), Math.floor(file.bytes / 2), file.bytes - SAMPLE_BYTES];
    return places.every((at) => sampleAt(candidate, at).equals(sampleAt(file, at)));
  } finally {
    closeSync(candidate.fd);
  }
}

function sampleAt(file: OpenFile, at: number): Buffer {
  const sample = Buffer.alloc(SAMPLE_BYTES);
  return sample.subarray(0, readSync(file.fd, sample, 0, SAMPLE_BYTES, at));
}
