/** A folder as a remote: DVC's local one, with its modes, or the cache in a git remote that is a plain folder. */
import { chmodSync, createReadStream, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RegistryError } from '../../domain/errors.ts';
import type { TransferOptions } from '../../ports/weights-remote.ts';
import { digestFile, writeAll } from '../digest-file.ts';
import { assertSpace } from '../disk-space.ts';
import { makeFolder, type NewFile, syncFolder, withTemporaryPath, writeNewFile } from '../durable-file.ts';
import { faultsAt, isMissing, toFileFault } from '../file-fault.ts';
import { findNode } from '../find-source.ts';
import { tryLink } from '../link-file.ts';
import { removeUnfinished } from '../list-objects.ts';
import { OBJECT_MODE } from '../name-again.ts';
import { changedWhileReading, withOpenFile } from '../open-file.ts';
import { CHUNK_BYTES, readChunks } from '../read-chunks.ts';
import type { OutgoingFile, RemoteTransport, Span } from './transport.ts';

/** Unfinished files of a day ago belong to nobody (milliseconds). */
const STALE = 24 * 60 * 60 * 1000;

/** Keeps files below a folder. */
export class FolderTransport implements RemoteTransport {
  readonly #folder: string;
  readonly #signal: AbortSignal;
  #isSwept = false;

  constructor(folder: string, signal: AbortSignal) {
    this.#folder = folder;
    this.#signal = signal;
  }

  async find(key: string): Promise<{ readonly bytes: number } | undefined> {
    const stats = findNode(this.#pathOf(key));
    if (stats === undefined) return undefined;
    // Nothing that is no regular file is ever an object, nor read: a FIFO would block, a link lead elsewhere.
    return { bytes: stats.isFile() ? stats.size : -1 };
  }

  async *read(key: string, { offset }: Pick<Span, 'offset'>): AsyncGenerator<Uint8Array> {
    const path = this.#pathOf(key);
    try {
      const stream = createReadStream(path, { start: offset, highWaterMark: CHUNK_BYTES, signal: this.#signal });
      for await (const chunk of stream) yield chunk as Buffer;
    } catch (error) {
      this.#signal.throwIfAborted();
      throw isMissing(error) ? gone(path, error) : toFileFault(error, path);
    }
  }

  /** What processes that died left of a day ago and before: nobody else cleans up on a remote. */
  #sweep(): void {
    if (this.#isSwept) return;
    this.#isSwept = true;
    removeUnfinished({ folder: this.#folder, owner: 'registry', shared: false }, Date.now() - STALE);
  }

  async write(key: string, file: OutgoingFile, options: TransferOptions): Promise<void> {
    this.#sweep();
    await assertSpace(this.#folder, file.bytes);
    await this.#place(key, async (made) => {
      const before = findNode(file.path)?.mtimeMs;
      await writeNewFile(made, 0o600, (copyTo) => this.#copy(file, copyTo, options));
      if (findNode(file.path)?.mtimeMs !== before) await assertProven(made, file);
    });
  }

  #copy(file: OutgoingFile, copyTo: NewFile, options: TransferOptions): Promise<void> {
    return withOpenFile(file.path, { ofCache: true }, (source) => {
      const space = Buffer.allocUnsafeSlow(CHUNK_BYTES);
      const take = (chunk: Uint8Array): void => {
        writeAll(copyTo, chunk);
        options.moved?.(chunk.length);
      };
      return readChunks(source, { claim: () => space, take }, { signal: this.#signal });
    });
  }

  async alias(from: string, to: string): Promise<void> {
    const source = this.#pathOf(from);
    await this.#place(to, async (made) => {
      if (tryLink('hardlink', source, made) === 'linked') return;
      await writeNewFile(made, 0o600, async (copyTo) => {
        for await (const chunk of this.read(from, { offset: 0 })) writeAll(copyTo, chunk);
      });
    });
  }

  /** Makes a file under a temporary name beside the folders of objects, and renames it: nobody sees half of one. */
  async #place(key: string, make: (made: string) => Promise<void>): Promise<void> {
    const path = this.#pathOf(key);
    // As in the cache: a folder of two characters would make DVC take the unfinished file for an object.
    const temporary = join(dirname(dirname(path)), 'tmp');
    makeFolder(temporary, { shared: false });
    makeFolder(dirname(path), { shared: false });
    await withTemporaryPath(temporary, async (made) => {
      await make(made);
      await faultsAt(path, () => {
        chmodSync(made, OBJECT_MODE);
        renameSync(made, path);
        syncFolder(dirname(path));
      });
    });
  }

  #pathOf(key: string): string {
    return join(this.#folder, ...key.split('/'));
  }
}

/** Where a file looks new, another process stored the same bytes, or wrote others: what was copied tells which. */
async function assertProven(copy: string, { path, md5 }: OutgoingFile): Promise<void> {
  if ((await digestFile(copy)).md5 !== md5) throw changedWhileReading(path, 'it was written to');
}

/** What was there a moment ago: another remote may have it. */
function gone(path: string, cause: unknown): RegistryError {
  return new RegistryError('weights-remote-unreachable', `${JSON.stringify(path)}: gone while it was read`, {
    data: { path },
    cause,
  });
}
