/** The weights cache on a local disk: the layout of DVC 3 beside names of our own (format §8.1, §8.2). */
import { chmodSync, readFileSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import type { Md5 } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import type { Progress } from '../ports/progress.ts';
import type { CacheState, FileDigests, IncomingObject, WeightsCache } from '../ports/weights-cache.ts';
import { adoptInside } from './adopt-inside.ts';
import { adoptObject } from './adopt-object.ts';
import { type CacheFolder, contentPath, temporaryFolder } from './content-path.ts';
import { digestBytes, digestFile, digestOpenFile, writeAll, writeStream } from './digest-file.ts';
import { assertSpace } from './disk-space.ts';
import { makeFolder, syncFile, withTemporaryPath, writeNewFile } from './durable-file.ts';
import { faultsAt } from './file-fault.ts';
import { findNode } from './find-source.ts';
import { hasSize, inspectObject, isGoodObject, namesOf } from './inspect-object.ts';
import { legacyMd5Of } from './legacy-digest.ts';
import { isLikelyStored } from './likely-object.ts';
import { tryCloneOpenFile } from './link-file.ts';
import { type CachedObject, listObjects, removeUnfinished } from './list-objects.ts';
import { nameAgain, OBJECT_MODE } from './name-again.ts';
import { withOpenFile } from './open-file.ts';
import { placeObject } from './place-object.ts';
import { moveToQuarantine } from './quarantine.ts';
import type { ReadOptions } from './read-chunks.ts';
import { corrupt, readObject } from './read-object.ts';
import { receiveObject } from './receive-object.ts';
import { ObjectRemover, type RemovedObject } from './remove-object.ts';

/** Mode of a file that is still being written: nobody else reads it. */
const UNFINISHED_MODE = 0o600;

/** Bytes of which DVC's digest is known and, at most, how many there are. */
export interface TrackedBytes {
  readonly md5: Md5;
  readonly isLegacy: boolean;
  readonly bytes: number | undefined;
}

/** Stores weights in a cache folder. The signal gives up whatever is being read. */
export class LocalCache implements WeightsCache {
  readonly #cache: CacheFolder;
  readonly #signal: AbortSignal | undefined;
  readonly #remover: ObjectRemover;

  constructor(cache: CacheFolder, signal?: AbortSignal) {
    this.#cache = cache;
    this.#signal = signal;
    this.#remover = new ObjectRemover(cache);
  }

  get folder(): string {
    return this.#cache.folder;
  }

  async ingest(path: string, progress?: Progress): Promise<FileDigests> {
    const reading = { progress, signal: this.#signal, label: `storing ${basename(path)}` };
    if (path.startsWith(join(this.folder, sep))) return adoptInside(this.#cache, path, reading);
    return (await this.#findStored(path, reading)) ?? this.#store((made) => this.#copyIn(path, made, reading));
  }

  ingestBytes(body: Uint8Array): Promise<FileDigests> {
    return this.#store(async (made) => {
      await assertSpace(this.folder, body.length);
      await writeNewFile(made, UNFINISHED_MODE, (file) => writeAll(file, body));
      return digestBytes(body);
    });
  }

  receive(object: IncomingObject): Promise<void> {
    return receiveObject(this.#cache, object, this.#signal);
  }

  /** Stores bytes of which only DVC's digest is known, and returns the path of the object. Throws `corrupt-weights`. */
  async receiveTracked(bytes: AsyncIterable<Uint8Array>, output: TrackedBytes): Promise<string> {
    const { md5, isLegacy } = output;
    const digests = await this.#store(async (made) => {
      const found = await writeNewFile(made, UNFINISHED_MODE, (file) => writeStream(file, limited(bytes, output)));
      if (found.md5 === md5 || (isLegacy && legacyMd5Of(made, found.bytes) === md5)) return found;
      throw new RegistryError('corrupt-weights', `a remote has other bytes under MD5 ${md5}: ${found.md5}`, {
        data: { md5, found: found.md5 },
      });
    });
    return contentPath(this.folder, 'sha256', digests.sha256);
  }

  digestBytes(body: Uint8Array): FileDigests {
    return digestBytes(body);
  }

  digest(path: string, progress?: Progress): Promise<FileDigests> {
    return digestFile(path, { progress, signal: this.#signal, label: `hashing ${basename(path)}` });
  }

  inspect(
    digests: FileDigests,
    options: { readonly hash: boolean; readonly progress?: Progress },
  ): Promise<CacheState> {
    return inspectObject(this.#cache, digests, { ...options, signal: this.#signal });
  }

  async findPath(digests: FileDigests): Promise<string | undefined> {
    return namesOf(this.#cache, digests).find(({ path }) => hasSize(findNode(path), digests))?.path;
  }

  async findByMd5(md5: Md5, bytes: number): Promise<string | undefined> {
    const path = contentPath(this.folder, 'md5', md5);
    return findNode(path)?.size === bytes ? path : undefined;
  }

  async *read(digests: FileDigests): AsyncGenerator<Uint8Array> {
    const names = namesOf(this.#cache, digests);
    // An object of the wrong size is read too: its fault names it, where `weights-missing` would hide it.
    const path = (await this.findPath(digests)) ?? names.find((name) => findNode(name.path) !== undefined)?.path;
    if (path === undefined) {
      throw new RegistryError('weights-missing', `weights ${digests.sha256}: not in the cache`, {
        data: { sha256: digests.sha256 },
      });
    }
    yield* readObject(path, digests);
  }

  async quarantine(digests: FileDigests): Promise<readonly string[]> {
    const moved: string[] = [];
    for (const { algorithm, path } of namesOf(this.#cache, digests)) {
      const judged = findNode(path);
      if (judged === undefined || (await isGoodObject(path, digests, { signal: this.#signal }))) continue;
      const target = moveToQuarantine(this.#cache, algorithm, path, judged);
      if (target !== undefined) moved.push(target);
    }
    return moved;
  }

  async relink(digests: FileDigests): Promise<void> {
    const names = namesOf(this.#cache, digests);
    const source = names.find(({ path }) => findNode(path) !== undefined);
    const missing = names.find(({ path }) => findNode(path) === undefined);
    if (source === undefined || missing === undefined) return;
    // A name is a promise that DVC believes without reading, so both digests must hold.
    const { path } = source;
    const reading = { signal: this.#signal, label: `checking ${digests.sha256}`, ofCache: true };
    const found = await digestFile(path, reading);
    if (found.sha256 !== digests.sha256) {
      throw corrupt(path, digests, `expected SHA-256 ${digests.sha256}, got ${found.sha256}`);
    }
    if (found.md5 !== digests.md5) throw corrupt(path, digests, `expected MD5 ${digests.md5}, got ${found.md5}`);
    makeFolder(dirname(missing.path), this.#cache);
    await nameAgain(this.#cache, missing.algorithm, path, missing.path);
  }

  async trackedFolder(md5: Md5): Promise<readonly Md5[]> {
    const path = `${contentPath(this.folder, 'md5', md5)}.dir`;
    if (findNode(path)?.isFile() !== true) return [];
    const { parseDirObject } = await import('./dvc-pointer.ts');
    return parseDirObject(await faultsAt(path, () => readFileSync(path, 'utf8')), path).map((file) => file.md5);
  }

  list(): AsyncIterable<CachedObject> {
    return listObjects(this.#cache);
  }

  async remove(object: RemovedObject): Promise<void> {
    this.#remover.remove(object);
  }

  async sweep(olderThan: number): Promise<number> {
    return removeUnfinished(this.#cache, olderThan);
  }

  /** Returns the digests of a file whose bytes are in the cache, after reading both; undefined where they are not. */
  #findStored(path: string, reading: ReadOptions): Promise<FileDigests | undefined> {
    return withOpenFile(path, {}, async (source) => {
      if (!isLikelyStored(this.#cache, source)) return undefined;
      const digests = await digestOpenFile(source, reading);
      return (await adoptObject(this.#cache, digests, { ...reading, label: `checking ${basename(path)}` }))
        ? digests
        : undefined;
    });
  }

  /** Copies a file to a new one while it is read, or clones it first, and brings that to the disk. */
  #copyIn(path: string, made: string, reading: ReadOptions): Promise<FileDigests> {
    return withOpenFile(path, {}, async (source) => {
      if (tryCloneOpenFile(source, made)) {
        // A clone is a snapshot that costs nothing: what is digested is what is kept.
        chmodSync(made, UNFINISHED_MODE);
        const digests = await digestFile(made, reading);
        await syncFile(made);
        return digests;
      }
      await assertSpace(this.folder, source.bytes);
      return writeNewFile(made, UNFINISHED_MODE, (copyTo) => digestOpenFile(source, { ...reading, copyTo }));
    });
  }

  /** Lets `make` write a file and bring it to the disk, then gives it its names. */
  async #store(make: (made: string) => Promise<FileDigests>): Promise<FileDigests> {
    const temporary = temporaryFolder(this.folder, 'sha256');
    makeFolder(temporary, this.#cache);
    return withTemporaryPath(temporary, async (made) => {
      const digests = await make(made);
      chmodSync(made, OBJECT_MODE);
      await placeObject(this.#cache, made, digests);
      return digests;
    });
  }
}

/** A remote that sends more than the pointer says would fill the disk before anybody could tell. */
async function* limited(chunks: AsyncIterable<Uint8Array>, { md5, bytes }: TrackedBytes): AsyncGenerator<Uint8Array> {
  let total = 0;
  for await (const chunk of chunks) {
    total += chunk.length;
    if (bytes !== undefined && total > bytes) {
      throw new RegistryError('corrupt-weights', `MD5 ${md5}: expected ${bytes} bytes, got more`, {
        data: { md5, bytes },
      });
    }
    yield chunk;
  }
}
