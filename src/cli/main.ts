/** The entry of the program: binds it to the process. The only place that sets the exit code. */
import { constants } from 'node:os';
import { COMMANDS } from './commands/index.ts';
import { runProgram } from './program.ts';

const interruption = new AbortController();

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    // Listeners remove their temporary files at once; refs move in one transaction, so nothing else is half done.
    interruption.abort();
    process.exit(128 + constants.signals[signal]);
  });
}

const ended = runProgram({
  argv: process.argv.slice(2),
  env: process.env,
  platform: process.platform,
  stdout: process.stdout,
  stderr: process.stderr,
  commands: COMMANDS,
  openWorkspace: async (options) => (await import('./compose.ts')).openWorkspace(options),
  signal: interruption.signal,
  cwd: () => process.cwd(),
  now: () => performance.now(),
});

// Not `await` at top level, which CommonJS does not know; `runProgram` never rejects.
void ended.then((exitCode) => {
  process.exitCode = exitCode;
});
