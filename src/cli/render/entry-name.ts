/** How entries are named in results. */
import type { Sha256 } from '../../domain/digest.ts';
import type { Version } from '../../domain/version.ts';

/** Returns the first 12 digits, which people can compare and which a SPEC takes. */
export function shortSha(sha256: Sha256): string {
  return sha256.slice(0, 12);
}

/** Returns `v1.1.0 (8f2c91aab012)`, or the digits alone for an entry without a version. */
export function nameEntry(version: Version | null, sha256: Sha256): string {
  return version === null ? shortSha(sha256) : `${version} (${shortSha(sha256)})`;
}
