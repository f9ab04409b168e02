/** The digest that DVC gives a folder: MD5 over its `.dir` listing, computed without DVC. */
import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** A file of a folder as DVC lists it. */
export interface DvcFile {
  readonly md5: string;
  /** `/`-separated, relative to the folder. */
  readonly relpath: string;
}

/** Text as Python's `json.dumps` with ASCII output writes it. */
function pythonString(text: string): string {
  const escaped = JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return escaped;
}

function byCodePoint(a: string, b: string): number {
  const [x, y] = [[...a], [...b]];
  for (let index = 0; index < Math.min(x.length, y.length); index += 1) {
    const order = (x[index]?.codePointAt(0) ?? 0) - (y[index]?.codePointAt(0) ?? 0);
    if (order !== 0) return order;
  }
  return x.length - y.length;
}

/** Returns the content of the `.dir` object: one line, sorted by path (code point), Python's separators. */
export function dirObject(files: readonly DvcFile[]): string {
  const rows = [...files].sort((a, b) => byCodePoint(a.relpath, b.relpath));
  return `[${rows.map(({ md5, relpath }) => `{"md5": "${md5}", "relpath": ${pythonString(relpath)}}`).join(', ')}]`;
}

/** Returns the id of a folder: `<MD5>.dir`. */
export function dirDigest(files: readonly DvcFile[]): string {
  return `${createHash('md5').update(dirObject(files)).digest('hex')}.dir`;
}

/** Lists a folder's files as DVC does: linked files are followed, linked folders are not, empty folders are lost. */
export async function listFolder(
  folder: string,
  prefix = '',
): Promise<readonly { readonly relpath: string; readonly path: string }[]> {
  const found: { readonly relpath: string; readonly path: string }[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    const relpath = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
    if (entry.isDirectory()) found.push(...(await listFolder(path, relpath)));
    else if (entry.isFile() || (entry.isSymbolicLink() && (await stat(path)).isFile())) found.push({ relpath, path });
  }
  return found;
}
