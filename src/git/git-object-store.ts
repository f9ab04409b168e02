/** Objects of a real repository: read by `git cat-file`, written as one pack that git checks and stores (architecture §3). */
import type { ObjectId } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import type { NewObject, ObjectType } from '../domain/git-object.ts';
import type { ObjectAddress, ObjectHeader, ObjectStore, StoredObject } from '../ports/object-store.ts';
import { ByteReader } from './byte-reader.ts';
import { type Answer, readHeader, readObject } from './cat-file-answer.ts';
import { CatFileChild, reportsError } from './cat-file-child.ts';
import { DURABLE_FLAGS } from './git-environment.ts';
import { feed, type GitRunner } from './git-runner.ts';
import { assertAddress } from './object-address.ts';
import { objectIdOf } from './object-id.ts';
import { encodePack } from './pack-stream.ts';
import type { Repository } from './repository.ts';

/** Up to so many objects become files of their own; more stay one pack (git's own fetch.unpackLimit). */
const LOOSE_LIMIT = 100;
const LOOSE = { args: [...DURABLE_FLAGS, 'unpack-objects', '-q'], level: 0 };
const PACKED = { args: [...DURABLE_FLAGS, 'index-pack', '--stdin'], level: 6 };
/** Characters of a write to `cat-file`. */
const CHUNK = 16_384;

/** The object store of one repository. Its child process is started by the first read and ended by `close`. */
export class GitObjectStore implements ObjectStore {
  readonly format: 'sha1' | 'sha256';
  readonly #git: GitRunner;
  readonly #child: CatFileChild;

  constructor(repository: Repository, git: GitRunner) {
    this.format = repository.objectFormat;
    this.#git = git;
    this.#child = new CatFileChild(git);
  }

  hash(type: ObjectType, body: Uint8Array): ObjectId {
    return objectIdOf(this.format, type, body);
  }

  async find(address: ObjectAddress): Promise<StoredObject | undefined> {
    assertAddress(address, this.format);
    return this.#child.readObject(address);
  }

  async findHeader(address: ObjectAddress): Promise<ObjectHeader | undefined> {
    assertAddress(address, this.format);
    return this.#child.readHeader(address);
  }

  /** Throws `corrupt-object` as soon as bytes are wrong, and at the end where git has called a damaged object missing. */
  findAll(addresses: Iterable<ObjectAddress> | AsyncIterable<ObjectAddress>): AsyncIterable<StoredObject | undefined> {
    return this.#askAll(['cat-file', '--batch', '--buffer'], addresses, readObject);
  }

  async findMissing(ids: readonly ObjectId[]): Promise<readonly ObjectId[]> {
    const missing: ObjectId[] = [];
    let at = 0;
    for await (const info of this.#askAll(['cat-file', '--batch-check', '--buffer'], ids, readHeader)) {
      if (info === undefined) missing.push(ids[at] as ObjectId);
      at += 1;
    }
    return missing;
  }

  async write(objects: readonly NewObject[]): Promise<void> {
    const distinct = [...new Map(objects.map((object) => [object.id, object])).values()];
    if (distinct.length === 0) return;
    for (const object of distinct) this.#assertId(object);
    const { args, level } = distinct.length > LOOSE_LIMIT ? PACKED : LOOSE;
    await this.#git.read(args, { input: encodePack(distinct, this.format, level) });
  }

  /** Ends the child process, so that node can exit. */
  close(): Promise<void> {
    return this.#child.close();
  }

  /** Asks one process for all; it answers while it is still being asked, so neither side holds more than pipes do. */
  async *#askAll<T>(
    args: readonly string[],
    addresses: Iterable<ObjectAddress> | AsyncIterable<ObjectAddress>,
    read: (reader: ByteReader) => Promise<Answer<T>>,
  ): AsyncGenerator<T | undefined> {
    const { process, ended } = this.#git.start(args);
    const asked = { count: 0 };
    const feeding = feed(process, questions(addresses, this.format, asked));
    feeding.catch(() => undefined);
    const reader = new ByteReader(process.stdout);
    try {
      let answered = 0;
      for (let answer = await read(reader); answer.kind === 'answer'; answer = await read(reader)) {
        answered += 1;
        yield answer.object;
      }
      await feeding;
      const end = await ended;
      if (end.exitCode !== 0 || answered !== asked.count || reportsError(end.stderr))
        throw await this.#git.fault(args, end, 'corrupt-object');
    } finally {
      process.kill();
    }
  }

  /** A pack carries no ids: git would store the body under its true one, and a ref would point to nothing. */
  #assertId({ type, body, id }: NewObject): void {
    const actual = this.hash(type, body);
    if (actual !== id) throw new RegistryError('bug', `${type}: expected object id ${id}, got ${actual}`);
  }
}

/** Yields the input of `cat-file --batch` in pieces worth a write, and counts the addresses. */
async function* questions(
  addresses: Iterable<ObjectAddress> | AsyncIterable<ObjectAddress>,
  format: 'sha1' | 'sha256',
  asked: { count: number },
): AsyncGenerator<string> {
  let chunk = '';
  for await (const address of addresses) {
    assertAddress(address, format);
    asked.count += 1;
    chunk += `${address}\n`;
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = '';
  }
  yield chunk;
}
