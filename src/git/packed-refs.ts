/**
 * Reads packed-refs without reading all of it: names are sorted, so one ref takes a binary search over the file and a
 * prefix takes one range (0.06 ms at any size; perf-lab §3). What does not look as git writes it is left to git.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { ObjectId } from '../domain/digest.ts';

/** A name with its target. The name holds bytes, one per character (latin1), so that string order is git's order. */
export interface RawRef {
  readonly name: string;
  readonly id: ObjectId;
}

/** Thrown where the file is not sorted, or a line is none: git must be asked. */
export class UnreadablePackedRefs extends Error {}

/** Bytes of one probe: some lines, few enough that a search ends in a handful of lines. */
const BLOCK = 1024;
const HEADER = /^# pack-refs with:[^\n]* sorted(?= |\n)[^\n]*\n/;

/** Returns the target of a packed ref, or undefined. Throws UnreadablePackedRefs. */
export function findPackedRef(path: string, name: string): ObjectId | undefined {
  return withFile(path, undefined, (file) => {
    const first = file.lineFrom(file.lowerBound(name));
    return first?.name === name ? first.id : undefined;
  });
}

/** Returns the packed refs whose names begin with `prefix`, in order. Throws UnreadablePackedRefs. */
export function listPackedRefs(path: string, prefix: string): readonly RawRef[] {
  return withFile(path, [], (file) => {
    return parseLines(file.text(file.lowerBound(prefix), file.lowerBound(successorOf(prefix))));
  });
}

/** Returns the lines of those refs, as they stand in the file. Throws UnreadablePackedRefs. */
export function readPackedRange(path: string, prefix: string): Buffer {
  return withFile(path, Buffer.alloc(0), (file) => {
    return file.bytes(file.lowerBound(prefix), file.lowerBound(successorOf(prefix)));
  });
}

/** Returns the least text that is above every text with this prefix. */
function successorOf(prefix: string): string {
  return prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
}

function withFile<T>(path: string, absent: T, work: (file: PackedRefsFile) => T): T {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return absent;
    throw cause;
  }
  try {
    const file = new PackedRefsFile(fd);
    return file.isEmpty ? absent : work(file);
  } finally {
    closeSync(fd);
  }
}

/** One open packed-refs file. Git replaces it by a rename, so what is open stays one state. */
class PackedRefsFile {
  readonly #fd: number;
  readonly #size: number;
  readonly #start: number;

  constructor(fd: number) {
    this.#fd = fd;
    this.#size = fstatSync(fd).size;
    const header = HEADER.exec(this.text(0, BLOCK))?.[0];
    if (header === undefined && this.#size > 0) throw new UnreadablePackedRefs('not sorted');
    this.#start = header?.length ?? 0;
  }

  get isEmpty(): boolean {
    return this.#start >= this.#size;
  }

  /** Returns the bytes from `from` to `to`, one per character. */
  text(from: number, to: number): string {
    return this.bytes(from, to).toString('latin1');
  }

  /** Returns the bytes from `from` to `to`, or to the end of the file. */
  bytes(from: number, to: number): Buffer {
    const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(to, this.#size) - from));
    let read = 0;
    while (read < bytes.length) {
      const got = readSync(this.#fd, bytes, read, bytes.length - read, from + read);
      if (got === 0) throw new UnreadablePackedRefs('cut short');
      read += got;
    }
    return bytes;
  }

  /** Returns the offset of the first line whose name is not below `name`, or the size of the file. */
  lowerBound(name: string): number {
    // Lines that start before `low` are below `name`; lines that start at `high` or later are not.
    let low = this.#start;
    let high = this.#size;
    while (high - low > BLOCK) {
      const middle = low + Math.floor((high - low) / 2);
      const ref = this.#lineAfter(middle);
      if (ref === undefined || ref.name >= name) high = middle + 1;
      else low = ref.start;
    }
    for (let at = low; ; ) {
      const ref = this.lineFrom(at);
      if (ref === undefined || ref.name >= name) return ref?.start ?? this.#size;
      at = ref.end;
    }
  }

  /** Returns the first ref at or behind the start of a line. */
  lineFrom(lineStart: number): PlacedRef | undefined {
    for (let start = lineStart; start < this.#size; ) {
      const line = this.#lineAt(start);
      const end = start + line.length + 1;
      // A line `^<id>` gives the peeled target of the tag before it.
      if (!line.startsWith('^')) return { ...parseLine(line), start, end };
      start = end;
    }
    return undefined;
  }

  /** Returns the first ref whose line starts behind `offset`, which may lie anywhere. */
  #lineAfter(offset: number): PlacedRef | undefined {
    return this.lineFrom(offset + this.#lineAt(offset).length + 1);
  }

  /** Returns the text from `offset` to the next line feed. */
  #lineAt(offset: number): string {
    for (let length = BLOCK; ; length *= 4) {
      const text = this.text(offset, offset + length);
      const end = text.indexOf('\n');
      if (end >= 0) return text.slice(0, end);
      if (offset + length >= this.#size) throw new UnreadablePackedRefs('no line feed at the end');
    }
  }
}

interface PlacedRef extends RawRef {
  /** Offset of its line. */
  readonly start: number;
  /** Offset of the next line. */
  readonly end: number;
}

/** A listing parses hundreds of thousands of lines; what an id holds is checked by its length alone. */
function parseLine(line: string): RawRef {
  const space = line.indexOf(' ');
  if ((space !== 40 && space !== 64) || line.length === space + 1) throw new UnreadablePackedRefs(line);
  return { id: line.slice(0, space) as ObjectId, name: line.slice(space + 1) };
}

function parseLines(text: string): readonly RawRef[] {
  const lines = text.split('\n').slice(0, -1);
  return lines.filter((line) => !line.startsWith('^')).map(parseLine);
}
