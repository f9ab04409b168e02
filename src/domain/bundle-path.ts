/** Paths of a bundle (format §3.1): what every file system, git and DVC can hold without taking it for something else. */
import { caseFold } from './case-fold.ts';
import { compareCodePoints } from './code-point-order.ts';
import { RegistryError } from './errors.ts';
import { isControlFile, isGitReserved, isWindowsReserved } from './reserved-name.ts';
import { isWellFormed, utf8Length } from './utf8.ts';

/** Most files in a bundle. */
export const MAX_FILES = 10_000;

/** Why a path is refused: the code, and how a message goes on. */
const REASONS = {
  'not-utf-8': 'expected valid UTF-8',
  'too-long': 'expected at most 1,024 bytes',
  'long-component': 'expected at most 250 bytes between slashes',
  'not-relative': 'expected a relative path with one slash between names',
  'dot-component': 'expected no "." or ".." between slashes',
  'illegal-character': 'expected no control character, no direction mark and none of < > : " | ? * \\',
  'outer-space': 'expected no white space at the start or end of a name',
  'trailing-dot': 'expected no dot at the end of a name',
  'windows-reserved': 'expected no device name of Windows',
  'git-reserved': 'expected no name that git takes for .git or .gitmodules',
  'control-file': 'expected no control file of git or DVC',
  'not-nfc': 'expected Unicode in composed form (NFC)',
  collides: 'expected paths that differ in more than case',
  'is-a-folder': 'expected a file, got the folder of another path',
} as const;

/** Why a path is refused. */
export type PathReason = keyof typeof REASONS;

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused.
const ILLEGAL = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\\<>:"|?*]/;

/** What was found of the last paths: the entries of a registry have much the same ones. */
const FOUND = new Map<string, PathReason | undefined>();
const MAX_FOUND = 1000;

/**
 * Returns why a path that an entry already has is illegal, or undefined. NFC and folding are no reasons: they are rules
 * of registration, and a reader never refuses an entry for them.
 */
export function explainStoredPath(path: string): PathReason | undefined {
  if (FOUND.has(path)) return FOUND.get(path);
  const reason = findFault(path);
  if (FOUND.size === MAX_FOUND) FOUND.clear();
  FOUND.set(path, reason);
  return reason;
}

function findFault(path: string): PathReason | undefined {
  if (!isWellFormed(path)) return 'not-utf-8';
  if (utf8Length(path) > 1024) return 'too-long';
  for (const name of path.split('/')) {
    const reason = explainName(name);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** Returns why a path cannot be registered, or undefined. */
export function explainBundlePath(path: string): PathReason | undefined {
  return explainStoredPath(path) ?? (path === path.normalize('NFC') ? undefined : 'not-nfc');
}

function explainName(name: string): PathReason | undefined {
  if (name === '') return 'not-relative';
  if (name === '.' || name === '..') return 'dot-component';
  if (utf8Length(name) > 250) return 'long-component';
  if (ILLEGAL.test(name)) return 'illegal-character';
  if (/^\p{White_Space}|\p{White_Space}$/u.test(name)) return 'outer-space';
  if (isGitReserved(name)) return 'git-reserved';
  if (name.endsWith('.')) return 'trailing-dot';
  if (isWindowsReserved(name)) return 'windows-reserved';
  if (isControlFile(name)) return 'control-file';
  return undefined;
}

/**
 * Checks all paths of a bundle that is to be registered. Throws `bad-path` with data `{path, reason}`, and `{with}`
 * where two paths collide; `too-big` above 10,000.
 */
export function checkBundlePaths(paths: readonly string[]): void {
  if (paths.length > MAX_FILES) {
    throw new RegistryError('too-big', `bundle: expected at most ${MAX_FILES} files, got ${paths.length}`, {
      data: { files: paths.length, limit: MAX_FILES },
    });
  }
  for (const path of paths) {
    const reason = explainBundlePath(path);
    if (reason !== undefined) throw badPath(path, reason);
  }
  checkCollisions(paths);
}

/** Paths, NFC by now, that fold to the same or lie one in the other, end up side by side when sorted. */
function checkCollisions(paths: readonly string[]): void {
  // NUL, which no path has, sorts a folder's files right behind a file of its name.
  const folded = paths.map((path) => ({ path, key: caseFold(path).replaceAll('/', '\0') }));
  folded.sort((a, b) => compareCodePoints(a.key, b.key));
  for (const [at, { path, key }] of folded.entries()) {
    const next = folded[at + 1];
    if (next?.key === key) throw badPath(next.path, 'collides', path);
    if (next?.key.startsWith(`${key}\0`)) throw badPath(path, 'is-a-folder', next.path);
  }
}

function badPath(path: string, reason: PathReason, other?: string): RegistryError {
  const against = other === undefined ? '' : ` (${JSON.stringify(other)})`;
  return new RegistryError('bad-path', `path ${JSON.stringify(path)}: ${REASONS[reason]}${against}`, {
    data: other === undefined ? { path, reason } : { path, reason, with: other },
  });
}
