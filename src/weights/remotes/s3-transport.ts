/** A bucket of S3, or of a server that speaks its protocol, as a remote. */
import { setMaxListeners } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { TransferOptions } from '../../ports/weights-remote.ts';
import { CopyObjectCommand, GetObjectCommand, HeadObjectCommand, PutObjectCommand, type S3Client } from './aws-sdk.ts';
import { unreachable } from './remote-fault.ts';
import { isEndedUpload, isNotFound, openClient, type S3Options, toFault } from './s3-client.ts';
import { PART_BYTES, type UploadTarget, uploadInParts } from './s3-multipart.ts';
import type { OutgoingFile, RemoteTransport, Span } from './transport.ts';

/** S3 copies larger objects only in parts, which is no better than sending them. */
const COPY_LIMIT = 5 * 1024 ** 3;

/** Parts of one object at a time: each takes 16 MiB of memory. */
const USUAL_PARTS = 4;

/** Opens a bucket. Nothing is asked of it before it is used. */
export async function openS3(options: S3Options, signal: AbortSignal): Promise<RemoteTransport> {
  return new S3Transport(options, await openClient(options, signal), signal);
}

/** Keeps files in a bucket. */
class S3Transport implements RemoteTransport {
  readonly #options: S3Options;
  readonly #client: S3Client;
  readonly #signal: AbortSignal;
  readonly #closing: AbortController = new AbortController();
  /** Of all requests: the SDK asks again where no more than a connection ended, also one that `close` ended. */
  readonly #requests: AbortSignal;

  constructor(options: S3Options, client: S3Client, signal: AbortSignal) {
    this.#options = options;
    this.#client = client;
    this.#signal = signal;
    this.#requests = AbortSignal.any([signal, this.#closing.signal]);
    // Each request in flight listens.
    setMaxListeners(0, this.#requests);
  }

  find(key: string): Promise<{ readonly bytes: number | undefined } | undefined> {
    return this.#faults(async () => {
      try {
        const head = await this.#client.send(new HeadObjectCommand(this.#place(key)), this.#abort());
        return { bytes: head.ContentLength };
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
      }
    });
  }

  /** Parts are fetched ahead, several at a time, and given out in order. */
  async *read(key: string, { offset, bytes, parts = USUAL_PARTS }: Span): AsyncGenerator<Uint8Array> {
    const end = bytes ?? (await this.find(key))?.bytes ?? 0;
    const ahead: Promise<Uint8Array>[] = [];
    let at = offset;
    while (at < end || ahead.length > 0) {
      while (at < end && ahead.length < parts) {
        const length = Math.min(PART_BYTES, end - at);
        const part = this.#readPart(key, at, length);
        // Waited for in its turn; until then a failure must not end the process.
        part.catch(() => undefined);
        ahead.push(part);
        at += length;
      }
      const part = await ahead.shift();
      if (part !== undefined) yield part;
    }
  }

  async write(key: string, file: OutgoingFile, options: TransferOptions): Promise<void> {
    await this.#faults(async () => {
      if (file.bytes > PART_BYTES) return this.#writeParts(key, file, options);
      const Body = await readFile(file.path);
      const ContentMD5 = Buffer.from(file.md5, 'hex').toString('base64');
      const put = { ...this.#place(key), ...this.#attributes(), Body, ContentMD5, ContentLength: file.bytes };
      await this.#client.send(new PutObjectCommand(put), this.#abort());
      options.moved?.(file.bytes);
    });
  }

  async alias(from: string, to: string, file: OutgoingFile, options: TransferOptions): Promise<void> {
    if (file.bytes > COPY_LIMIT) return this.write(to, file, options);
    await this.#faults(async () => {
      const source = this.#place(from);
      const CopySource = `${source.Bucket}/${source.Key.split('/').map(encodeURIComponent).join('/')}`;
      await this.#client.send(
        new CopyObjectCommand({ ...this.#place(to), ...this.#attributes(), CopySource }),
        this.#abort(),
      );
    });
  }

  close(): Promise<void> {
    this.#closing.abort();
    this.#client.destroy();
    return Promise.resolve();
  }

  async #writeParts(key: string, file: OutgoingFile, options: TransferOptions): Promise<void> {
    const target = this.#target(key, options.parts ?? USUAL_PARTS);
    try {
      await uploadInParts(target, file, options);
    } catch (error) {
      // Another clone went on with the same unfinished upload, and was first to end it.
      if (!isEndedUpload(error)) throw error;
      if ((await this.find(key))?.bytes !== file.bytes) await uploadInParts(target, file, options);
    }
  }

  /** A line that breaks costs the part that was under way, not those that others bring meanwhile. */
  #readPart(key: string, at: number, length: number): Promise<Uint8Array> {
    return this.#faults(async () => {
      const part = await this.#openPart(key, at, length);
      try {
        return await part();
      } catch (error) {
        if (this.#requests.aborted) throw error;
        const again = await this.#openPart(key, at, length);
        return await again();
      }
    });
  }

  /** Returns what brings the bytes. What fails before that the SDK has tried several times. */
  async #openPart(key: string, at: number, length: number): Promise<() => Promise<Uint8Array>> {
    const Range = `bytes=${at}-${at + length - 1}`;
    const got = await this.#client.send(new GetObjectCommand({ ...this.#place(key), Range }), this.#abort());
    // Believed before it is read, since it is read into memory.
    if (got.ContentLength !== length) {
      throw unreachable(this.#options.location, `expected ${length} bytes from ${at}, got ${got.ContentLength}`);
    }
    return async () => (await got.Body?.transformToByteArray()) ?? new Uint8Array();
  }

  #target(key: string, parallelParts: number): UploadTarget {
    const place = this.#place(key);
    return { client: this.#client, place, attributes: this.#attributes(), parallelParts, signal: this.#requests };
  }

  #place(key: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.#options.bucket, Key: `${this.#options.prefix}${key}` };
  }

  #attributes(): Record<string, never> {
    const { sse, acl } = this.#options;
    // SAFETY: the SDK's types list the values of today; a server judges what the user configured.
    return {
      ...(sse === undefined ? {} : { ServerSideEncryption: sse }),
      ...(acl === undefined ? {} : { ACL: acl }),
    } as Record<string, never>;
  }

  #abort(): { readonly abortSignal: AbortSignal } {
    return { abortSignal: this.#requests };
  }

  async #faults<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.#signal.throwIfAborted();
      throw toFault(this.#options, error);
    }
  }
}
