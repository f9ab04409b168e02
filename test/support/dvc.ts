/** Stock DVC, as .ci/install-peers installs it. Where it is missing tests are skipped by name, but not under CI. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { toolFolder } from './tool-folder.ts';

const VERSION = '3.67.1';

/** Runs DVC in one folder. */
export interface Dvc {
  /** The environment of its commands, with `dvc` on the PATH. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs it and returns what it printed. Throws when it fails. */
  run(...args: readonly string[]): string;
  /** Runs it in another folder. */
  runIn(folder: string, ...args: readonly string[]): string;
}

/** Returns the program; undefined where it is missing, and tests of it are to be skipped. */
export function findDvcProgram(): string | undefined {
  const program = join(toolFolder(`dvc-${VERSION}`), 'bin', 'dvc');
  // Under CI a test that needs it then fails.
  return existsSync(program) || process.env['CI'] === 'true' ? program : undefined;
}

/** Returns the program of GTO, which is where DVC is. */
export function gtoProgram(): string {
  return join(dirname(findDvcProgram() ?? ''), 'gto');
}

/** Returns DVC in a folder, with an environment of which it sees nothing else of this machine. */
export function dvcIn(cwd: string, environment: Readonly<Record<string, string>>): Dvc {
  const program = findDvcProgram();
  if (program === undefined) throw new Error('dvc is missing');
  const env = {
    ...environment,
    PATH: `${dirname(program)}${delimiter}${environment['PATH'] ?? ''}`,
    DVC_NO_ANALYTICS: 'true',
    DVC_SITE_CACHE_DIR: join(environment['HOME'] ?? cwd, 'dvc-site'),
  };
  const runIn = (folder: string, ...args: readonly string[]): string => {
    const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, env, encoding: 'utf8' });
    if (status !== 0) throw new Error(`dvc ${args.join(' ')} exited with ${status}: ${stderr}${stdout}`);
    return `${stdout}${stderr}`;
  };
  return { env, run: (...args) => runIn(cwd, ...args), runIn };
}
