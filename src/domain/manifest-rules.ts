/**
 * What holds for every manifest (format §3, §4.1), whoever made it: checked when one is built and whenever one is read,
 * because an entry is a pure function of its content. Identity and NFC or case collisions of paths are checked elsewhere.
 */
import { explainStoredPath, MAX_FILES } from './bundle-path.ts';
import { isStrictlyAscending } from './code-point-order.ts';
import type { Sha256 } from './digest.ts';
import type { ManifestFile } from './manifest-file.ts';
import { findMismatch, type Profile } from './profile.ts';
import { GIT_BUDGET, roleOf, storeOf } from './role.ts';

/** Most parents and inputs together. */
export const MAX_ANCESTORS = 64;

/** A manifest without its version and its SHA: what the SHA is computed from. */
export interface ManifestParts {
  readonly profile: Profile;
  /** In the order given. */
  readonly parents: readonly Sha256[];
  /** Ascending. */
  readonly inputs: readonly Sha256[];
  /** Sorted by path, by code point. */
  readonly files: readonly ManifestFile[];
}

/** Which rule a manifest breaks. */
export type ManifestReason =
  | 'too-many-files'
  | 'unsorted-files'
  | 'bad-path'
  | 'file-is-a-folder'
  | 'wrong-role'
  | 'wrong-store'
  | 'too-many-git-bytes'
  | 'profile-mismatch'
  | 'too-many-ancestors'
  | 'too-many-parents'
  | 'duplicate-ancestor'
  | 'unsorted-inputs';

/** Returns the rule that a manifest breaks, or undefined. */
export function explainManifest(parts: ManifestParts): ManifestReason | undefined {
  return explainFiles(parts.files) ?? explainProfile(parts) ?? explainAncestors(parts);
}

function explainFiles(files: readonly ManifestFile[]): ManifestReason | undefined {
  if (files.length > MAX_FILES) return 'too-many-files';
  const paths = files.map((file) => file.path);
  if (paths.some((path) => explainStoredPath(path) !== undefined)) return 'bad-path';
  if (!isStrictlyAscending(paths)) return 'unsorted-files';
  if (hasFolder(paths)) return 'file-is-a-folder';
  if (files.some((file) => file.role !== roleOf(file.path))) return 'wrong-role';
  if (files.some((file) => file.store !== storeOf(file.role, file.bytes))) return 'wrong-store';
  const gitBytes = files.reduce((sum, file) => (file.store === 'git' ? sum + file.bytes : sum), 0);
  return gitBytes > GIT_BUDGET ? 'too-many-git-bytes' : undefined;
}

/** Tells whether one path is a folder of another, which no tree can hold. */
function hasFolder(paths: readonly string[]): boolean {
  const files = new Set(paths);
  return paths.some((path) => {
    for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
      if (files.has(path.slice(0, at))) return true;
    }
    return false;
  });
}

function explainProfile({ profile, parents, files }: ManifestParts): ManifestReason | undefined {
  const paths = files.map((file) => file.path);
  if (findMismatch(profile, paths) !== undefined) return 'profile-mismatch';
  return profile === 'lm/1' && parents.length > 1 ? 'too-many-parents' : undefined;
}

function explainAncestors({ parents, inputs }: ManifestParts): ManifestReason | undefined {
  const ancestors = [...parents, ...inputs];
  if (ancestors.length > MAX_ANCESTORS) return 'too-many-ancestors';
  if (new Set(ancestors).size < ancestors.length) return 'duplicate-ancestor';
  return isStrictlyAscending(inputs) ? undefined : 'unsorted-inputs';
}
