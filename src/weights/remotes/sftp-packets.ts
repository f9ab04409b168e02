/** Packets of SFTP version 3: a length, a type, and fields in network order. */

/** The type of an answer that is a status: 0 for well done. */
export const STATUS = 101;
/** Larger packets are no answer to anything that is asked here. */
const PACKET_LIMIT = 1024 * 1024;

/** A field of a request. */
export type RequestField = { readonly u32: number } | { readonly u64: number } | { readonly text: string | Uint8Array };

/** An answer. */
export interface Answer {
  readonly type: number;
  readonly fields: Fields;
}

/** Returns the bytes of a packet. */
export function encodeRequest(type: number, fields: readonly RequestField[]): Buffer {
  const body = Buffer.concat(fields.map(encodeField));
  const head = Buffer.alloc(5);
  head.writeUInt32BE(body.length + 1, 0);
  head.writeUInt8(type, 4);
  return Buffer.concat([head, body]);
}

function encodeField(field: RequestField): Buffer {
  if ('u32' in field) return fixed(4, (bytes) => bytes.writeUInt32BE(field.u32));
  if ('u64' in field) return fixed(8, (bytes) => bytes.writeBigUInt64BE(BigInt(field.u64)));
  const body = Buffer.from(field.text);
  return Buffer.concat([fixed(4, (bytes) => bytes.writeUInt32BE(body.length)), body]);
}

function fixed(length: number, write: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.alloc(length);
  write(bytes);
  return bytes;
}

/** Reads fields one after the other. Throws RangeError where they end too early. */
export class Fields {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  u32(): number {
    const value = this.#bytes.readUInt32BE(this.#at);
    this.#at += 4;
    return value;
  }

  u64(): number {
    const value = this.#bytes.readBigUInt64BE(this.#at);
    this.#at += 8;
    return Number(value);
  }

  bytes(): Buffer {
    const length = this.u32();
    if (this.#at + length > this.#bytes.length) throw new RangeError('a field is longer than its packet');
    const value = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return value;
  }

  text(): string {
    return this.bytes().toString();
  }
}

/** Cuts a stream into packets. */
export class PacketReader {
  readonly #take: (type: number, fields: Fields) => void;
  #chunks: Buffer[] = [];
  #held = 0;

  constructor(take: (type: number, fields: Fields) => void) {
    this.#take = take;
  }

  /** Takes the next bytes. Throws where they are no packet. */
  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#held += chunk.length;
    for (;;) {
      if (this.#held < 5) return;
      let all = this.#chunks[0] ?? chunk;
      if (all.length < 4) all = this.#joined();
      const length = all.readUInt32BE(0);
      if (length < 1 || length > PACKET_LIMIT) throw new RangeError(`a packet of ${length} bytes`);
      if (this.#held < length + 4) return;
      all = this.#joined();
      const rest = all.subarray(length + 4);
      this.#chunks = rest.length === 0 ? [] : [rest];
      this.#held = rest.length;
      this.#take(all.readUInt8(4), new Fields(all.subarray(5, length + 4)));
    }
  }

  #joined(): Buffer {
    const [first] = this.#chunks;
    const all = first !== undefined && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks);
    this.#chunks = [all];
    return all;
  }
}
