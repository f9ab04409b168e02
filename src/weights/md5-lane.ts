/**
 * MD5 beside the main thread. MD5 is the slowest step of an ingest and has no faster form, so for large files it gets a
 * thread of its own, and SHA-256, reading and writing hide behind it (architecture §3).
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import type { Md5 } from '../domain/digest.ts';
import { CHUNK_BYTES } from './read-chunks.ts';

/** Files above this size are worth the 20 ms that a thread takes to start. */
const WORKER_MINIMUM = 64 * CHUNK_BYTES;

/** Computes MD5 of chunks that are handed over in memory which it provides. */
export interface Md5Lane {
  /** Returns memory for the next chunk, once there is some. What the claim before returned may be reused from now on. */
  claim(): Uint8Array | Promise<Uint8Array>;
  /** Hands over the first `length` bytes of what `claim` returned. */
  submit(length: number): void;
  /** Returns the digest of all that was submitted. */
  finish(): Md5 | Promise<Md5>;
  /** Gives up the thread, if there is one. */
  close(): Promise<void>;
}

/** Returns the lane that is fastest for a file of that size on this machine. Close it whatever happens. */
export function openMd5Lane(bytes: number): Md5Lane | Promise<Md5Lane> {
  return bytes > WORKER_MINIMUM && availableParallelism() > 1 ? openThreadLane() : inlineLane();
}

function inlineLane(): Md5Lane {
  const md5 = createHash('md5');
  const space = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  return {
    claim: () => space,
    submit: (length) => void md5.update(space.subarray(0, length)),
    finish: () => md5.digest('hex') as Md5,
    close: async () => undefined,
  };
}

/** Chunks under way at a time. */
const SLOTS = 8;
/** Int32 positions in the shared memory: two counters, then the length of each slot's chunk. */
const SUBMITTED = 0;
const CONSUMED = 1;
const LENGTHS = 2;
/** Where the slots begin: behind the positions above, aligned to a page. */
const SLOTS_OFFSET = 4096;
/** Longest that the main thread blocks for a slot before it looks whether the other thread is alive. */
const WAIT_MS = 100;

/** The other thread, as source text: so that bundling needs no second entry file. A chunk of length 0 ends it. */
const THREAD_SOURCE = `
const { parentPort, workerData: memory } = require('node:worker_threads');
const md5 = require('node:crypto').createHash('md5');
const control = new Int32Array(memory, 0, ${LENGTHS + SLOTS});
for (let taken = 0; ; taken += 1) {
  // Again, since a late call of notify for the chunk before wakes this thread too.
  while (Atomics.load(control, ${SUBMITTED}) === taken) Atomics.wait(control, ${SUBMITTED}, taken);
  const slot = taken % ${SLOTS};
  const length = Atomics.load(control, ${LENGTHS} + slot);
  if (length === 0) break;
  md5.update(new Uint8Array(memory, ${SLOTS_OFFSET} + slot * ${CHUNK_BYTES}, length));
  Atomics.store(control, ${CONSUMED}, taken + 1);
  Atomics.notify(control, ${CONSUMED});
}
parentPort.postMessage(md5.digest('hex'));
`;

async function openThreadLane(): Promise<Md5Lane> {
  const { Worker } = await import('node:worker_threads');
  const memory = new SharedArrayBuffer(SLOTS_OFFSET + SLOTS * CHUNK_BYTES);
  // No flags of the parent: `--input-type=module` would make the source something else.
  return new ThreadLane(memory, new Worker(THREAD_SOURCE, { eval: true, workerData: memory, execArgv: [], env: {} }));
}

class ThreadLane implements Md5Lane {
  readonly #memory: SharedArrayBuffer;
  readonly #control: Int32Array;
  readonly #worker: Worker;
  readonly #answer: Promise<unknown[]>;
  #submitted = 0;
  #failure: unknown;

  constructor(memory: SharedArrayBuffer, worker: Worker) {
    this.#memory = memory;
    this.#control = new Int32Array(memory, 0, LENGTHS + SLOTS);
    this.#worker = worker;
    // Rejects when the thread fails. Kept for `claim` too, which would wait in vain.
    this.#answer = once(worker, 'message');
    this.#answer.catch((error: unknown) => {
      this.#failure = error;
    });
  }

  async claim(): Promise<Uint8Array> {
    for (;;) {
      const consumed = Atomics.load(this.#control, CONSUMED);
      if (this.#submitted - consumed < SLOTS) break;
      // About 1 ms: the event loop gets its turns elsewhere.
      if (Atomics.wait(this.#control, CONSUMED, consumed, WAIT_MS) === 'timed-out') await nextTurn();
      if (this.#failure !== undefined) throw this.#failure;
    }
    return new Uint8Array(this.#memory, SLOTS_OFFSET + (this.#submitted % SLOTS) * CHUNK_BYTES, CHUNK_BYTES);
  }

  submit(length: number): void {
    Atomics.store(this.#control, LENGTHS + (this.#submitted % SLOTS), length);
    this.#submitted += 1;
    Atomics.store(this.#control, SUBMITTED, this.#submitted);
    Atomics.notify(this.#control, SUBMITTED);
  }

  async finish(): Promise<Md5> {
    await this.claim();
    this.submit(0);
    const [digest] = await this.#answer;
    return digest as Md5;
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
