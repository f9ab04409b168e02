/** Takes an object from a remote into the cache: resumed where it was cut short, both digests proven while it is written. */
import { createHash, type Hash, randomUUID } from 'node:crypto';
import { chmodSync, closeSync, fsync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { RegistryError } from '../domain/errors.ts';
import type { IncomingObject } from '../ports/weights-cache.ts';
import { type CacheFolder, quarantineFolder, temporaryFolder } from './content-path.ts';
import { assertSpace } from './disk-space.ts';
import { makeFolder, syncFolder } from './durable-file.ts';
import { faultsAt, toFileFault } from './file-fault.ts';
import { OBJECT_MODE } from './name-again.ts';
import { openPartial, type PartialFile, releasePartial, removePartials } from './partial-file.ts';
import { placeObject } from './place-object.ts';
import { CHUNK_BYTES } from './read-chunks.ts';

const fsyncLater: (fd: number) => Promise<void> = promisify(fsync);

/** How often a remote may break off without having sent a byte more. */
const PATIENCE = 3;
/** Before the first such retry, in milliseconds; then twice as long each time. */
const PAUSE = 300;

/**
 * Receives. Throws `corrupt-weights` with data `{sha256, quarantined}` for bytes that are not the object's, which are in
 * quarantine then; what `open` throws, once it has failed too often, with what arrived kept for the next attempt.
 */
export async function receiveObject(
  cache: CacheFolder,
  object: IncomingObject,
  signal: AbortSignal | undefined,
): Promise<void> {
  let outcome = await receiveOnce(cache, object, signal);
  // The beginning may be another remote's, and the fault that one's: all of it from this one, then.
  if (outcome?.resumed) outcome = await receiveOnce(cache, object, signal);
  if (outcome === undefined) return;
  const { sha256 } = object;
  throw new RegistryError('corrupt-weights', `${sha256}: ${outcome.problem}`, {
    data: { sha256, quarantined: outcome.quarantined },
  });
}

/** Bytes that are not the object's. */
interface BadBytes {
  readonly problem: string;
  readonly quarantined: string;
  readonly resumed: boolean;
}

/** Receives one file's worth of bytes, and places them when they are good. */
async function receiveOnce(
  cache: CacheFolder,
  object: IncomingObject,
  signal: AbortSignal | undefined,
): Promise<BadBytes | undefined> {
  const folder = temporaryFolder(cache.folder, 'sha256');
  makeFolder(folder, cache);
  const part = openPartial(folder, object.sha256, object.bytes);
  const arrival = new Arrival(part, object, signal);
  let problem: string | undefined;
  try {
    await assertSpace(cache.folder, object.bytes - part.bytes);
    problem = await arrival.receive();
    await faultsAt(part.path, () => fsyncLater(part.fd));
  } catch (error) {
    object.moved?.(-arrival.received);
    releasePartial(part, folder, object.sha256);
    // A full disk stays full as long as the part lies there.
    if (error instanceof RegistryError && error.code === 'no-space') removePartials(folder, object.sha256);
    throw error;
  }
  closeSync(part.fd);
  if (problem === undefined) {
    await place(cache, part.path, object);
    return undefined;
  }
  object.moved?.(-arrival.received);
  return { problem, quarantined: keepBad(cache, part.path, object), resumed: part.bytes > 0 };
}

async function place(cache: CacheFolder, made: string, object: IncomingObject): Promise<void> {
  try {
    chmodSync(made, OBJECT_MODE);
    await placeObject(cache, made, object);
  } finally {
    rmSync(made, { force: true });
  }
}

/** Moves bytes that are no object's to quarantine: somebody may want to know what the remote sent. */
function keepBad(cache: CacheFolder, path: string, { sha256 }: IncomingObject): string {
  const quarantine = quarantineFolder(cache.folder);
  makeFolder(quarantine, cache);
  const target = join(quarantine, `sha256-${sha256}-${randomUUID()}`);
  try {
    renameSync(path, target);
  } catch (error) {
    throw toFileFault(error, target);
  }
  syncFolder(quarantine);
  return target;
}

/** Tells whether a remote may do better when asked again. */
function isPassing(error: unknown): boolean {
  return error instanceof RegistryError && error.code === 'weights-remote-unreachable';
}

function brokenOff({ sha256, bytes }: IncomingObject, at: number): RegistryError {
  return new RegistryError('weights-remote-unreachable', `${sha256}: broke off after ${at} of ${bytes} bytes`, {
    data: { sha256, at, bytes },
  });
}

/** One object on its way in. */
class Arrival {
  readonly #part: PartialFile;
  readonly #object: IncomingObject;
  readonly #signal: AbortSignal | undefined;
  readonly #sha256: Hash = createHash('sha256');
  readonly #md5: Hash = createHash('md5');
  #at = 0;

  constructor(part: PartialFile, object: IncomingObject, signal: AbortSignal | undefined) {
    this.#part = part;
    this.#object = object;
    this.#signal = signal;
  }

  /** Bytes that are there. */
  get received(): number {
    return this.#at;
  }

  /** Receives until all is there, over as many streams as it takes. Returns what is wrong with the bytes, or undefined. */
  async receive(): Promise<string | undefined> {
    this.#readPart();
    for (let failures = 0; this.#at < this.#object.bytes; ) {
      const before = this.#at;
      try {
        if (!(await this.#drain())) return `expected ${this.#object.bytes} bytes, got more`;
        if (this.#at < this.#object.bytes) throw brokenOff(this.#object, this.#at);
      } catch (error) {
        if (!isPassing(error)) throw error;
        failures = this.#at > before ? 1 : failures + 1;
        if (failures >= PATIENCE) throw error;
        await wait(PAUSE * 2 ** failures, undefined, this.#signal === undefined ? {} : { signal: this.#signal });
      }
    }
    return this.#judge();
  }

  /** Digests what is there: the hash functions cannot be resumed. */
  #readPart(): void {
    const space = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    while (this.#at < this.#part.bytes) {
      const length = readSync(this.#part.fd, space, 0, space.length, this.#at);
      if (length === 0) break;
      this.#digest(space.subarray(0, length));
    }
    this.#object.moved?.(this.#at);
  }

  /** Writes one stream down; false as soon as it holds more than the object does. */
  async #drain(): Promise<boolean> {
    for await (const chunk of await this.#object.open(this.#at)) {
      this.#signal?.throwIfAborted();
      if (this.#at + chunk.length > this.#object.bytes) return false;
      this.#write(chunk);
      this.#digest(chunk);
      this.#object.moved?.(chunk.length);
    }
    return true;
  }

  #write(chunk: Uint8Array): void {
    try {
      for (let written = 0; written < chunk.length; ) {
        written += writeSync(this.#part.fd, chunk, written, chunk.length - written, this.#at + written);
      }
    } catch (error) {
      throw toFileFault(error, this.#part.path);
    }
  }

  #digest(chunk: Uint8Array): void {
    this.#sha256.update(chunk);
    this.#md5.update(chunk);
    this.#at += chunk.length;
  }

  #judge(): string | undefined {
    const [sha256, md5] = [this.#sha256.digest('hex'), this.#md5.digest('hex')];
    if (sha256 !== this.#object.sha256) return `expected SHA-256 ${this.#object.sha256}, got ${sha256}`;
    return md5 === this.#object.md5 ? undefined : `expected MD5 ${this.#object.md5}, got ${md5}`;
  }
}
