/**
 * Preloaded (`NODE_OPTIONS=--import …`) into every Node process of an executed page: the clock and all randomness come
 * from a counter, so that ids, times and object ids in the docs are constants. The program itself knows nothing of it.
 *
 * `FIXED_CLOCK_FOLDER` holds `started`, a file with one byte for each process so far, and `later`, seconds to add. Each
 * process starts one minute after the one before and stays in its minute.
 */
import crypto from 'node:crypto';
import { appendFileSync, readFileSync, statSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';

const folder = process.env.FIXED_CLOCK_FOLDER;
if (folder === undefined) throw new Error('fixed-clock: FIXED_CLOCK_FOLDER is not set');

const started = join(folder, 'started');
// A worker belongs to its process and takes the same minute.
if (isMainThread) appendFileSync(started, '.');
const turn = statSync(started).size;
const later = Number(readFileSync(join(folder, 'later'), 'utf8'));
const instant = Date.parse('2026-01-05T09:00:00.000Z') + (turn * 60 + later) * 1000;

class FixedDate extends Date {
  constructor(...args) {
    if (args.length === 0) super(instant);
    else super(...args);
  }

  static now() {
    return instant;
  }
}
globalThis.Date = FixedDate;

const { createHash } = crypto;
let drawn = 0;

/** Fills a view with the next bytes: SHA-256 of turn and count. */
function fill(view) {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  for (let offset = 0; offset < bytes.length; offset += 32) {
    const block = createHash('sha256')
      .update(`${isMainThread ? '' : 'worker '}${turn} ${drawn}`)
      .digest();
    bytes.set(block.subarray(0, bytes.length - offset), offset);
    drawn += 1;
  }
  return view;
}

const draw = (size) => fill(Buffer.alloc(size));

crypto.randomBytes = (size, done) => (done === undefined ? draw(size) : void process.nextTick(done, null, draw(size)));
crypto.randomFillSync = (view, offset = 0, size = view.byteLength - offset) => {
  fill(new Uint8Array(view.buffer ?? view, (view.byteOffset ?? 0) + offset, size));
  return view;
};
crypto.randomUUID = () => {
  const bytes = draw(16);
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
};
// `crypto.getRandomValues` is a getter that answers with this one.
Object.defineProperty(crypto.webcrypto, 'getRandomValues', { value: fill });
Object.defineProperty(crypto.webcrypto, 'randomUUID', { value: crypto.randomUUID });
Math.random = () => draw(4).readUInt32BE() / 2 ** 32;
syncBuiltinESMExports();
