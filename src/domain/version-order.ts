/** Order of versions: precedence, `latest`, npm ranges and the next one. Apart from `version.ts`, so that who only parses loads no semver. */
import compareSemver from 'semver/functions/compare.js';
import increment from 'semver/functions/inc.js';
import maxSatisfying from 'semver/ranges/max-satisfying.js';
import validRange from 'semver/ranges/valid.js';
import { isPrerelease, parseVersion, type Version } from './version.ts';

/** Which part of a version to raise. */
export type Bump = 'major' | 'minor' | 'patch';

/** Orders versions by semver precedence, ascending. */
export function compareVersions(a: Version, b: Version): number {
  return compareSemver(a, b);
}

/** Returns the highest release, or undefined: `latest`. */
export function latestRelease(versions: Iterable<Version>): Version | undefined {
  let best: Version | undefined;
  for (const version of versions) {
    if (isLaterRelease(version, best ?? null)) best = version;
  }
  return best;
}

/** Tells whether a version is a release higher than another, or than none. */
export function isLaterRelease(version: Version, than: Version | null): boolean {
  return !isPrerelease(version) && (than === null || compareVersions(version, than) > 0);
}

/** Tells whether `text` is an npm range, such as `^1.2` or `1.x`. */
export function isRange(text: string): boolean {
  return text.length <= 256 && validRange(text) !== null;
}

/** Returns the highest version in an npm range, or undefined. */
export function highestInRange(versions: Iterable<Version>, range: string): Version | undefined {
  return (maxSatisfying([...versions], range) as Version | null) ?? undefined;
}

/** Returns the version after the highest of `versions`; v1.0.0 where there is none (the seed's rule). */
export function nextVersion(versions: Iterable<Version>, bump: Bump): Version {
  const all = [...versions];
  const highest = all.reduce<Version | undefined>(
    (a, b) => (a === undefined || compareVersions(b, a) > 0 ? b : a),
    undefined,
  );
  if (highest === undefined) return 'v1.0.0' as Version;
  return parseVersion(increment(highest, bump) ?? '1.0.0');
}
