import { createHash } from 'node:crypto';
import {
  appendFileSync,
  closeSync,
  constants,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Progress } from '../../../src/ports/progress.ts';
import { digestBytes, digestFile, sha256File } from '../../../src/weights/digest-file.ts';
import { CHUNK_BYTES } from '../../../src/weights/read-chunks.ts';
import { temporaryFolder } from '../../support/temporary-repository.ts';
import { makeFifo, randomFile } from './sample-files.ts';

/** The smallest size at which MD5 gets a thread of its own. */
const THREADED = 64 * CHUNK_BYTES + 1;

/** Runs `act` once, when the first bytes of a file have been read. */
function onFirstRead(act: () => void): Progress {
  let isDone = false;
  const add = (): void => {
    if (isDone) return;
    isDone = true;
    act();
  };
  return { start: () => ({ add, end: () => undefined }) };
}

describe('a file', () => {
  test('of nothing has the digests of nothing', async () => {
    const path = join(temporaryFolder(), 'empty');
    writeFileSync(path, '');
    expect(await digestFile(path)).toEqual({
      sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      md5: 'd41d8cd98f00b204e9800998ecf8427e',
      bytes: 0,
    });
  });

  test.each([
    1,
    CHUNK_BYTES - 1,
    CHUNK_BYTES,
    CHUNK_BYTES + 1,
    9 * CHUNK_BYTES + 7,
    THREADED - 1,
    THREADED,
    THREADED + 5 * CHUNK_BYTES,
  ])('of %i bytes has both digests, and its copy has its bytes', async (bytes) => {
    const folder = temporaryFolder();
    const path = join(folder, 'weights');
    const body = randomFile(path, bytes);
    const copy = join(folder, 'copy');
    const fd = openSync(copy, 'w');
    onTestFinished(() => closeSync(fd));
    const found = await digestFile(path, { copyTo: { fd, path: copy } });
    expect(found).toEqual(digestBytes(body));
    expect(found.sha256).toBe(createHash('sha256').update(body).digest('hex'));
    expect(found.md5).toBe(createHash('md5').update(body).digest('hex'));
    expect(readFileSync(copy).equals(body)).toBe(true);
    expect(await sha256File(path)).toEqual({ sha256: found.sha256, bytes });
  });

  test.each([20 * CHUNK_BYTES, THREADED])(
    'of %i bytes is read while the event loop turns and progress is told',
    async (bytes) => {
      const path = join(temporaryFolder(), 'weights');
      randomFile(path, bytes);
      let turns = 0;
      const turn = (): void => {
        turns += 1;
        timer = setImmediate(turn);
      };
      let timer = setImmediate(turn);
      onTestFinished(() => clearImmediate(timer));
      const told: string[] = [];
      let sum = 0;
      let turnsWhileReading = 0;
      const add = (amount: number): void => {
        sum += amount;
        turnsWhileReading = turns;
      };
      const progress: Progress = {
        start: (label, total, unit) => {
          told.push(`${label} ${total} ${unit}`);
          return { add, end: () => told.push('end') };
        },
      };
      await digestFile(path, { progress, label: 'hashing weights' });
      expect(told).toEqual([`hashing weights ${bytes} bytes`, 'end']);
      expect(sum).toBe(bytes);
      expect(turnsWhileReading).toBeGreaterThanOrEqual(Math.floor(bytes / (8 * CHUNK_BYTES)) - 1);
    },
  );

  test.each([THREADED, 20 * CHUNK_BYTES])('of %i bytes is given up when the signal says so', async (bytes) => {
    const path = join(temporaryFolder(), 'weights');
    randomFile(path, bytes);
    const stop = new AbortController();
    const progress = onFirstRead(() => stop.abort(new Error('stopped by the user')));
    await expect(digestFile(path, { progress, signal: stop.signal })).rejects.toThrow('stopped by the user');
  });
});

describe.each([
  ['in one thread', 3 * CHUNK_BYTES],
  ['in two threads', THREADED],
])('a file read %s is refused when meanwhile', (_how, bytes) => {
  test.each<[string, (path: string) => void]>([
    ['it grew', (path) => appendFileSync(path, 'more')],
    ['it shrank', (path) => truncateSync(path, CHUNK_BYTES / 2)],
    ['it was written to in place', (path) => writeInPlace(path)],
    ['another file took its place', (path) => replaceFile(path)],
    ['it was removed', (path) => rmSync(path)],
    ['a link to it took its place', (path) => replaceByLink(path)],
  ])('%s', async (_what, change) => {
    const path = join(temporaryFolder(), 'weights');
    randomFile(path, bytes);
    // In the past, so that whatever is written now has another time.
    utimesSync(path, 1_000_000_000, 1_000_000_000);
    const progress = onFirstRead(() => change(path));
    await expect(digestFile(path, { progress })).rejects.toMatchObject({
      code: 'changed-while-reading',
      data: { path },
    });
  });

  test('nothing but its name was given twice: that is no change', async () => {
    const path = join(temporaryFolder(), 'weights');
    const body = randomFile(path, bytes);
    const progress = onFirstRead(() => linkSync(path, `${path}.second`));
    expect(await digestFile(path, { progress })).toEqual(digestBytes(body));
  });
});

test('a file that grows as fast as it is read is left at once', async () => {
  const path = join(temporaryFolder(), 'weights');
  randomFile(path, CHUNK_BYTES);
  let read = 0;
  const add = (amount: number): void => {
    read += amount;
    if (read < 20 * CHUNK_BYTES) appendFileSync(path, Buffer.alloc(2 * CHUNK_BYTES));
  };
  const progress: Progress = { start: () => ({ add, end: () => undefined }) };
  await expect(digestFile(path, { progress })).rejects.toMatchObject({ code: 'changed-while-reading' });
  expect(read).toBe(CHUNK_BYTES);
});

test('a file that looks as before, but did not when it was read, is refused', async () => {
  const path = join(temporaryFolder(), 'weights');
  randomFile(path, 3 * CHUNK_BYTES);
  const { mtime } = statSync(path);
  const end = (): void => {
    truncateSync(path, 3 * CHUNK_BYTES);
    utimesSync(path, mtime, mtime);
  };
  utimesSync(path, mtime, mtime);
  const progress: Progress = { start: () => ({ add: () => truncateSync(path, CHUNK_BYTES), end }) };
  await expect(digestFile(path, { progress })).rejects.toMatchObject({ code: 'changed-while-reading' });
});

function writeInPlace(path: string): void {
  const fd = openSync(path, constants.O_WRONLY);
  writeFileSync(fd, 'X');
  closeSync(fd);
}

function replaceFile(path: string): void {
  const body = readFileSync(path);
  writeFileSync(`${path}.new`, body);
  utimesSync(`${path}.new`, 1_000_000_000, 1_000_000_000);
  renameSync(`${path}.new`, path);
}

function replaceByLink(path: string): void {
  renameSync(path, `${path}.moved`);
  symlinkSync(`${path}.moved`, path);
}

describe('what is no regular file is refused without being opened:', () => {
  test('a FIFO that nobody writes to', async () => {
    const path = join(temporaryFolder(), 'fifo');
    makeFifo(path);
    await expect(digestFile(path)).rejects.toMatchObject({ code: 'not-a-file', data: { path } });
    await expect(digestFile(path, { followLinks: true })).rejects.toMatchObject({ code: 'not-a-file' });
  });

  test('a socket', async () => {
    const path = join(temporaryFolder(), 'socket');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path, resolve));
    onTestFinished(() => void server.close());
    await expect(digestFile(path)).rejects.toMatchObject({ code: 'not-a-file', data: { path } });
  });

  test('a device', async () => {
    await expect(digestFile('/dev/zero')).rejects.toMatchObject({ code: 'not-a-file', data: { path: '/dev/zero' } });
  });

  test('a folder', async () => {
    const path = join(temporaryFolder(), 'folder');
    mkdirSync(path);
    await expect(digestFile(path)).rejects.toMatchObject({ code: 'not-a-file', data: { path } });
  });

  test('nothing, which is another fault', async () => {
    const path = join(temporaryFolder(), 'nothing');
    await expect(digestFile(path)).rejects.toMatchObject({ code: 'io', data: { path, errno: 'ENOENT' } });
  });
});

describe('a link', () => {
  test('is refused', async () => {
    const path = join(temporaryFolder(), 'link');
    randomFile(`${path}.target`, 10);
    symlinkSync(`${path}.target`, path);
    await expect(digestFile(path)).rejects.toMatchObject({ code: 'not-a-file', data: { path } });
  });

  test('is followed on request', async () => {
    const path = join(temporaryFolder(), 'link');
    const body = randomFile(`${path}.target`, 10);
    symlinkSync(`${path}.target`, path);
    expect(await digestFile(path, { followLinks: true })).toEqual(digestBytes(body));
  });

  test('to itself is refused, followed or not', async () => {
    const path = join(temporaryFolder(), 'loop');
    symlinkSync(path, path);
    await expect(digestFile(path)).rejects.toMatchObject({ code: 'not-a-file' });
    await expect(digestFile(path, { followLinks: true })).rejects.toMatchObject({ code: 'not-a-file' });
  });

  test('that leads elsewhere when the reading ends is a change', async () => {
    const path = join(temporaryFolder(), 'link');
    randomFile(`${path}.a`, CHUNK_BYTES);
    randomFile(`${path}.b`, CHUNK_BYTES);
    symlinkSync(`${path}.a`, path);
    const progress = onFirstRead(() => {
      rmSync(path);
      symlinkSync(`${path}.b`, path);
    });
    await expect(digestFile(path, { followLinks: true, progress })).rejects.toMatchObject({
      code: 'changed-while-reading',
    });
  });
});
