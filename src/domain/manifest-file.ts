/** A file of an entry as its manifest has it (format §4.1). */
import { isMd5, isSha256, type Md5, type Sha256 } from './digest.ts';
import type { Role } from './role.ts';

/** A file whose stored bytes are a blob of the entry's tree. */
export interface GitFile {
  readonly path: string;
  readonly role: Role;
  /** Length of the stored form, in bytes. */
  readonly bytes: number;
  /** SHA-256 of the stored form. */
  readonly sha256: Sha256;
  readonly store: 'git';
}

/** A file whose bytes are in the weights cache; the tree holds a DVC pointer at `<path>.dvc`. */
export interface CacheFile extends Omit<GitFile, 'store'> {
  readonly md5: Md5;
  readonly store: 'cache';
}

/** A file of an entry. */
export type ManifestFile = GitFile | CacheFile;

const MEMBERS: Readonly<Record<string, string>> = {
  git: 'bytes,path,role,sha256,store',
  cache: 'bytes,md5,path,role,sha256,store',
};

/**
 * Tells whether a member of a canonical `files` has exactly the members of its store, and values of their types. Whether
 * role and store are the right ones is for `manifest-rules.ts`; a role that no path gives fails there.
 */
export function isManifestFile(value: unknown): value is ManifestFile {
  if (typeof value !== 'object' || value === null) return false;
  const { path, role, bytes, sha256, md5, store } = value as Readonly<Record<string, unknown>>;
  if (typeof store !== 'string' || Object.keys(value).join() !== MEMBERS[store]) return false;
  const isText = typeof path === 'string' && typeof role === 'string';
  const isSized = typeof bytes === 'number' && bytes >= 0;
  return isText && isSized && isSha256(sha256) && (store === 'git' || isMd5(md5));
}
