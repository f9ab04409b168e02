/** What is started: the program as it is built, and this bench for work that no command does alone. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from './cache-folder.ts';
import { childEnvironment } from './child-environment.ts';

/** This file is part of `dist/dev/bench.js` or of a chunk beside it, both somewhere below `dist`. */
const ROOT = fileURLToPath(import.meta.url).replace(/[\\/]dist[\\/].*$/, '');
const SELF = join(ROOT, 'dist', 'dev', 'bench.js');

/** Returns the path of a file of the checkout. */
export function inCheckout(...names: readonly string[]): string {
  return join(ROOT, ...names);
}

/** An argument vector. */
export type Argv = readonly [string, ...string[]];

/** Returns how to start `git registry`. */
export function registryArgv(...args: readonly string[]): Argv {
  return [process.execPath, inCheckout('bin', 'git-registry.cjs'), ...args];
}

/** Returns how to start a task of this bench (see `tasks.ts`). */
export function taskArgv(...args: readonly string[]): Argv {
  return [process.execPath, SELF, 'task', ...args];
}

/** Returns how to start Node with nothing to do: the floor of everything written in JavaScript. */
export function emptyNodeArgv(): Argv {
  const script = join(cacheFolder(), 'empty.cjs');
  writeFileSync(script, '');
  return [process.execPath, script];
}

/** Runs this bench in another process. Throws where that fails. */
export function runSelf(args: readonly string[]): void {
  // All objects of the largest registry are in memory at once.
  runProgram([process.execPath, '--max-old-space-size=6144', SELF, ...args], cacheFolder());
}

/** Runs a program to its end, its output beside the bench's own. Throws where it fails. */
export function runProgram([command, ...args]: Argv, cwd: string): void {
  const { status } = spawnSync(command, args, {
    cwd,
    env: childEnvironment(),
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} exited with ${status}`);
}

/** Runs `git registry` to its end, its output unseen. Throws where it fails. */
export function runRegistry(cwd: string, ...args: readonly string[]): void {
  const [command, ...words] = registryArgv(...args);
  const { status, stderr } = spawnSync(command, words, { cwd, env: childEnvironment(), encoding: 'utf8' });
  if (status !== 0) throw new Error(`git registry ${args.join(' ')} exited with ${status}: ${stderr}`);
}
