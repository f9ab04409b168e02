/** The manifest of an entry (format §4.1): what was registered, as the bytes that are stored. Immutable. */
import { isSha256, type Sha256, sha256Of } from './digest.ts';
import { decodeDocument, encodeDocument } from './document-json.ts';
import { RegistryError } from './errors.ts';
import { isManifestFile } from './manifest-file.ts';
import { explainManifest, type ManifestParts, type ManifestReason } from './manifest-rules.ts';
import { isProfile } from './profile.ts';

export type { CacheFile, GitFile, ManifestFile } from './manifest-file.ts';
export type { Profile } from './profile.ts';
export type { Role } from './role.ts';

/** The manifest (format §4.1). */
export interface Manifest extends ManifestParts {
  readonly v: 1;
  /** The canonical SHA. */
  readonly sha256: Sha256;
}

/** Why stored bytes are no manifest. */
export type ManifestFault = ManifestReason | 'not-canonical' | 'wrong-members' | 'unknown-version' | 'unknown-profile';

const MEMBERS = 'files,inputs,parents,profile,sha256,v';

/** Returns the canonical text that `manifest.json` holds. */
export function encodeManifest(manifest: Manifest): string {
  return encodeDocument({ ...manifest, files: manifest.files.map((file) => ({ ...file })) });
}

/** Returns the SHA-256 of `manifest.json`, which a `register` event names (format §6.3). It is not the canonical SHA. */
export function digestOfManifest(manifest: Manifest): Sha256 {
  return sha256Of(encodeManifest(manifest));
}

/**
 * Reads `manifest.json`: canonical, exactly the members of format §4.1, all rules of `manifest-rules.ts`. The canonical
 * SHA is for the caller to recompute (`canonicalSha`). Throws `corrupt-entry` with data `{reason}`.
 */
export function decodeManifest(text: string): Manifest {
  const value = decodeDocument(text);
  if (value === undefined) throw corrupt('not-canonical');
  if (!hasManifestShape(value)) throw corrupt(explainShape(value));
  const reason = explainManifest(value);
  if (reason !== undefined) throw corrupt(reason);
  return value;
}

function hasManifestShape(value: unknown): value is Manifest {
  if (!isObject(value) || Object.keys(value).join() !== MEMBERS) return false;
  const { v, profile, sha256, parents, inputs, files } = value;
  const isLinked = isListOf(parents, isSha256) && isListOf(inputs, isSha256);
  return v === 1 && isProfile(profile) && isSha256(sha256) && isLinked && isListOf(files, isManifestFile);
}

/** Says what is wrong with the shape: a newer version or profile is told apart from nonsense. */
function explainShape(value: unknown): ManifestFault {
  if (!isObject(value)) return 'wrong-members';
  const { v, profile } = value;
  if (typeof v === 'number' && v !== 1) return 'unknown-version';
  return typeof profile === 'string' && !isProfile(profile) ? 'unknown-profile' : 'wrong-members';
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function corrupt(reason: ManifestFault): RegistryError {
  return new RegistryError('corrupt-entry', `manifest.json: expected a manifest of format §4.1, got ${reason}`, {
    data: { reason },
  });
}
