/** Runs a program of the user's to its end or to a time limit. It is the leader of a process group, so that all of it can be ended. */
import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants as fsConstants, statSync } from 'node:fs';
import { constants } from 'node:os';
import { isAbsolute } from 'node:path';
import type { ProgramCall, ProgramEnd } from '../ports/local-programs.ts';
import type { Environment } from './git-environment.ts';

/** The file descriptor of our standard error: what programs print must not mix into results. */
const STDERR = 2;

/** What an isolated program keeps of our environment, by upper-case name. */
const NEEDED = new Set(
  ['PATH', 'HOME', 'USER', 'LOGNAME', 'TMPDIR', 'LANG', 'LC_ALL', 'TZ'].concat([
    'TEMP',
    'TMP',
    'SYSTEMROOT',
    'COMSPEC',
    'PATHEXT',
    'USERPROFILE',
    'APPDATA',
    'LOCALAPPDATA',
  ]),
);

/** How long a captured output may stay open after its program ended: what it left running may hold it. */
const LINGER = 500;

/** Runs a program in a folder. An abort ends it too. Never rejects. */
export function runProgram(
  call: ProgramCall,
  folder: string,
  inherited: Environment,
  signal: AbortSignal,
): Promise<ProgramEnd> {
  const refusal = isAbsolute(call.file) ? explainFile(call.file) : undefined;
  if (refusal !== undefined) return Promise.resolve({ kind: 'not-started', why: refusal });
  return new Promise((resolve) => {
    const child = spawn(call.file, call.args ?? [], {
      cwd: folder,
      env: { ...(call.isIsolated === true ? neededOf(inherited) : inherited), ...call.environment },
      stdio: ['pipe', call.capture === undefined ? STDERR : 'pipe', STDERR],
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    const stdout = call.capture === undefined ? undefined : capture(child, call.capture);
    let isLate = false;
    const end = (): void => endGroup(child);
    const timer = setTimeout(() => {
      isLate = true;
      end();
    }, call.milliseconds);
    const settle = (ended: ProgramEnd): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      child.stdin?.destroy();
      child.stdout?.destroy();
      resolve(ended);
    };
    signal.addEventListener('abort', end);
    child.on('error', (cause: NodeJS.ErrnoException) =>
      settle({ kind: 'not-started', why: explainStart(cause, call.file) }),
    );
    // Not `close`: what it left running in the background is its own business, as with git's hooks.
    child.on('exit', async (code, killedBy) => {
      const exitCode = code ?? 128 + (killedBy === null ? 0 : constants.signals[killedBy]);
      if (isLate) settle({ kind: 'timed-out' });
      else if (stdout === undefined) settle({ kind: 'exited', exitCode });
      else settle({ kind: 'exited', exitCode, stdout: await stdout.end() });
    });
    // A program need not read what it gets.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(call.input);
  });
}

function neededOf(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => NEEDED.has(name.toUpperCase())));
}

/** Keeps the first bytes of what a program prints, and lets it go on printing. */
function capture(child: ChildProcess, most: number): { end(): Promise<string> } {
  const chunks: Buffer[] = [];
  let kept = 0;
  child.stdout?.on('data', (chunk: Buffer) => {
    if (kept >= most) return;
    chunks.push(chunk.subarray(0, most - kept));
    kept += chunk.length;
  });
  const closed = new Promise<void>((resolve) => child.stdout?.on('close', resolve).on('error', () => resolve()));
  return {
    end: async () => {
      const lingering = setTimeout(() => {
        endGroup(child);
        child.stdout?.destroy();
      }, LINGER);
      await closed;
      clearTimeout(lingering);
      return Buffer.concat(chunks).toString('utf8');
    },
  };
}

/** Said before the start: the system's own word is ENOENT for a missing interpreter too. */
function explainFile(file: string): string | undefined {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return 'there is no such file';
  try {
    accessSync(file, fsConstants.X_OK);
    return undefined;
  } catch {
    return 'it is not executable';
  }
}

function explainStart({ code, message }: NodeJS.ErrnoException, file: string): string {
  if (code === 'ENOENT' && !isAbsolute(file)) return 'no program of that name was found on PATH';
  if (code === 'ENOENT') return 'the interpreter that its first line names was not found';
  return code === 'ENOEXEC' ? 'it is no program: expected #! and an interpreter in its first line' : (code ?? message);
}

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
