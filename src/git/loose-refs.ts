/** Reads refs that are files of their own. What is not a plain object id (a symbolic ref, a torn file) is left to git. */
import { type Dirent, lstatSync, readdirSync, readFileSync } from 'node:fs';
import type { ObjectId } from '../domain/digest.ts';
import type { RawRef } from './packed-refs.ts';
import { isLegalRefName } from './ref-names.ts';

/** What the file of a ref says. */
export type LooseRef =
  | { readonly kind: 'id'; readonly id: ObjectId }
  | { readonly kind: 'absent' }
  /** Git must be asked. */
  | { readonly kind: 'odd' };

const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'EISDIR']);

/** Reads the file of a ref; `name` holds bytes, one per character (latin1). */
export function readLooseRef(commonDir: string, name: string): LooseRef {
  const path = pathOf(commonDir, name);
  try {
    // Git takes a symbolic link that points into its refs for a symbolic ref.
    if (lstatSync(path).isSymbolicLink()) return { kind: 'odd' };
    const id = /^([0-9a-f]{40}|[0-9a-f]{64})\n$/.exec(readFileSync(path, 'latin1'))?.[1];
    return id === undefined ? { kind: 'odd' } : { kind: 'id', id: id as ObjectId };
  } catch (cause) {
    if (isAbsence(cause)) return { kind: 'absent' };
    throw cause;
  }
}

/** Returns the loose refs whose names begin with `prefix`, in no order, or undefined where one of them is odd. */
export function listLooseRefs(commonDir: string, prefix: string): readonly RawRef[] | undefined {
  const found: RawRef[] = [];
  for (const name of walk(commonDir, prefix.slice(0, prefix.lastIndexOf('/')))) {
    if (!name.startsWith(prefix)) continue;
    const ref = readLooseRef(commonDir, name);
    if (ref.kind === 'odd') return undefined;
    if (ref.kind === 'id') found.push({ name, id: ref.id });
  }
  return found;
}

/** Returns the paths of the lock files below a folder of refs; folders that git takes away meanwhile hold none. */
export function findRefLocks(commonDir: string, folder: string): readonly string[] {
  return readFolder(pathOf(commonDir, folder)).flatMap((item) => {
    const name = `${folder}/${item.name.toString('latin1')}`;
    if (item.isDirectory()) return findRefLocks(commonDir, name);
    return name.endsWith('.lock') ? [pathOf(commonDir, name).toString()] : [];
  });
}

/** Counts the files below folders of refs. */
export function countLooseRefs(commonDir: string, folders: readonly string[]): number {
  return folders.reduce((count, folder) => count + countFiles(commonDir, folder), 0);
}

function countFiles(commonDir: string, folder: string): number {
  const items = readFolder(pathOf(commonDir, folder));
  const folders = items.filter((item) => item.isDirectory());
  const below = folders.map(({ name }) => countFiles(commonDir, `${folder}/${name.toString('latin1')}`));
  return below.reduce((count, files) => count + files, items.length - folders.length);
}

/** Yields the names of all files that git would take for refs in a folder. */
function* walk(commonDir: string, folder: string): Generator<string> {
  for (const item of readFolder(pathOf(commonDir, folder))) {
    const name = `${folder}/${item.name.toString('latin1')}`;
    if (item.isDirectory()) yield* walk(commonDir, name);
    else if (isLegalRefName(name)) yield name;
  }
}

function readFolder(path: Buffer): readonly Dirent<Buffer>[] {
  try {
    return readdirSync(path, { withFileTypes: true, encoding: 'buffer' });
  } catch (cause) {
    if (isAbsence(cause)) return [];
    throw cause;
  }
}

function isAbsence(cause: unknown): boolean {
  return ABSENT.has((cause as NodeJS.ErrnoException).code ?? '');
}

function pathOf(commonDir: string, name: string): Buffer {
  return Buffer.concat([Buffer.from(`${commonDir}/`), Buffer.from(name, 'latin1')]);
}
