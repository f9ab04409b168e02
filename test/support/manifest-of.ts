/** Manifests of bundles held in memory, by node's own digests. */
import { createHash } from 'node:crypto';
import { canonicalize } from '../../src/domain/canonical-json.ts';
import type { Md5, Sha256 } from '../../src/domain/digest.ts';
import { buildManifest } from '../../src/domain/identity.ts';
import type { Manifest, ManifestFile, Profile } from '../../src/domain/manifest.ts';
import { isCanonicalFile } from '../../src/domain/profile.ts';
import { roleOf, storeOf } from '../../src/domain/role.ts';

/** A bundle as a user has it. */
export interface SourceBundle {
  readonly profile: Profile;
  readonly parents: readonly Sha256[];
  readonly inputs: readonly Sha256[];
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** Returns the stored form of every file, and the manifest of all. */
export function manifestOf(bundle: SourceBundle): {
  readonly manifest: Manifest;
  readonly stored: ReadonlyMap<string, Uint8Array>;
} {
  const stored = new Map(
    Array.from(bundle.files, ([path, bytes]) => {
      return [path, isCanonicalFile(bundle.profile, path) ? canonicalize(bytes, path) : bytes] as const;
    }),
  );
  const files = Array.from(stored, ([path, bytes]) => describeFile(path, bytes));
  return { manifest: buildManifest({ ...bundle, files }), stored };
}

/** Describes the stored form of a file. */
export function describeFile(path: string, bytes: Uint8Array): ManifestFile {
  const role = roleOf(path);
  const sha256 = createHash('sha256').update(bytes).digest('hex') as Sha256;
  const common = { path, role, bytes: bytes.length, sha256 };
  if (storeOf(role, bytes.length) === 'git') return { ...common, store: 'git' };
  return { ...common, store: 'cache', md5: createHash('md5').update(bytes).digest('hex') as Md5 };
}
