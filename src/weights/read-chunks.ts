/** The loop that reads a file of any size in constant memory and leaves the event loop room to render and to abort. */
import { readSync } from 'node:fs';
import { basename } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Progress, SILENT } from '../ports/progress.ts';
import { changedWhileReading, type OpenFile } from './open-file.ts';

/** Size of a read: below 256 KiB throughput falls, above 1 MiB nothing is gained (measured). */
export const CHUNK_BYTES: number = 1024 * 1024;

/** How long the event loop waits for its turn: some 10 ms of hashing. */
const TURN_BYTES = 8 * CHUNK_BYTES;

/** Takes the bytes of a file, chunk by chunk. */
export interface ChunkSink {
  /** Returns the memory for the next chunk. */
  claim(): Uint8Array | Promise<Uint8Array>;
  /** Takes a chunk: the beginning of what `claim` returned, valid until the next `claim`. */
  take(chunk: Uint8Array): void;
}

/** What goes on beside the reading. */
export interface ReadOptions {
  readonly progress?: Progress | undefined;
  /** What the progress shows, e.g. `hashing model.safetensors`. */
  readonly label?: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads an open file from its beginning to its end. Throws `changed-while-reading` as soon as the file proves longer or
 * shorter than it was when opened, and the signal's reason once it is aborted.
 */
export async function readChunks(file: OpenFile, sink: ChunkSink, options: ReadOptions): Promise<void> {
  const { progress = SILENT, label = `reading ${basename(file.path)}`, signal } = options;
  const task = progress.start(label, file.bytes, 'bytes');
  try {
    let total = 0;
    let turn = 0;
    for (;;) {
      const space = await sink.claim();
      const length = readSync(file.fd, space, 0, space.length, null);
      if (length === 0) break;
      total += length;
      // A file that is being appended to might never end.
      if (total > file.bytes) throw changedWhileReading(file.path, `expected ${file.bytes} bytes, got more`);
      sink.take(space.subarray(0, length));
      task.add(length);
      turn += length;
      if (turn < TURN_BYTES) continue;
      turn = 0;
      await nextTurn();
      signal?.throwIfAborted();
    }
    if (total < file.bytes) throw changedWhileReading(file.path, `expected ${file.bytes} bytes, got ${total}`);
  } finally {
    task.end();
  }
}
