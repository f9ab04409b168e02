/** DVC pointers, as DVC 3 writes them for one file (format §4.3). */
import type { Md5 } from './digest.ts';

/** MD5s that YAML 1.1 or 1.2 would read as a number. */
const NUMBER_LIKE = /^(?:[0-9]+|[0-9]+e[0-9]+|0b[01]+)$/;

/** Names that no YAML reader takes for anything but a plain string. */
const PLAIN = /^[A-Za-z_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*\.[a-z][a-z0-9]*$/;

/** What a pointer points to. */
export interface PointedFile {
  readonly md5: Md5;
  readonly bytes: number;
  /** Bundle path; the pointer names its last part. */
  readonly path: string;
}

/** Returns the text of the pointer that stands beside a cache-stored file, at `<path>.dvc`. */
export function pointerText({ md5, bytes, path }: PointedFile): string {
  const digest = NUMBER_LIKE.test(md5) ? `'${md5}'` : md5;
  const name = path.slice(path.lastIndexOf('/') + 1);
  return `outs:\n- md5: ${digest}\n  size: ${bytes}\n  hash: md5\n  path: ${PLAIN.test(name) ? name : quoted(name)}\n`;
}

function quoted(name: string): string {
  return `"${Array.from(name, escapeCharacter).join('')}"`;
}

function escapeCharacter(character: string): string {
  if (character === '"' || character === '\\') return `\\${character}`;
  if (/^[ -~]$/.test(character)) return character;
  const hex = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
  return hex.length > 4 ? `\\U${hex.padStart(8, '0')}` : `\\u${hex.padStart(4, '0')}`;
}
