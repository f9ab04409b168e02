/** Files that tests of the weights layer read: random, special, and known by their digests. */
import { execFileSync } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';

/** Writes a file of random bytes and returns them. */
export function randomFile(path: string, bytes: number): Buffer {
  const body = randomFillSync(Buffer.allocUnsafe(bytes));
  writeFileSync(path, body);
  return body;
}

/** Makes a FIFO. POSIX has `mkfifo` as it has `sh`. */
export function makeFifo(path: string): void {
  execFileSync('mkfifo', [path]);
}

/** Two different texts of 128 bytes with one MD5, 79054025255fb1a26e4bc422aef54eb4 (Wang, Feng, Lai, Yu 2004). */
export const MD5_TWINS: readonly [Buffer, Buffer] = [
  twin('87', '71', 'f2', 'b4', 'a8', '2b'),
  twin('07', 'f1', '72', '34', '28', 'ab'),
];

/** The twins differ in the highest bit of six bytes. */
function twin(a: string, b: string, c: string, d: string, e: string, f: string): Buffer {
  return Buffer.from(
    `d131dd02c5e6eec4693d9a0698aff95c2fcab5${a}12467eab4004583eb8fb7f8955ad340609f4b30283e48883 25${b}415a085125e8f7cdc99fd91dbd${c}80
    373c5bd8823e3156348f5bae6dacd436c919c6dd53e2${d}87da03fd02396306d248cda0e99f33420f577ee8ce54b67080${e}0d1ec69821bcb6a8839396f965${f}
    6ff72a70`.replace(/\s/g, ''),
    'hex',
  );
}
