/** Runs a program of the user's to its end or to a time limit. It is the leader of a process group, so that all of it can be ended. */
import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants as fsConstants, statSync } from 'node:fs';
import { constants } from 'node:os';
import type { ProgramCall, ProgramEnd } from '../ports/local-programs.ts';
import type { Environment } from './git-environment.ts';

/** The file descriptor of our standard error: what programs print must not mix into results. */
const STDERR = 2;

/** Runs a program in a folder. An abort ends it too. Never rejects. */
export function runProgram(
  call: ProgramCall,
  folder: string,
  inherited: Environment,
  signal: AbortSignal,
): Promise<ProgramEnd> {
  const refusal = explainFile(call.file);
  if (refusal !== undefined) return Promise.resolve({ kind: 'not-started', why: refusal });
  return new Promise((resolve) => {
    const child = spawn(call.file, [], {
      cwd: folder,
      env: { ...inherited, ...call.environment },
      stdio: ['pipe', STDERR, STDERR],
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
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
      resolve(ended);
    };
    signal.addEventListener('abort', end);
    child.on('error', (cause: NodeJS.ErrnoException) => settle({ kind: 'not-started', why: explainStart(cause) }));
    // Not `close`: what it left running in the background is its own business, as with git's hooks.
    child.on('exit', (code, killedBy) => {
      if (isLate) settle({ kind: 'timed-out' });
      else settle({ kind: 'exited', exitCode: code ?? 128 + (killedBy === null ? 0 : constants.signals[killedBy]) });
    });
    // A program need not read what it gets.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(call.input);
  });
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

function explainStart({ code, message }: NodeJS.ErrnoException): string {
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
