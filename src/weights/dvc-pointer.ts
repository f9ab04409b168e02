/** Reads `.dvc` files, of DVC 3 and of DVC 2, whose digest is another one for texts. */
import { parse } from 'yaml';
import { isMd5, type Md5 } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import type { TrackedObject } from '../ports/weights-remote.ts';

/** What a `.dvc` file tracks. */
export interface TrackedOutput extends TrackedObject {
  /** Relative to the folder of the `.dvc` file. */
  readonly path: string;
  readonly md5: Md5;
  /** Size of the file or, of a folder, of all its files; not all pointers say. */
  readonly bytes: number | undefined;
}

/** A file of a folder, as DVC lists it. */
export interface TrackedFile {
  readonly relpath: string;
  readonly md5: Md5;
}

/** Returns what the text of a `.dvc` file tracks. Throws `bad-bundle` for anything that is none. */
export function parsePointer(text: string, file: string): readonly TrackedOutput[] {
  const { outs, wdir = '.' } = members(read(text, file));
  if (!Array.isArray(outs) || outs.length === 0) throw badPointer(file, 'expected outs');
  return outs.map((out) => {
    const { path, md5, hash, size } = members(out);
    const digest = typeof md5 === 'string' ? md5.replace(/\.dir$/, '') : md5;
    if (typeof path !== 'string' || typeof wdir !== 'string' || !isMd5(digest)) {
      throw badPointer(file, 'expected path and md5 in every one of outs');
    }
    return {
      path: wdir === '.' ? path : `${wdir}/${path}`,
      md5: digest,
      bytes: typeof size === 'string' && /^\d{1,15}$/.test(size) ? Number(size) : undefined,
      isFolder: digest !== md5,
      isLegacy: hash === undefined,
    };
  });
}

/** Returns the files that a `.dir` object lists. Throws `bad-bundle`. */
export function parseDirObject(text: string, file: string): readonly TrackedFile[] {
  const rows = read(text, file);
  if (!Array.isArray(rows)) throw badPointer(file, 'expected a list of files');
  return rows.map((row) => {
    const { relpath, md5 } = members(row);
    if (typeof relpath !== 'string' || !isMd5(md5)) throw badPointer(file, 'expected md5 and relpath of every file');
    return { relpath, md5 };
  });
}

/** Every scalar is a text: an MD5 of digits alone must not become a number. JSON is YAML too. */
function read(text: string, file: string): unknown {
  try {
    return parse(text, { schema: 'failsafe' });
  } catch (cause) {
    throw badPointer(file, (cause as Error).message.split('\n', 1)[0] ?? '');
  }
}

function members(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function badPointer(file: string, problem: string): RegistryError {
  return new RegistryError('bad-bundle', `${JSON.stringify(file)}: no .dvc file: ${problem}`, { data: { path: file } });
}
