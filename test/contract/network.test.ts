/** The stretch of network that the tests of remotes put in front of their servers loses nothing by itself. */
import { createConnection, createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { startNetwork } from '../support/servers/network.ts';

/** More than the sockets on the way hold. */
const BYTES = 50_000_000;

/** Starts a server that sends so many bytes to whoever connects, and closes. Returns its port. */
async function startSender(): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.end(Buffer.alloc(BYTES, 'x'));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => void server.close());
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Connects, reads only after a while, and returns how many bytes came until the end. */
function readLate(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(port, '127.0.0.1').once('error', reject);
    let bytes = 0;
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    socket.once('close', () => resolve(bytes));
    socket.pause();
    setTimeout(() => socket.resume(), 300);
  });
}

test('what a server sent before it closed arrives, however late it is read', async () => {
  const network = await startNetwork(await startSender());
  expect(await readLate(network.port)).toBe(BYTES);
  expect(network.down()).toBe(BYTES);
});

test('a line is cut to the byte, and the next one is whole', async () => {
  const network = await startNetwork(await startSender());
  network.cutAfter(30_000_001);
  expect(await readLate(network.port)).toBe(30_000_001);
  expect(await readLate(network.port)).toBe(BYTES);
});

test('a line that stalls does so to the byte', async () => {
  const network = await startNetwork(await startSender());
  network.stallAfter(1_000_001);
  const socket = createConnection(network.port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  let bytes = 0;
  socket.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  await expect.poll(() => bytes, { timeout: 100_000 }).toBe(1_000_001);
  expect(network.down()).toBe(1_000_001);
  network.stallAfter(Number.POSITIVE_INFINITY);
  expect(await readLate(network.port)).toBe(BYTES);
});
