import {
  chmodSync,
  closeSync,
  cpSync,
  mkdirSync,
  openSync,
  readdirSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { SILENT } from '../../../src/ports/progress.ts';
import { contentPath } from '../../../src/weights/content-path.ts';
import { digestBytes } from '../../../src/weights/digest-file.ts';
import { LocalCache } from '../../../src/weights/local-cache.ts';
import { CHUNK_BYTES } from '../../../src/weights/read-chunks.ts';
import { temporaryFolder } from '../../support/temporary-repository.ts';
import { randomFile } from './sample-files.ts';

/** A file that is large enough to be looked for before it is copied, and a cache of DVC's. */
function start() {
  const folder = temporaryFolder();
  const path = join(folder, 'model.bin');
  const body = randomFile(path, 64 * CHUNK_BYTES + 1);
  const cache = new LocalCache({ folder: join(folder, 'cache'), owner: 'dvc', shared: false });
  return { folder, path, body, cache, digests: digestBytes(body) };
}

/** Stores a file and returns the names of the pieces of work that were shown. */
async function labelsOf(cache: LocalCache, path: string): Promise<readonly string[]> {
  const labels: string[] = [];
  await cache.ingest(path, {
    start: (label, total, unit) => {
      labels.push(label);
      return SILENT.start(label, total, unit);
    },
  });
  return labels;
}

/** Changes a byte in place. */
function poke(path: string, at: number): void {
  chmodSync(path, 0o644);
  const fd = openSync(path, 'r+');
  writeSync(fd, Buffer.from([0]), 0, 1, at);
  closeSync(fd);
  chmodSync(path, 0o444);
}

const STORED = ['storing model.bin'];
const FOUND = ['storing model.bin', 'checking model.bin'];

test('a large file is copied once; the second time it is read, and so is what is stored', async () => {
  const { path, cache, digests } = start();
  expect(await labelsOf(cache, path)).toEqual(STORED);
  const object = contentPath(cache.folder, 'sha256', digests.sha256);
  utimesSync(object, 1, 1);
  const before = Date.now() - 60_000;
  const { ino } = statSync(object);
  expect(await labelsOf(cache, path)).toEqual(FOUND);
  expect(statSync(object)).toMatchObject({ ino, nlink: 2 });
  expect(statSync(object).mtimeMs).toBeGreaterThan(before);
  expect(readdirSync(join(cache.folder, 'files', 'sha256', 'tmp'))).toEqual([]);
});

test("an object of DVC's gets our name without a copy", async () => {
  const { path, cache, digests } = start();
  const dvcs = contentPath(cache.folder, 'md5', digests.md5);
  mkdirSync(dirname(dvcs), { recursive: true });
  cpSync(path, dvcs);
  chmodSync(dvcs, 0o444);
  expect(await labelsOf(cache, path)).toEqual(FOUND);
  expect(await cache.inspect(digests, { hash: true })).toEqual({ kind: 'present' });
  expect(statSync(contentPath(cache.folder, 'sha256', digests.sha256)).ino).toBe(statSync(dvcs).ino);
});

test('another version of the same size is copied at once', async () => {
  const { folder, path, body, cache } = start();
  await cache.ingest(path);
  const other = join(folder, 'model.bin');
  body[0] = (body[0] ?? 0) ^ 1;
  writeFileSync(other, body);
  expect(await labelsOf(cache, other)).toEqual(STORED);
});

test('a version that differs in one byte between the samples is stored too', async () => {
  const { path, cache, body, digests } = start();
  await cache.ingest(path);
  body[5 * CHUNK_BYTES] = (body[5 * CHUNK_BYTES] ?? 0) ^ 1;
  writeFileSync(path, body);
  const other = await cache.ingest(path);
  expect(other).toEqual(digestBytes(body));
  for (const found of [digests, other]) expect(await cache.inspect(found, { hash: true })).toEqual({ kind: 'present' });
});

test.each([5 * CHUNK_BYTES, 0])(
  'an object that is damaged at %i is not taken for the file: it is stored again',
  async (at) => {
    const { path, cache, body, digests } = start();
    await cache.ingest(path);
    body[at] = 1;
    writeFileSync(path, body);
    const expected = await cache.ingest(path);
    poke(contentPath(cache.folder, 'sha256', expected.sha256), at);
    expect(await cache.ingest(path)).toEqual(expected);
    expect(await cache.inspect(expected, { hash: true })).toEqual({ kind: 'present' });
    expect(await cache.inspect(digests, { hash: true })).toEqual({ kind: 'present' });
  },
);

test('a file that changes while it is compared is refused', async () => {
  const { path, cache } = start();
  await cache.ingest(path);
  const progress = { start: () => ({ add: () => truncateSync(path, CHUNK_BYTES), end: () => undefined }) };
  await expect(cache.ingest(path, progress)).rejects.toMatchObject({ code: 'changed-while-reading', data: { path } });
});
