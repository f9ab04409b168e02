/** Processes beside a test, none of which outlives it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { onTestFinished } from 'vitest';

/** Has a process end with the running test, which waits for that. */
export function endWithTest<T extends ChildProcess>(child: T): T {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await ended;
  });
  return child;
}

/** Runs JavaScript, `fs` and all, in a process of its own until the running test ends. */
export function startBeside(code: string): ChildProcess {
  return endWithTest(spawn(process.execPath, ['--eval', code], { stdio: 'ignore' }));
}
