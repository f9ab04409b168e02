/** Weights: both digests from one read, and a durable copy beside them. */
import { randomFillSync } from 'node:crypto';
import { closeSync, existsSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../cache-folder.ts';
import { measure, peakMemory, type Variant } from '../measure.ts';
import { taskArgv } from '../programs.ts';
import { type ReportSection, ratioLine } from '../report-line.ts';

const MEBIBYTE = 1024 * 1024;
/** MiB that the reader may hold, whatever the file's size. */
const MEMORY_LIMIT = 150;

const WHY =
  'The copy is written by the thread that computes SHA-256, which then waits for the disk; what a write costs differs ' +
  'several times over from one round to the next on a virtual machine.';

/** Returns a file of random bytes, made once. */
export function weightsFile(mebibytes: number): string {
  const path = join(cacheFolder('weights'), `${mebibytes}.bin`);
  if (existsSync(path)) return path;
  const unfinished = `${path}.${process.pid}`;
  const fd = openSync(unfinished, 'w');
  const block = Buffer.allocUnsafe(MEBIBYTE);
  for (let written = 0; written < mebibytes; written += 1) writeSync(fd, randomFillSync(block));
  closeSync(fd);
  renameSync(unfinished, path);
  return path;
}

/** Returns how a table says the size of a file. */
export function describeFile(mebibytes: number): string {
  return mebibytes % 1024 === 0 ? `${mebibytes / 1024} GiB` : `${mebibytes} MiB`;
}

/** Measures the digests of a file, and its way into the cache. */
export function measureWeights(mebibytes: number, rounds: number): ReportSection {
  const file = weightsFile(mebibytes);
  const cwd = cacheFolder('weights');
  const [copy, cache] = [join(cwd, 'copy.bin'), join(cwd, 'cache')];
  const clear = (): void => {
    for (const path of [copy, cache]) rmSync(path, { recursive: true, force: true });
  };
  const digest: Variant = { id: 'digest', cwd, argv: taskArgv('digest', file), prints: /"md5":"[0-9a-f]{32}"/ };
  const ingest: Variant = { ...digest, id: 'ingest', argv: taskArgv('ingest', file, cache), prepare: clear };
  const variants: readonly Variant[] = [
    { id: 'md5sum', cwd, argv: ['md5sum', file] },
    digest,
    { id: 'cp + sync', cwd, argv: ['sh', '-c', 'cp "$0" "$1" && sync "$1"', file, copy], prepare: clear },
    ingest,
  ];
  const times = measure(variants, rounds);
  const size = describeFile(mebibytes);
  const floor = ['md5sum', 'cp + sync'];
  const lines = [
    ratioLine(times, { what: 'SHA-256 and MD5 in one read', size, subject: 'digest', floor: ['md5sum'], target: 1.3 }),
    ratioLine(times, { what: 'both, with a durable copy', size, subject: 'ingest', floor, target: 1.5, why: WHY }),
    { what: 'memory of the digests', size, value: peakMemory(digest), unit: 'MiB', target: MEMORY_LIMIT } as const,
    { what: 'memory with the copy', size, value: peakMemory(ingest), unit: 'MiB', target: MEMORY_LIMIT } as const,
  ];
  clear();
  return { title: `Weights: ${size}`, lines };
}
