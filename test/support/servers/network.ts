/** A stretch of network in front of a server: it counts bytes, shows requests, and breaks off when told. */
import { createConnection, createServer } from 'node:net';
import { onTestFinished } from 'vitest';

/** The stretch. */
export interface Network {
  readonly port: number;
  /** Bytes that came down so far. */
  down(): number;
  /** Bytes that went up so far. */
  sent(): number;
  /** What went up so far, as text: requests with their headers. */
  up(): string;
  /** Lets `bytes` more come down on each of the next `times` connections that bring that much, then cuts them. */
  cutAfter(bytes: number, times?: number): void;
  /** Lets `bytes` come down on each connection, then nothing more, until it is called with Infinity. */
  stallAfter(bytes: number): void;
  /** Lets `bytes` more go up on the next connection that brings that much, then cuts it. */
  cutUpAfter(bytes: number): void;
}

/** Puts one in front of a port; it goes when the running test ends. */
export async function startNetwork(target: number): Promise<Network> {
  let [down, sent, up, stall, cuts, upCuts] = [
    0,
    0,
    '',
    Number.POSITIVE_INFINITY,
    { bytes: 0, times: 0 },
    { bytes: 0, times: 0 },
  ];
  const server = createServer((client) => {
    const upstream = createConnection(target, '127.0.0.1');
    let [came, went] = [0, 0];
    const end = (): void => {
      client.destroy();
      upstream.destroy();
    };
    client.on('error', end).on('close', end);
    // What an upstream said before it hung up still comes down.
    upstream.on('error', end).on('close', () => client.end());
    upstream.on('data', (chunk: Buffer) => {
      came += chunk.length;
      if (came > stall) return;
      down += chunk.length;
      if (cuts.times > 0 && came > cuts.bytes) {
        cuts = { ...cuts, times: cuts.times - 1 };
        client.end(chunk.subarray(0, Math.max(0, chunk.length - (came - cuts.bytes))), end);
      } else client.write(chunk);
    });
    client.on('data', (chunk: Buffer) => {
      went += chunk.length;
      sent += chunk.length;
      if (up.length < 1_000_000) up += chunk.toString('latin1').slice(0, 4096);
      if (upCuts.times > 0 && went > upCuts.bytes) {
        upCuts = { ...upCuts, times: upCuts.times - 1 };
        end();
      } else upstream.write(chunk);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.close();
  });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    down: () => down,
    sent: () => sent,
    up: () => up,
    cutAfter: (bytes, times = 1) => {
      cuts = { bytes, times };
    },
    stallAfter: (bytes) => {
      stall = bytes;
    },
    cutUpAfter: (bytes) => {
      upCuts = { bytes, times: 1 };
    },
  };
}
