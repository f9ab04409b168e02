/** The contract of ports/object-store.ts, run by every adapter over real repositories. */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ObjectId } from '../../src/domain/digest.ts';
import type { NewObject, ObjectType } from '../../src/domain/git-object.ts';
import type { ObjectAddress, ObjectStore } from '../../src/ports/object-store.ts';
import { looseCommit, type TemporaryRepository, temporaryRepository } from '../support/temporary-repository.ts';

/** An open store, and how to let go of it. */
export interface OpenStore<T> {
  readonly store: T;
  close(): Promise<void>;
}

/** What an adapter leaves out by design. */
export interface Capabilities {
  /** It writes; without, every write throws `git-missing`. */
  readonly writes: boolean;
  readonly sha256: boolean;
  readonly worktrees: boolean;
}

/** Opens a store on a repository as a test has made it. */
export type StoreMaker<T> = (repository: TemporaryRepository) => Promise<OpenStore<T>>;

/** Opens a store for the running test. */
export async function openFor<T>(make: StoreMaker<T>, repository: TemporaryRepository): Promise<T> {
  const { store, close } = await make(repository);
  onTestFinished(close);
  return store;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function blobs(store: ObjectStore, texts: readonly string[]): readonly NewObject[] {
  return texts.map((text) => ({ type: 'blob', id: store.hash('blob', bytes(text)), body: bytes(text) }));
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Runs the suite. */
export function describeObjectStore(name: string, make: StoreMaker<ObjectStore>, capabilities: Capabilities): void {
  const formats = capabilities.sha256 ? (['sha1', 'sha256'] as const) : (['sha1'] as const);
  describe.each(formats)(`${name} in a %s repository`, (objectFormat) => {
    const start = async (): Promise<{ repository: TemporaryRepository; store: ObjectStore }> => {
      const repository = temporaryRepository({ objectFormat });
      return { repository, store: await openFor(make, repository) };
    };
    const absent = 'ab'.repeat(objectFormat === 'sha1' ? 20 : 32) as ObjectId;

    describeReading(start, absent);
    describeReadingMany(start, absent);
    describeDamage(start);
    if (capabilities.writes) describeWriting(start);
    else refusesToWrite(start);
  });
}

type Start = () => Promise<{ repository: TemporaryRepository; store: ObjectStore }>;

function describeReading(start: Start, absent: ObjectId): void {
  test.each([
    ['text', bytes('hello\n')],
    ['nothing', new Uint8Array()],
    ['what looks like an answer', bytes(`${absent} blob 3\nabc\n${absent} missing\n`)],
    ['bytes of every value', Uint8Array.from({ length: 256 }, (_, index) => index)],
    ['more than a pipe holds', new Uint8Array(3_000_000).fill(7)],
  ])('find returns a blob of %s', async (_what, body) => {
    const { repository, store } = await start();
    const id = repository.git(['hash-object', '-w', '--stdin'], body) as ObjectId;
    const found = await store.find(id);
    expect(found).toMatchObject({ id, type: 'blob' });
    expect(Buffer.compare(found?.body ?? new Uint8Array(1), body)).toBe(0);
    expect(await store.findHeader(id)).toEqual({ id, type: 'blob', bytes: body.length });
  });

  test('find returns trees, commits and tags as they are', async () => {
    const { repository, store } = await start();
    const commit = looseCommit(repository, 'a commit');
    repository.git(['tag', '-a', '-m', 'a tag', 'v1', commit]);
    const ids = {
      commit,
      tree: repository.git(['rev-parse', `${commit}^{tree}`]),
      tag: repository.git(['rev-parse', 'v1']),
    };
    for (const [type, id] of Object.entries(ids)) {
      const body = bytes(repository.tryGit(['cat-file', type, id]).stdout);
      expect(await store.find(id)).toEqual({ id, type, body: expect.anything() });
      expect(Buffer.from((await store.find(id))?.body ?? [])).toEqual(Buffer.from(body));
    }
  });

  test('find follows a path in the tree of a commit, whatever its name', async () => {
    const { repository, store } = await start();
    for (const path of ['plain', 'with space', 'Größe.json', 'a blob 3', 'missing']) {
      writeFileSync(join(repository.folder, path), path);
      repository.git(['add', '--', path]);
    }
    const tree = repository.git(['write-tree']);
    const commit = repository.git(['commit-tree', tree], 'files\n');
    for (const path of ['plain', 'with space', 'Größe.json', 'a blob 3', 'missing']) {
      expect(Buffer.from((await store.find(`${commit}:${path}`))?.body ?? []).toString()).toBe(path);
    }
    expect(await store.find(`${commit}:absent`)).toBeUndefined();
    expect(await store.find(`${commit}:plain/deeper`)).toBeUndefined();
    expect((await store.find(`${tree}:plain`))?.type).toBe('blob');
  });

  test('find and findHeader return undefined where there is no such object', async () => {
    const { repository, store } = await start();
    expect(await store.find(absent)).toBeUndefined();
    expect(await store.findHeader(absent)).toBeUndefined();
    expect(await store.find(`${absent}:path`)).toBeUndefined();
    const id = repository.git(['hash-object', '-w', '--stdin'], 'there') as ObjectId;
    expect(await store.findHeader(id)).toEqual({ id, type: 'blob', bytes: 5 });
  });

  test('find never takes an address for a ref name', async () => {
    const { repository, store } = await start();
    repository.git(['update-ref', 'refs/heads/main', looseCommit(repository, 'tip')]);
    for (const address of ['main', 'HEAD', absent.slice(0, 12), `${absent}\nHEAD`, '']) {
      await expect(store.find(address)).rejects.toMatchObject({ code: 'bug' });
    }
  });

  test('find sees what other processes write after it was asked first', async () => {
    const { repository, store } = await start();
    const id = store.hash('blob', bytes('later'));
    expect(await store.find(id)).toBeUndefined();
    repository.git(['hash-object', '-w', '--stdin'], 'later');
    expect(await store.find(id)).toMatchObject({ id, type: 'blob' });
  });

  test('find reads packed objects, deltas included', async () => {
    const { repository, store } = await start();
    const texts = Array.from({ length: 20 }, (_, index) => `${'same line\n'.repeat(500)}${index}`);
    const ids = texts.map((text, index) => {
      const id = repository.git(['hash-object', '-w', '--stdin'], text);
      repository.git(['update-ref', `refs/tags/t${index}`, id]);
      return id;
    });
    repository.git(['repack', '-adfq', '--depth=10', '--window=10']);
    expect(readdirSync(join(repository.gitDir, 'objects', 'pack')).some((file) => file.endsWith('.pack'))).toBe(true);
    for (const [index, id] of ids.entries()) {
      expect(Buffer.from((await store.find(id))?.body ?? []).toString()).toBe(texts[index]);
    }
  });

  test('find answers questions that are asked at the same time each with its own object', async () => {
    const { repository, store } = await start();
    const texts = Array.from({ length: 30 }, (_, index) => 'x'.repeat(index * 1000));
    const ids = texts.map((text) => repository.git(['hash-object', '-w', '--stdin'], text));
    const found = await Promise.all(ids.map((id) => store.find(id)));
    expect(found.map((object) => object?.id)).toEqual(ids);
    expect(found.map((object) => object?.body.length)).toEqual(texts.map((text) => text.length));
  });

  test.each<[ObjectType, Uint8Array]>([
    ['blob', bytes('some text')],
    ['tree', new Uint8Array()],
    ['commit', bytes('tree ...')],
  ])('hash gives a %s the id that git gives it', async (type, body) => {
    const { repository, store } = await start();
    expect(store.hash(type, body)).toBe(repository.git(['hash-object', '-t', type, '--literally', '--stdin'], body));
  });
}

function describeReadingMany(start: Start, absent: ObjectId): void {
  const seed = (repository: TemporaryRepository, count: number): readonly ObjectId[] =>
    Array.from(
      { length: count },
      (_, index) => repository.git(['hash-object', '-w', '--stdin'], String(index)) as ObjectId,
    );

  test('findAll answers in order, with gaps and repeats', async () => {
    const { repository, store } = await start();
    const ids = seed(repository, 5);
    const asked: ObjectAddress[] = [ids[3] ?? '', absent, ids[0] ?? '', ids[3] ?? '', `${ids[0]}:path`, ids[4] ?? ''];
    const found = await collect(store.findAll(asked));
    expect(found.map((object) => object && Buffer.from(object.body).toString())).toEqual([
      '3',
      undefined,
      '0',
      '3',
      undefined,
      '4',
    ]);
  });

  test('findAll takes addresses as they come, and none at all', async () => {
    const { repository, store } = await start();
    const ids = seed(repository, 3);
    const source = async function* (): AsyncGenerator<ObjectAddress> {
      for (const id of ids) yield await Promise.resolve(id);
    };
    expect((await collect(store.findAll(source()))).map((object) => object?.id)).toEqual(ids);
    expect(await collect(store.findAll([]))).toEqual([]);
  });

  test('findAll can be left in the middle, and the store goes on', async () => {
    const { repository, store } = await start();
    const ids = seed(repository, 3);
    const many = Array.from({ length: 5000 }, (_, index) => ids[index % 3] ?? absent);
    for await (const object of store.findAll(many)) {
      expect(object?.id).toBe(ids[0]);
      break;
    }
    expect((await collect(store.findAll(many))).length).toBe(5000);
  });

  test('findAll fails as its source fails', async () => {
    const { repository, store } = await start();
    const [id = absent] = seed(repository, 1);
    const source = function* (): Generator<ObjectAddress> {
      yield id;
      throw new Error('the source has failed');
    };
    await expect(collect(store.findAll(source()))).rejects.toThrow('the source has failed');
    await expect(collect(store.findAll([id, 'HEAD']))).rejects.toMatchObject({ code: 'bug' });
  });

  test('findMissing returns the ids that are not there, in order', async () => {
    const { repository, store } = await start();
    const [first = absent, second = absent] = seed(repository, 2);
    const other = 'cd'.repeat(absent.length / 2) as ObjectId;
    expect(await store.findMissing([other, first, absent, second])).toEqual([other, absent]);
    expect(await store.findMissing([])).toEqual([]);
  });
}

function describeDamage(start: Start): void {
  const pathOf = (repository: TemporaryRepository, id: string): string => {
    return join(repository.gitDir, 'objects', id.slice(0, 2), id.slice(2));
  };

  test.each<[string, (bytes: Buffer, other: Buffer) => Uint8Array]>([
    ['garbage', () => Buffer.from('not a zlib stream')],
    ['empty', () => new Uint8Array()],
    ['cut short', (bytes) => bytes.subarray(0, bytes.length / 2)],
    ['another object', (_bytes, other) => other],
  ])('an object that is %s is a fault, and the store goes on', async (_how, damage) => {
    const { repository, store } = await start();
    const bad = repository.git(['hash-object', '-w', '--stdin'], randomBytes(100_000));
    const good = repository.git(['hash-object', '-w', '--stdin'], 'is well');
    const damaged = damage(readFileSync(pathOf(repository, bad)), readFileSync(pathOf(repository, good)));
    rmSync(pathOf(repository, bad));
    writeFileSync(pathOf(repository, bad), damaged);
    await expect(store.find(bad)).rejects.toMatchObject({ code: 'corrupt-object' });
    expect(await store.find(good)).toMatchObject({ id: good });
    await expect(collect(store.findAll([good, bad, good]))).rejects.toMatchObject({ code: 'corrupt-object' });
    expect(await store.find(good)).toMatchObject({ id: good });
  });
}

function describeWriting(start: Start): void {
  const count = (repository: TemporaryRepository): string => repository.git(['count-objects', '-v']);

  test('write stores blobs, trees and commits as git would', async () => {
    const { repository, store } = await start();
    const [blob] = blobs(store, ['content']);
    const entry = Buffer.concat([Buffer.from('100644 file\0'), Buffer.from(blob?.id ?? '', 'hex')]);
    const tree: NewObject = { type: 'tree', id: store.hash('tree', entry), body: entry };
    const text = bytes(`tree ${tree.id}\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\nmessage\n`);
    const commit: NewObject = { type: 'commit', id: store.hash('commit', text), body: text };
    await store.write([commit, tree, ...(blob === undefined ? [] : [blob])]);
    expect(repository.git(['show', '--format=%B', `${commit.id}:file`])).toBe('content');
    expect(repository.tryGit(['fsck', '--strict', '--no-dangling']).exitCode).toBe(0);
    expect(await store.find(`${commit.id}:file`)).toMatchObject({ id: blob?.id });
  });

  test('write keeps few objects loose and many in one pack', async () => {
    const { repository, store } = await start();
    const few = blobs(
      store,
      Array.from({ length: 100 }, (_, index) => `few ${index}`),
    );
    await store.write(few);
    expect(count(repository)).toMatch(/^count: 100\n/);
    const many = blobs(
      store,
      Array.from({ length: 101 }, (_, index) => `many ${index}`),
    );
    await store.write(many);
    expect(count(repository)).toMatch(/\nin-pack: 101\npacks: 1\n/);
    expect(await store.findMissing([...few, ...many].map(({ id }) => id))).toEqual([]);
  });

  test('write takes objects that exist, twice the same, and none', async () => {
    const { store } = await start();
    const [object] = blobs(store, ['again']);
    if (object === undefined) throw new Error('no object');
    await store.write([object, object]);
    await store.write([object]);
    await store.write([]);
    expect(await store.findMissing([object.id])).toEqual([]);
  });

  test('write stores sizes on both sides of each byte of a pack header', async () => {
    const { store } = await start();
    const sizes = [0, 1, 15, 16, 2047, 2048, 262_143, 262_144, 3_000_000];
    const objects = sizes.map((size): NewObject => {
      const body = new Uint8Array(size).fill(size % 251);
      return { type: 'blob', id: store.hash('blob', body), body };
    });
    await store.write(objects);
    for (const { id, body } of objects) expect((await store.findHeader(id))?.bytes).toBe(body.length);
  });

  test("write refuses an id that is not the body's, and writes nothing", async () => {
    const { repository, store } = await start();
    const [first, second] = blobs(store, ['one', 'two']);
    if (first === undefined || second === undefined) throw new Error('no objects');
    await expect(store.write([first, { ...second, id: first.id }, { ...first, id: second.id }])).rejects.toMatchObject({
      code: 'bug',
    });
    expect(count(repository)).toMatch(/^count: 0\n/);
  });
}

function refusesToWrite(start: Start): void {
  test('write says that it takes git', async () => {
    const { store } = await start();
    await expect(store.write(blobs(store, ['x']))).rejects.toMatchObject({ code: 'git-missing' });
  });
}
