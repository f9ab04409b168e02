/** The vectors of an independent implementation (Python's standard library and git plumbing), and ids as git has them. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ObjectId } from '../../src/domain/digest.ts';
import type { HashObject } from '../../src/domain/git-object.ts';

/** Reads a list of vectors, `fixtures/vectors/<name>.json`. */
export function readVectors<Vector>(name: string): readonly Vector[] {
  return JSON.parse(readFileSync(new URL(`../../fixtures/vectors/${name}.json`, import.meta.url), 'utf8')) as Vector[];
}

/** Decodes base64. */
export function fromBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'));
}

/** Returns what computes object ids in an object format, by node's own digests. */
export function objectHasher(format: 'sha1' | 'sha256'): HashObject {
  return (type, body) => {
    return createHash(format).update(`${type} ${body.length}\0`).update(body).digest('hex') as ObjectId;
  };
}
