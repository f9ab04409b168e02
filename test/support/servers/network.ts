/** A stretch of network in front of a server: it counts bytes, shows requests, and breaks off when told. */
import { createConnection, createServer, type Socket } from 'node:net';
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
  /** Lets `bytes` come down on each connection, then nothing more on it; Infinity lets all come down on later ones. */
  stallAfter(bytes: number): void;
  /** Lets `bytes` more go up on the next connection that brings that much, then cuts it. */
  cutUpAfter(bytes: number): void;
}

/** Bytes to let through before a cut, and how many cuts there are still to be. */
interface Cuts {
  readonly bytes: number;
  readonly times: number;
}

const NO_CUTS: Cuts = { bytes: 0, times: 0 };

/** Puts one in front of a port; it goes when the running test ends. */
export async function startNetwork(target: number): Promise<Network> {
  let [down, sent, up, stall, cuts, upCuts] = [0, 0, '', Number.POSITIVE_INFINITY, NO_CUTS, NO_CUTS];
  // Each direction ends by itself: what one side sent before it closed is still to reach the other.
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = createConnection({ port: target, host: '127.0.0.1', allowHalfOpen: true });
    let [came, went, isCut] = [0, 0, false];
    endTogether(client, upstream);
    upstream.on('data', (chunk: Buffer) => {
      if (isCut) return;
      came += chunk.length;
      down += chunk.length;
      if (cuts.times > 0 && came > cuts.bytes) {
        const rest = chunk.subarray(0, Math.max(0, chunk.length - (came - cuts.bytes)));
        cuts = { ...cuts, times: cuts.times - 1 };
        isCut = true;
        upstream.destroy();
        client.end(rest, () => client.destroy());
      } else if (came > stall) {
        down -= came - stall;
        upstream.pause();
        client.write(chunk.subarray(0, Math.max(0, chunk.length - (came - stall))));
      } else passOn(chunk, upstream, client);
    });
    client.on('data', (chunk: Buffer) => {
      if (isCut) return;
      went += chunk.length;
      sent += chunk.length;
      if (up.length < 1_000_000) up += chunk.toString('latin1').slice(0, 4096);
      if (upCuts.times > 0 && went > upCuts.bytes) {
        upCuts = { ...upCuts, times: upCuts.times - 1 };
        isCut = true;
        client.destroy();
        upstream.destroy();
      } else passOn(chunk, client, upstream);
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

/** Has the end of what one socket sends be the end of what the other is sent, and a fault of one the end of both. */
export function endTogether(one: Socket, other: Socket): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.on('end', () => to.end());
    from.on('error', () => {
      one.destroy();
      other.destroy();
    });
  }
}

/** Hands bytes on, and takes no more before they have found room. */
function passOn(chunk: Buffer, from: Socket, to: Socket): void {
  if (to.write(chunk)) return;
  from.pause();
  to.once('drain', () => from.resume());
}
