import { createHash, randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Md5Lane, openMd5Lane } from '../../../src/weights/md5-lane.ts';
import { CHUNK_BYTES } from '../../../src/weights/read-chunks.ts';

/** Opens a lane for a file of that size. */
async function open(bytes: number): Promise<Md5Lane> {
  const lane = await openMd5Lane(bytes);
  onTestFinished(() => lane.close());
  return lane;
}

async function submit(lane: Md5Lane, chunk: Uint8Array): Promise<void> {
  const space = await lane.claim();
  space.set(chunk);
  lane.submit(chunk.length);
}

describe.each([
  ['inline', 1],
  ['in a thread', 65 * CHUNK_BYTES],
])('a lane %s', (_where, bytes) => {
  // Small chunks: the two sides spend their time handing over, so that a race shows.
  test('keeps every chunk and their order, however fast they come', async () => {
    const lane = await open(bytes);
    const expected = createHash('md5');
    for (let index = 0; index < 60_000; index += 1) {
      const chunk = Buffer.from(`chunk ${index}`);
      expected.update(chunk);
      await submit(lane, chunk);
    }
    expect(await lane.finish()).toBe(expected.digest('hex'));
  });

  test('keeps chunks of every size', async () => {
    const lane = await open(bytes);
    const expected = createHash('md5');
    for (let index = 0; index < 100; index += 1) {
      const chunk = randomBytes(index % 7 === 0 ? CHUNK_BYTES : index * 1000 + 1);
      expected.update(chunk);
      await submit(lane, chunk);
    }
    expect(await lane.finish()).toBe(expected.digest('hex'));
  });

  test('of nothing gives the digest of nothing', async () => {
    expect(await (await open(bytes)).finish()).toBe('d41d8cd98f00b204e9800998ecf8427e');
  });

  test('can be closed in the middle', async () => {
    const lane = await open(bytes);
    await submit(lane, Buffer.from('begun'));
    await lane.close();
  });
});

test('only a machine with a second core gives MD5 a thread', async () => {
  const lane = await open(65 * CHUNK_BYTES);
  const space = await lane.claim();
  expect(space.buffer instanceof SharedArrayBuffer).toBe(availableParallelism() > 1);
});
