/**
 * A cached fold as a file: the header, then a binary search over sorted lines, so that one thing is found without reading
 * the rest. Only node:fs, so that `resolve` stays as fast as Node starts.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { decodeHeader, type FoldHeader, type FoldLetter } from '../domain/fold-header.ts';
import type { FoldLines } from '../domain/stored-map.ts';

const BLOCK = 4096;
/** A file of no more bytes is read at once: most models are small, and there can be thousands. */
const SMALL = 65_536;
/** So many files stay open in a process; of more, the one opened first is read and closed. */
const OPEN_FILES = 64;

/** Files that are open, the first opened first. */
const open = new Set<FoldFile>();

/** An open fold file. Replacing the file does not change what an open one says. */
export class FoldFile implements FoldLines {
  readonly header: FoldHeader;
  readonly #start: number;
  readonly #size: number;
  #from: number | Buffer;

  private constructor(from: number | Buffer, header: FoldHeader, start: number, size: number) {
    this.header = header;
    this.#from = from;
    this.#start = start;
    this.#size = size;
  }

  /** Opens a fold file, or returns undefined where it is absent, torn or of another fold version. */
  static open(path: string): FoldFile | undefined {
    let fd: number;
    try {
      fd = openSync(path, 'r');
    } catch {
      return undefined;
    }
    const size = fstatSync(fd).size;
    const from = size > SMALL ? fd : read(fd, 0, size);
    const line = firstLine(from, size);
    const header = line === undefined ? undefined : decodeHeader(line.toString('utf8'));
    const isWhole = header !== undefined && line !== undefined && size === line.length + 1 + header.bytes;
    if (!isWhole || from !== fd) closeSync(fd);
    if (!isWhole) return undefined;
    const file = new FoldFile(from, header, line.length + 1, size);
    if (from === fd) keepOpen(file);
    return file;
  }

  find(letter: FoldLetter, sought: string): string | undefined {
    const section = this.header.sections[letter];
    const key = `${letter} ${sought} `;
    let low = this.#start + section.start;
    let high = low + section.bytes;
    const end = high;
    // Lines that start before `low` are below the key; lines that start at `high` or later are not.
    while (high - low > BLOCK) {
      const middle = low + Math.floor((high - low) / 2);
      const next = this.#lineAfter(middle);
      if (next === undefined || next.start >= high) high = middle;
      else if (next.text < key) low = next.start;
      else high = middle;
    }
    for (let at = low; at < end; ) {
      const line = this.#lineAt(at);
      if (line.startsWith(key)) return line.slice(key.length);
      if (line > key) return undefined;
      at += Buffer.byteLength(line) + 1;
    }
    return undefined;
  }

  all(letter: FoldLetter): readonly (readonly [string, string])[] {
    const { start, bytes } = this.header.sections[letter];
    const text = bytes === 0 ? '' : read(this.#from, this.#start + start, bytes).toString('utf8');
    const lines: (readonly [string, string])[] = [];
    for (let at = 0; at < text.length; ) {
      const end = text.indexOf('\n', at);
      const space = text.indexOf(' ', at + 2);
      lines.push([text.slice(at + 2, space), text.slice(space + 1, end)]);
      at = end + 1;
    }
    return lines;
  }

  close(): void {
    if (typeof this.#from === 'number' && open.delete(this)) closeSync(this.#from);
  }

  /** Reads all of it, and lets the file go. */
  load(): void {
    if (typeof this.#from !== 'number') return;
    const bytes = read(this.#from, 0, this.#size);
    this.close();
    this.#from = bytes;
  }

  /** Returns the first line that starts behind an offset. */
  #lineAfter(offset: number): { readonly start: number; readonly text: string } | undefined {
    for (let length = BLOCK; ; length *= 4) {
      const block = read(this.#from, offset, Math.min(length, this.#size - offset));
      const end = block.indexOf(10);
      if (end >= 0) {
        const start = offset + end + 1;
        return start >= this.#size ? undefined : { start, text: this.#lineAt(start) };
      }
      if (offset + length >= this.#size) return undefined;
    }
  }

  #lineAt(start: number): string {
    for (let length = BLOCK; ; length *= 4) {
      const block = read(this.#from, start, Math.min(length, this.#size - start));
      const end = block.indexOf(10);
      if (end >= 0) return block.toString('utf8', 0, end);
      if (start + length >= this.#size) return block.toString('utf8');
    }
  }
}

function keepOpen(file: FoldFile): void {
  open.add(file);
  const [first] = open;
  if (open.size > OPEN_FILES) first?.load();
}

function firstLine(from: number | Buffer, size: number): Buffer | undefined {
  for (let length = BLOCK; ; length *= 4) {
    const block = read(from, 0, Math.min(length, size));
    const end = block.indexOf(10);
    if (end >= 0) return block.subarray(0, end);
    if (length >= size) return undefined;
  }
}

function read(from: number | Buffer, offset: number, length: number): Buffer {
  if (typeof from !== 'number') return from.subarray(offset, offset + length);
  const bytes = Buffer.allocUnsafe(Math.max(0, length));
  let filled = 0;
  while (filled < bytes.length) {
    const got = readSync(from, bytes, filled, bytes.length - filled, offset + filled);
    if (got === 0) break;
    filled += got;
  }
  return bytes.subarray(0, filled);
}
