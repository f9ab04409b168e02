/** Measuring whole processes: rounds that interleave what is compared, so that a busy machine is busy for all alike. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from './cache-folder.ts';
import { childEnvironment } from './child-environment.ts';
import type { Argv } from './programs.ts';

/** A process to measure. */
export interface Variant {
  readonly id: string;
  /** The folder it runs in. */
  readonly cwd: string;
  /** Its arguments; of each round its own where rounds must differ. */
  readonly argv: Argv | ((round: number) => Argv);
  readonly input?: (round: number) => string;
  readonly env?: Readonly<Record<string, string>>;
  /** Done before each round, outside the measured time. */
  prepare?(round: number): void;
  /** What its standard output must match: a process that fails at its work can be fast. */
  readonly prints?: RegExp;
}

/** Times in milliseconds, by the id of the variant. */
export type Times = ReadonlyMap<string, readonly number[]>;

const MAX_OUTPUT = 1 << 30;

/** How to measure. `cold`: without the round that only warms up and looks at the output; for what takes minutes. */
export interface MeasureOptions {
  readonly cold?: boolean;
}

/** Measures every variant once a round, after one round that only warms up and looks at the output. */
export function measure(variants: readonly Variant[], rounds: number, { cold = false }: MeasureOptions = {}): Times {
  const times = new Map(variants.map(({ id }) => [id, [] as number[]]));
  if (!cold) for (const variant of variants) assertWorks(variant);
  for (let round = 1; round <= rounds; round += 1) {
    for (const variant of variants) times.get(variant.id)?.push(timeOnce(variant, round));
  }
  return times;
}

/** Returns the median of some times. Throws where there are none. */
export function median(values: readonly number[] | undefined): number {
  const ascending = [...(values ?? [])].sort((a, b) => a - b);
  const middle = ascending.length / 2;
  const [low, high] = [ascending[Math.ceil(middle) - 1], ascending[Math.floor(middle)]];
  if (low === undefined || high === undefined) throw new Error('expected a measured variant');
  return (low + high) / 2;
}

/** Returns the most memory that a Node process held at a time, its children not counted, in MiB. */
export function peakMemory(variant: Variant): number {
  const probe = join(cacheFolder(), 'peak-memory.cjs');
  const report = join(cacheFolder(), 'peak-memory.txt');
  // In a file, since both output streams may be closed or taken; `maxRSS` is in KiB.
  const code = `process.on('exit',()=>require('node:fs').writeFileSync(process.env.PEAK_MEMORY,String(process.resourceUsage().maxRSS)))`;
  writeFileSync(probe, code);
  const env = { NODE_OPTIONS: `--require=${JSON.stringify(probe)}`, PEAK_MEMORY: report };
  run({ ...variant, env: { ...variant.env, ...env } }, 0);
  return Number(readFileSync(report, 'utf8')) / 1024;
}

function assertWorks(variant: Variant): void {
  const output = run(variant, 0).toString();
  if (variant.prints?.test(output) === false) {
    throw new Error(
      `${variant.id}: expected output like ${variant.prints}, got ${JSON.stringify(output.slice(0, 200))}`,
    );
  }
}

function run(variant: Variant, round: number): Buffer {
  variant.prepare?.(round);
  const { stdout } = start(variant, round, 'pipe');
  return stdout;
}

function timeOnce(variant: Variant, round: number): number {
  variant.prepare?.(round);
  const begin = performance.now();
  start(variant, round, 'ignore');
  return performance.now() - begin;
}

function start(variant: Variant, round: number, stdout: 'pipe' | 'ignore'): { readonly stdout: Buffer } {
  const [command, ...args] = typeof variant.argv === 'function' ? variant.argv(round) : variant.argv;
  const result = spawnSync(command, args, {
    cwd: variant.cwd,
    env: childEnvironment(variant.env),
    input: variant.input?.(round) ?? '',
    stdio: ['pipe', stdout, 'pipe'],
    maxBuffer: MAX_OUTPUT,
  });
  if (result.status === 0) return result;
  const why = result.error?.message ?? result.stderr.toString();
  throw new Error(`${variant.id}: exited with ${result.status ?? result.signal}: ${why}`);
}
