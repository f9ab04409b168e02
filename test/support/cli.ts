/** Runs the built program as a process of its own. */
import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The launcher. */
export const LAUNCHER: string = fileURLToPath(new URL('../../bin/git-registry.cjs', import.meta.url));

/** What `NODE_OPTIONS` says to have all that the program starts hold its standard output: `close` comes when the last ended. */
const HOLDING_OUTPUT = `--import=${new URL('held-output.mjs', import.meta.url).href}`;

/** A run that is to be killed. */
export interface MortalRun {
  /** Resolves to the exit code of the program, null where it was killed. */
  readonly ended: Promise<number | null>;
  /** Resolves when what it started has ended too: a git that outlives it goes on writing. */
  readonly gone: Promise<unknown>;
  kill(): void;
}

/** Starts a run that is to be killed. */
export function startMortal(args: readonly string[], { cwd, env }: CliOptions): MortalRun {
  const child = spawn(process.execPath, [LAUNCHER, ...args], {
    cwd,
    env: { ...env, NODE_OPTIONS: HOLDING_OUTPUT },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  child.stdout.resume();
  return {
    ended: new Promise((resolve) => child.once('exit', resolve)),
    gone: new Promise((resolve) => child.once('close', resolve)),
    kill: () => child.kill('SIGKILL'),
  };
}

/** How a run ended. `exitCode` is null after a signal. */
export interface CliResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How to run. */
export interface CliOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Runs and waits. */
export function runCli(args: readonly string[], options: CliOptions): CliResult {
  const { status, stdout, stderr } = spawnSync(process.execPath, [LAUNCHER, ...args], {
    ...options,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return { exitCode: status, stdout, stderr };
}

/** Runs with `--json`, and returns the document. Throws unless the exit code is 0. */
export function runJson(args: readonly string[], options: CliOptions): Readonly<Record<string, unknown>> {
  const result = runCli([...args, '--json'], options);
  if (result.exitCode !== 0)
    throw new Error(`git registry ${args.join(' ')}: exit ${result.exitCode}\n${result.stderr}${result.stdout}`);
  return JSON.parse(result.stdout) as Readonly<Record<string, unknown>>;
}

/** Runs beside others. */
export function startCli(args: readonly string[], options: CliOptions): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [LAUNCHER, ...args], { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const [out, err]: Buffer[][] = [[], []];
    child.stdout.on('data', (chunk: Buffer) => out?.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err?.push(chunk));
    child.on('error', reject);
    child.on('close', (exitCode) => {
      resolve({ exitCode, stdout: Buffer.concat(out ?? []).toString(), stderr: Buffer.concat(err ?? []).toString() });
    });
  });
}
