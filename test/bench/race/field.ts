/** A remote and the clones that race for it. */
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../cache-folder.ts';
import { childEnvironment } from '../child-environment.ts';
import { gitText } from '../git-text.ts';
import type { Argv } from '../programs.ts';

/** The model that all of them write to. */
export const RACED_MODEL = 'raced';

/** Where a race is run. */
export interface RaceField {
  /** A bare folder. */
  readonly remote: string;
  readonly clones: readonly string[];
  /** A folder for the bundle of a clone. */
  bundle(index: number): string;
  /** How many entry refs the remote has. */
  entries(): number;
}

/** One that races. */
export interface Racer {
  /** Makes the next entry; not measured. */
  prepare(entry: number): Promise<void>;
  /** Pushes until the entry is there. */
  push(): Promise<void>;
  /** After the race. */
  finish(): Promise<void>;
}

/** Makes it anew, each clone with a committer of its own. */
export function makeField(name: string, clones: number): RaceField {
  const root = join(cacheFolder('copies'), `race-${name}`);
  rmSync(root, { recursive: true, force: true });
  const remote = cacheFolder('copies', `race-${name}`, 'remote.git');
  gitText(remote, ['init', '--quiet', '--bare']);
  const made = Array.from({ length: clones }, (_, index) => {
    const clone = cacheFolder('copies', `race-${name}`, `clone-${index}`);
    gitText(clone, ['init', '--quiet', '--initial-branch=main']);
    gitText(clone, ['remote', 'add', 'origin', remote]);
    gitText(clone, ['config', 'user.name', `clone-${index}`]);
    gitText(clone, ['config', 'user.email', `clone-${index}@example.org`]);
    return clone;
  });
  return {
    remote,
    clones: made,
    bundle: (index) => cacheFolder('copies', `race-${name}`, `bundle-${index}`),
    entries: () => linesOf(gitText(remote, ['for-each-ref', '--format=%(refname)', 'refs/registry/sha'])).length,
  };
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}

/** How a process ended. */
export interface RunEnd {
  readonly status: number | null;
  readonly stderr: string;
}

/** Runs a process beside others. */
export function runBeside([command, ...args]: Argv, cwd: string): Promise<RunEnd> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: childEnvironment(), stdio: ['ignore', 'ignore', 'pipe'] });
    const stderr: Buffer[] = [];
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stderr: Buffer.concat(stderr).toString() }));
  });
}
