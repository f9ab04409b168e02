/** Drives a local cache in processes of their own, bundled as the product is: for races, kills, limits and other users. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';

/** What one process is to do. */
export interface CacheTask {
  readonly cache: string;
  readonly ingest: readonly string[];
  /** Where what was stored last is checked out. */
  readonly checkout?: string;
  readonly shared?: boolean;
  /** Octal, e.g. `0o077`. */
  readonly umask?: number;
}

/** How it went. */
export interface CacheReport {
  /** What `ingest` resolved to, file by file; the first fault ends the list. */
  readonly stored: readonly unknown[];
  readonly fault?: { readonly code: string; readonly data: Readonly<Record<string, unknown>> };
  /** Largest memory, in bytes. */
  readonly memory: number;
}

/** How to start it. */
export interface StartOptions {
  /** Words before `node`, e.g. a shell that sets a limit. */
  readonly prefix?: readonly string[];
  readonly uid?: number;
  /** Beside this process's own variables. */
  readonly env?: Readonly<Record<string, string>>;
}

const SOURCE = `
import { FolderCheckout } from './src/weights/folder-checkout.ts';
import { LocalCache } from './src/weights/local-cache.ts';
const task = JSON.parse(process.argv[2]);
if (task.umask !== undefined) process.umask(task.umask);
const cache = new LocalCache({ folder: task.cache, owner: 'registry', shared: task.shared ?? false });
const stored = [];
let fault;
try {
  for (const path of task.ingest) stored.push(await cache.ingest(path));
  const last = stored.at(-1);
  const file = { ...last, path: 'weights', content: { kind: 'file', path: await cache.findPath(last) } };
  const checkout = new FolderCheckout({ cwd: '/', forbidden: [], linkTypes: [] });
  if (task.checkout !== undefined) await checkout.write(task.checkout, [file], { force: true });
} catch ({ code, data, message }) {
  fault = { code, data, message };
}
process.stdout.write(JSON.stringify({ stored, fault, memory: process.resourceUsage().maxRSS * 1024 }));
`;

/** Bundles the program into a folder, minified and split as the product is, and returns its path. */
export function buildCacheProgram(folder: string): string {
  const outdir = join(folder, 'program');
  mkdirSync(outdir);
  writeFileSync(join(outdir, 'package.json'), '{"type":"module"}');
  buildSync({
    stdin: {
      contents: SOURCE,
      resolveDir: resolve(import.meta.dirname, '../../..'),
      loader: 'js',
      sourcefile: 'main.js',
    },
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    outdir,
  });
  return join(outdir, 'stdin.js');
}

/** Starts a process. */
export function startCacheProgram(program: string, task: CacheTask, options: StartOptions = {}): ChildProcess {
  const [command = '', ...words] = [...(options.prefix ?? []), process.execPath, program, JSON.stringify(task)];
  const identity = options.uid === undefined ? {} : { uid: options.uid, gid: options.uid };
  const env = { ...process.env, ...options.env };
  return spawn(command, words, { stdio: ['ignore', 'pipe', 'inherit'], env, ...identity });
}

/** Runs a process to its end and returns its report. Throws when it has none. */
export async function runCacheProgram(
  program: string,
  task: CacheTask,
  options: StartOptions = {},
): Promise<CacheReport> {
  const child = startCacheProgram(program, task, options);
  let printed = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  const exitCode = await new Promise((done, fail) => child.once('error', fail).once('close', done));
  if (exitCode !== 0) throw new Error(`expected exit code 0, got ${exitCode}`);
  return JSON.parse(printed) as CacheReport;
}
