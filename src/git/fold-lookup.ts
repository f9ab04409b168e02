/**
 * Looks one thing up in a cached fold without reading all of it: the header, then a binary search over sorted lines. Only
 * node:fs, so that `resolve` stays as fast as Node starts.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { ObjectId } from '../domain/digest.ts';
import { decodeHeader, type FoldHeader, type VersionLine } from '../domain/fold-header.ts';

const BLOCK = 4096;

/** An open fold of exactly the tip that was asked for. */
export class FoldLookup {
  readonly header: FoldHeader;
  readonly #fd: number;
  readonly #start: number;
  readonly #size: number;

  private constructor(fd: number, header: FoldHeader, start: number, size: number) {
    this.#fd = fd;
    this.header = header;
    this.#start = start;
    this.#size = size;
  }

  /** Opens a fold file, or returns undefined where it is absent, torn, of another tip or another fold version. */
  static open(path: string, tip: ObjectId): FoldLookup | undefined {
    let fd: number;
    try {
      fd = openSync(path, 'r');
    } catch {
      return undefined;
    }
    const size = fstatSync(fd).size;
    const line = firstLine(fd, size);
    const header = line === undefined ? undefined : decodeHeader(line.toString('utf8'));
    if (header?.tip === tip && line !== undefined && size === line.length + 1 + header.bytes) {
      return new FoldLookup(fd, header, line.length + 1, size);
    }
    closeSync(fd);
    return undefined;
  }

  /** Returns what the fold says of a version. */
  findVersion(version: string): VersionLine | undefined {
    const key = `v ${version} `;
    let low = this.#start;
    let high = this.#size;
    // Lines that start before `low` are below the key; lines that start at `high` or later are not.
    while (high - low > BLOCK) {
      const middle = low + Math.floor((high - low) / 2);
      const next = this.#lineAfter(middle);
      if (next === undefined || next.start >= high) high = middle;
      else if (next.text < key) low = next.start;
      else high = middle;
    }
    for (let at = low; at < this.#size; ) {
      const line = this.#lineAt(at);
      if (line.startsWith(key)) return JSON.parse(line.slice(key.length)) as VersionLine;
      if (line > key) return undefined;
      at += Buffer.byteLength(line) + 1;
    }
    return undefined;
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** Returns the first line that starts behind an offset. */
  #lineAfter(offset: number): { readonly start: number; readonly text: string } | undefined {
    for (let length = BLOCK; ; length *= 4) {
      const block = read(this.#fd, offset, Math.min(length, this.#size - offset));
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
      const block = read(this.#fd, start, Math.min(length, this.#size - start));
      const end = block.indexOf(10);
      if (end >= 0) return block.toString('utf8', 0, end);
      if (start + length >= this.#size) return block.toString('utf8');
    }
  }
}

function firstLine(fd: number, size: number): Buffer | undefined {
  for (let length = BLOCK; ; length *= 4) {
    const block = read(fd, 0, Math.min(length, size));
    const end = block.indexOf(10);
    if (end >= 0) return block.subarray(0, end);
    if (length >= size) return undefined;
  }
}

function read(fd: number, offset: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(Math.max(0, length));
  let filled = 0;
  while (filled < bytes.length) {
    const got = readSync(fd, bytes, filled, bytes.length - filled, offset + filled);
    if (got === 0) break;
    filled += got;
  }
  return bytes.subarray(0, filled);
}
