/** A host reached by ssh as a remote: DVC's layout and modes over SFTP. */
import { randomUUID } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { TransferOptions } from '../../ports/weights-remote.ts';
import { inParallel } from './in-parallel.ts';
import { refused, unreachable } from './remote-fault.ts';
import type { Answer, RequestField } from './sftp-packets.ts';
import { type SftpHost, SftpSession, SftpStatus } from './sftp-session.ts';
import type { OutgoingFile, RemoteTransport, Span } from './transport.ts';

const TYPES = {
  open: 3,
  close: 4,
  read: 5,
  write: 6,
  lstat: 7,
  setstat: 9,
  remove: 13,
  mkdir: 14,
  rename: 18,
  extended: 200,
};
const [WRITE_NEW, READ] = [0x02 | 0x08 | 0x20, 0x01];
const [END_OF_FILE, NO_SUCH_FILE, DENIED, UNSUPPORTED] = [1, 2, 3, 8];
/** What every server takes in one packet. */
const BLOCK = 32 * 1024;
/** Requests under way, so that a long line is full. */
const AHEAD = 64;
/** Flags of attributes: size, owner, mode, times. */
const [HAS_SIZE, HAS_OWNER, HAS_MODE] = [1, 2, 4];
const REGULAR = 0o100000;

/** Keeps files below a folder of a host. */
export class SftpTransport implements RemoteTransport {
  readonly #host: SftpHost;
  readonly #folder: string;
  readonly #signal: AbortSignal;
  readonly #made: Set<string> = new Set();
  #session: SftpSession | undefined;

  constructor(host: SftpHost & { readonly folder: string }, signal: AbortSignal) {
    this.#host = host;
    this.#folder = host.folder.replace(/\/+$/, '');
    this.#signal = signal;
  }

  async find(key: string): Promise<{ readonly bytes: number } | undefined> {
    const { fields } = (await this.#ask(TYPES.lstat, [{ text: this.#pathOf(key) }], NO_SUCH_FILE)) ?? {};
    if (fields === undefined) return undefined;
    const flags = fields.u32();
    const bytes = flags & HAS_SIZE ? fields.u64() : -1;
    if (flags & HAS_OWNER) fields.u64();
    const mode = flags & HAS_MODE ? fields.u32() : REGULAR;
    return { bytes: (mode & 0o170000) === REGULAR ? bytes : -1 };
  }

  async *read(key: string, { offset, bytes }: Span): AsyncGenerator<Uint8Array> {
    const end = bytes ?? (await this.find(key))?.bytes ?? 0;
    const handle = await this.#open(this.#pathOf(key), READ);
    const ahead: Promise<Uint8Array>[] = [];
    try {
      for (let at = offset; at < end || ahead.length > 0; ) {
        while (at < end && ahead.length < AHEAD) {
          const part = this.#readBlock(handle, at, Math.min(BLOCK, end - at));
          part.catch(() => undefined);
          ahead.push(part);
          at += BLOCK;
        }
        const part = await ahead.shift();
        if (part !== undefined) yield part;
      }
    } finally {
      await this.#close(handle);
    }
  }

  async write(key: string, file: OutgoingFile, options: TransferOptions): Promise<void> {
    const path = this.#pathOf(key);
    const folder = path.slice(0, path.lastIndexOf('/'));
    const temporary = `${folder.slice(0, folder.lastIndexOf('/'))}/tmp`;
    for (const made of [folder, temporary]) await this.#makeFolder(made);
    const made = `${temporary}/${randomUUID()}`;
    try {
      await this.#send(made, file, options);
      // DVC's mode for what is whole.
      await this.#ask(TYPES.setstat, [{ text: made }, { u32: HAS_MODE }, { u32: 0o444 }]);
      await this.#rename(made, path);
    } catch (error) {
      await this.#ask(TYPES.remove, [{ text: made }], NO_SUCH_FILE).catch(() => undefined);
      throw error;
    }
  }

  close(): Promise<void> {
    this.#session?.close();
    this.#session = undefined;
    return Promise.resolve();
  }

  async #send(made: string, file: OutgoingFile, options: TransferOptions): Promise<void> {
    const source = await open(file.path, 'r');
    const handle = await this.#open(made, WRITE_NEW);
    try {
      await inParallel(AHEAD, Math.ceil(file.bytes / BLOCK), async (index) => {
        const { buffer, bytesRead } = await source.read(Buffer.allocUnsafe(BLOCK), 0, BLOCK, index * BLOCK);
        const body = buffer.subarray(0, bytesRead);
        await this.#ask(TYPES.write, [{ text: handle }, { u64: index * BLOCK }, { text: body }]);
        options.moved?.(bytesRead);
      });
      await this.#sync(handle);
    } finally {
      await source.close();
      await this.#close(handle);
    }
  }

  /** To the disk, where the server can. */
  async #sync(handle: Buffer): Promise<void> {
    await this.#ask(TYPES.extended, [{ text: 'fsync@openssh.com' }, { text: handle }], UNSUPPORTED);
  }

  /** In place of what is there: the plain rename of this version refuses that. */
  async #rename(from: string, to: string): Promise<void> {
    const paths = [{ text: from }, { text: to }];
    const done = await this.#ask(TYPES.extended, [{ text: 'posix-rename@openssh.com' }, ...paths], UNSUPPORTED);
    if (done !== undefined) return;
    await this.#ask(TYPES.remove, [{ text: to }], NO_SUCH_FILE);
    await this.#ask(TYPES.rename, paths);
  }

  async #makeFolder(folder: string): Promise<void> {
    if (folder === '' || this.#made.has(folder)) return;
    const found = await this.#ask(TYPES.lstat, [{ text: folder }], NO_SUCH_FILE);
    if (found === undefined) {
      await this.#makeFolder(folder.slice(0, folder.lastIndexOf('/')));
      // Another writer may be first: what stands there then is what was wanted.
      await this.#ask(TYPES.mkdir, [{ text: folder }, { u32: 0 }]).catch(async (error: unknown) => {
        if ((await this.#ask(TYPES.lstat, [{ text: folder }], NO_SUCH_FILE)) === undefined) throw error;
      });
    }
    this.#made.add(folder);
  }

  async #open(path: string, flags: number): Promise<Buffer> {
    const answer = await this.#ask(TYPES.open, [{ text: path }, { u32: flags }, { u32: 0 }]);
    return Buffer.from(answer?.fields.bytes() ?? []);
  }

  async #readBlock(handle: Buffer, at: number, length: number): Promise<Uint8Array> {
    const answer = await this.#ask(TYPES.read, [{ text: handle }, { u64: at }, { u32: length }], END_OF_FILE);
    const block = answer?.fields.bytes();
    if (block?.length === length) return block;
    throw unreachable(this.#host.location, `expected ${length} bytes from ${at}, got ${block?.length ?? 0}`);
  }

  async #close(handle: Buffer): Promise<void> {
    await this.#ask(TYPES.close, [{ text: handle }]).catch(() => undefined);
  }

  /** Asks; undefined for the one status that is an answer here. */
  async #ask(type: number, fields: readonly RequestField[], answer?: number): Promise<Answer | undefined> {
    this.#signal.throwIfAborted();
    if (this.#session === undefined || this.#session.isOver) this.#session = new SftpSession(this.#host, this.#signal);
    try {
      return await this.#session.ask(type, fields);
    } catch (error) {
      this.#signal.throwIfAborted();
      if (!(error instanceof SftpStatus)) throw error;
      if (error.status === answer) return undefined;
      const problem = error.message === '' ? `status ${error.status}` : error.message;
      throw (error.status === DENIED || error.status === NO_SUCH_FILE ? refused : unreachable)(
        this.#host.location,
        problem,
      );
    }
  }

  #pathOf(key: string): string {
    return `${this.#folder}/${key}`;
  }
}
