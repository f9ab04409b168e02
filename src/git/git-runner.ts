/** The one place that starts git: no shell, no prompt, no hook, a clean environment (architecture §3). */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type ErrorCode, RegistryError } from '../domain/errors.ts';
import { childEnvironment, type Environment, NEUTRAL_FLAGS } from './git-environment.ts';
import { gitFault, USAGE_EXIT } from './git-failure.ts';
import { assertGitVersion } from './git-version.ts';

/** What goes to a child's standard input. */
export type GitInput = string | Uint8Array | Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

/** How to run a command. */
export interface GitCall {
  readonly input?: GitInput;
  /** Variables on top of the environment. */
  readonly environment?: Environment;
  /** Largest stdout that is believed, in bytes. */
  readonly maxBytes?: number;
}

/** How a child ended. A signal counts as 128 + its number, as in a shell. */
export interface GitEnd {
  readonly exitCode: number;
  readonly stderr: string;
}

/** How a command ended, with what it printed. */
export interface GitResult extends GitEnd {
  readonly stdout: Buffer;
}

/** A child under way. */
export interface GitChild {
  readonly process: ChildProcessWithoutNullStreams;
  /** Rejects with `git-missing` or `io` when git could not be started. */
  readonly ended: Promise<GitEnd>;
  /** Returns what it has written to stderr so far. */
  stderr(): string;
}

const MAX_STDOUT = 256 * 1024 * 1024;
const MAX_STDERR = 64 * 1024;

/** Runs git in one folder, under one environment. */
export class GitRunner {
  readonly #folder: string;
  readonly #environment: Record<string, string>;

  /** `overrides` come on top of what childEnvironment keeps of `inherited`; `grafts` is a file. */
  constructor(folder: string, inherited: Environment, overrides: Environment = {}, grafts?: string) {
    this.#folder = folder;
    this.#environment = childEnvironment({ ...inherited, ...overrides }, grafts);
  }

  /** Starts git. The caller ends its stdin and reads its stdout. */
  start(args: readonly string[], environment: Environment = {}): GitChild {
    const process = spawn('git', [...NEUTRAL_FLAGS, ...args], {
      cwd: this.#folder,
      env: { ...this.#environment, ...environment },
      stdio: 'pipe',
      windowsHide: true,
    });
    // A child that ends early breaks the pipe; why it ended is in its exit code.
    process.stdin.on('error', () => undefined);
    const stderr = listen(process);
    const ended = endOf(process, this.#folder, stderr);
    ended.catch(() => undefined);
    return { process, ended, stderr };
  }

  /** Starts git and forgets it: it goes on when node ends, and what it says is not heard. */
  startDetached(args: readonly string[]): void {
    const options = {
      cwd: this.#folder,
      env: this.#environment,
      windowsHide: true,
      detached: true,
      stdio: 'ignore',
    } as const;
    const process = spawn('git', [...NEUTRAL_FLAGS, ...args], options);
    process.on('error', () => undefined);
    process.unref();
  }

  /** Runs git to its end, whatever the exit code. */
  async run(args: readonly string[], call: GitCall = {}): Promise<GitResult> {
    const { process, ended } = this.start(args, call.environment);
    const [end, stdout] = await Promise.all([
      ended,
      readAll(process, call.maxBytes ?? MAX_STDOUT),
      feed(process, call.input ?? ''),
    ]);
    return { ...end, stdout };
  }

  /** Runs git and returns its stdout. Throws what `fault` makes of a failure. */
  async read(args: readonly string[], call: GitCall = {}): Promise<Buffer> {
    const result = await this.run(args, call);
    if (result.exitCode === 0) return result.stdout;
    throw await this.fault(args, result);
  }

  /** Returns the fault behind a failed command: `git-too-old` where git does not know its usage, else what stderr means. */
  async fault(args: readonly string[], end: GitEnd, fallback?: ErrorCode): Promise<RegistryError> {
    if (end.exitCode === USAGE_EXIT) await this.assertVersion();
    return gitFault({ command: commandOf(args), exitCode: end.exitCode, stderr: end.stderr }, fallback);
  }

  /** Throws `git-too-old` unless git is 2.36 or newer. */
  async assertVersion(): Promise<void> {
    assertGitVersion((await this.run(['version'])).stdout.toString());
  }
}

/** Returns the subcommand of a command line: the first argument that is neither `-c` nor its value. */
function commandOf(args: readonly string[]): string {
  return args.find((arg, index) => arg !== '-c' && args[index - 1] !== '-c') ?? '';
}

/** Collects stderr, up to what a person would read. */
function listen(process: ChildProcessWithoutNullStreams): () => string {
  let heard = '';
  process.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (heard.length < MAX_STDERR) heard += text;
  });
  return () => heard;
}

function endOf(process: ChildProcessWithoutNullStreams, folder: string, stderr: () => string): Promise<GitEnd> {
  return new Promise((resolve, reject) => {
    process.on('error', (cause: NodeJS.ErrnoException) => reject(startFault(cause, folder)));
    process.on('close', (code, signal) => {
      resolve({ exitCode: code ?? 128 + (signal === null ? 0 : constants.signals[signal]), stderr: stderr() });
    });
  });
}

/** Node says ENOENT both for a missing executable and for a missing working folder. */
function startFault(cause: NodeJS.ErrnoException, folder: string): RegistryError {
  if (cause.code === 'ENOENT' && existsSync(folder)) {
    return new RegistryError('git-missing', 'git: expected an executable on PATH, got none', {
      hint: 'git --version',
      cause,
    });
  }
  return new RegistryError('io', `git: could not be started in ${folder}: ${cause.code ?? cause.message}`, {
    data: { folder },
    cause,
  });
}

async function readAll(process: ChildProcessWithoutNullStreams, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdout as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      process.kill();
      throw new RegistryError('git-failed', `git: expected at most ${maxBytes} bytes of output`, {
        data: { maxBytes },
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes);
}

const BROKEN_PIPE = new Set(['EPIPE', 'ECONNRESET', 'EOF', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED']);

/** Writes `input` to a child with backpressure and ends its stdin. Only a failing input rejects; the child is killed then. */
export async function feed(process: { readonly stdin: Writable; kill(): boolean }, input: GitInput): Promise<void> {
  if (typeof input === 'string' || input instanceof Uint8Array) {
    process.stdin.end(input);
    return;
  }
  try {
    await pipeline(input, process.stdin);
  } catch (cause) {
    if (BROKEN_PIPE.has((cause as NodeJS.ErrnoException).code ?? '')) return;
    process.kill();
    throw cause;
  }
}
