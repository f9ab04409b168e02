/** Versions (format §5.1): strict semver, written `vX.Y.Z[-pre]`, no build metadata, lower case. */
import { RegistryError } from './errors.ts';

declare const brand: unique symbol;

/** A legal version, with its `v`. */
export type Version = string & { readonly [brand]: 'version' };

const NUMBER = '(?:0|[1-9][0-9]*)';
const IDENTIFIER = '(?:0|[1-9][0-9]*|[0-9]*[a-z-][0-9a-z-]*)';
const PATTERN = new RegExp(`^v${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-${IDENTIFIER}(?:\\.${IDENTIFIER})*)?$`);

/** Tells whether `text` is a legal version as stored, `v` included. */
export function isVersion(text: unknown): text is Version {
  return typeof text === 'string' && explainVersion(text) === undefined && text.startsWith('v');
}

/** Returns why `text` is no version, or undefined. A missing `v` is no reason. */
function explainVersion(text: string): string | undefined {
  const full = text.startsWith('v') ? text : `v${text}`;
  if (full.length > 64) return 'expected at most 64 characters';
  if (full.includes('+')) return 'build metadata cannot be part of a version';
  if (/[A-Z]/.test(full)) return 'expected lower case';
  if (!PATTERN.test(full)) return 'expected X.Y.Z or X.Y.Z-pre without leading zeros';
  if (full.endsWith('.lock')) return 'git allows no ref that ends in ".lock"';
  const [core = ''] = full.slice(1).split('-');
  if (core.split('.').some((part) => !Number.isSafeInteger(Number(part)))) return 'a number is larger than 2^53-1';
  return undefined;
}

/** Returns `text` as a version; the `v` may be left out. Throws `bad-version`. */
export function parseVersion(text: string): Version {
  const why = explainVersion(text);
  if (why === undefined) return (text.startsWith('v') ? text : `v${text}`) as Version;
  throw new RegistryError('bad-version', `version ${JSON.stringify(text.slice(0, 80))}: ${why}`, {
    data: { version: text },
  });
}

/** Returns the version, or undefined where `text` is none. */
export function findVersion(text: string): Version | undefined {
  return explainVersion(text) === undefined ? parseVersion(text) : undefined;
}

/** Tells whether a version has a pre-release part. */
export function isPrerelease(version: Version): boolean {
  return version.includes('-');
}
