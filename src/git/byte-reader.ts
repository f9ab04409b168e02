/** Reads a byte stream by lines and by lengths, holding no more of it than it must. */

const EMPTY: Buffer = Buffer.alloc(0);

/** Pulls from a stream of chunks. Not for concurrent use. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #rest: Buffer = EMPTY;

  constructor(stream: AsyncIterable<Buffer>) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  /** Returns the next bytes up to `separator`, which is dropped; undefined at the end, where an unfinished piece is dropped too. */
  async readUntil(separator: number): Promise<Buffer | undefined> {
    const parts: Buffer[] = [];
    for (;;) {
      const end = this.#rest.indexOf(separator);
      if (end >= 0) {
        parts.push(this.#rest.subarray(0, end));
        this.#rest = this.#rest.subarray(end + 1);
        return parts.length === 1 ? parts[0] : Buffer.concat(parts);
      }
      parts.push(this.#rest);
      if (!(await this.#pull())) return undefined;
    }
  }

  /** Returns exactly `length` bytes, or undefined where the stream ends before. */
  async readBytes(length: number): Promise<Buffer | undefined> {
    if (length <= this.#rest.length) return this.#take(length);
    const bytes = Buffer.allocUnsafeSlow(length);
    for (let filled = 0; ; ) {
      filled += this.#take(Math.min(length - filled, this.#rest.length)).copy(bytes, filled);
      if (filled === length) return bytes;
      if (!(await this.#pull())) return undefined;
    }
  }

  #take(length: number): Buffer {
    const taken = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return taken;
  }

  /** Replaces the rest, which the caller has taken, by the next chunk. */
  async #pull(): Promise<boolean> {
    const { done, value } = await this.#chunks.next();
    this.#rest = done === true ? EMPTY : value;
    return done !== true;
  }
}
