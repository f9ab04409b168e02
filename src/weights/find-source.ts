/** What lies at a path that the user named, or that a walk met; links followed only on request (format §3.1). */
import { lstatSync, readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { compareCodePoints } from '../domain/code-point-order.ts';
import { RegistryError } from '../domain/errors.ts';
import { decodeUtf8, decodeUtf8Loosely } from '../domain/utf8.ts';
import { isMissing, pathFault, toFileFault } from './file-fault.ts';

/** A path without links in its last component, and what is there. */
export interface FoundSource {
  readonly source: string;
  readonly stats: Stats;
}

/** Returns what is at a path, links not followed; undefined where there is nothing. Throws `permission`, `io`. */
export function findNode(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw toFileFault(error, path);
  }
}

/** Looks at a path. Throws `not-a-file` where there is nothing, for links that are not to be followed or lead nowhere, `permission`, `io`. */
export function findSource(path: string, options: { readonly followLinks: boolean }): FoundSource {
  const stats = findNode(path);
  if (stats === undefined) throw pathFault('not-a-file', path, 'expected a file or folder, got nothing');
  if (!stats.isSymbolicLink()) return { source: path, stats };
  if (!options.followLinks) {
    throw new RegistryError('not-a-file', `${JSON.stringify(path)}: expected a file or folder, got a symbolic link`, {
      data: { path },
      hint: 'add -L to follow links that lead to files',
    });
  }
  try {
    const source = realpathSync(path);
    return { source, stats: statSync(source) };
  } catch (error) {
    if (isMissing(error)) throw pathFault('not-a-file', path, 'expected a file or folder, got a link to nothing');
    throw toFileFault(error, path);
  }
}

/** Returns the names in a folder by code point. Throws `bad-path` for a name that is not UTF-8, `permission`, `io`. */
export function readNames(folder: string): readonly string[] {
  let names: readonly Uint8Array[];
  try {
    names = readdirSync(folder, 'buffer');
  } catch (error) {
    throw toFileFault(error, folder);
  }
  return names.map((bytes) => decodeName(folder, bytes)).sort(compareCodePoints);
}

function decodeName(folder: string, bytes: Uint8Array): string {
  const name = decodeUtf8(bytes);
  if (name !== undefined) return name;
  throw pathFault('bad-path', `${folder}/${decodeUtf8Loosely(bytes)}`, 'expected a name in UTF-8', {
    hex: Buffer.from(bytes).toString('hex'),
  });
}
