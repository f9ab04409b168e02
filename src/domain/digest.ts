/**
 * Digests and object ids as brands, so that one hash cannot stand in for another. SHA-256 of short strings is computed
 * here; file bytes are hashed where they are read (architecture §3).
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { RegistryError } from './errors.ts';

declare const brand: unique symbol;

/** 64 lower-case hex digits: SHA-256 of content. The only identity (format §1). */
export type Sha256 = string & { readonly [brand]: 'sha256' };
/** 32 lower-case hex digits: DVC's address of a file's bytes. Never identity. */
export type Md5 = string & { readonly [brand]: 'md5' };
/** 40 or 64 lower-case hex digits: git's address of an object. Never identity. */
export type ObjectId = string & { readonly [brand]: 'object-id' };

/** Tells whether `text` is 64 lower-case hex digits. */
export function isSha256(text: unknown): text is Sha256 {
  return typeof text === 'string' && /^[0-9a-f]{64}$/.test(text);
}

/** Returns `text` as a SHA-256. Throws `bad-digest`. */
export function parseSha256(text: string): Sha256 {
  if (isSha256(text)) return text;
  throw new RegistryError(
    'bad-digest',
    `digest: expected 64 lower-case hex digits, got ${JSON.stringify(text.slice(0, 80))}`,
  );
}

/** Tells whether `text` is 32 lower-case hex digits. */
export function isMd5(text: unknown): text is Md5 {
  return typeof text === 'string' && /^[0-9a-f]{32}$/.test(text);
}

/** Tells whether `text` is a full object id of either object format. */
export function isObjectId(text: unknown): text is ObjectId {
  return typeof text === 'string' && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}

/** Returns the SHA-256 of a text's UTF-8 bytes, or of bytes. For short inputs only. */
export function sha256Of(input: string | Uint8Array): Sha256 {
  return bytesToHex(sha256(typeof input === 'string' ? utf8ToBytes(input) : input)) as Sha256;
}

/** Returns the raw 32 bytes of a SHA-256. */
export function rawDigest(digest: Sha256): Uint8Array {
  return hexToBytes(digest);
}
