/** npm as a user runs it, without what vitest and an outer npm put into the environment. */
import { execFileSync, type SpawnSyncReturns, spawnSync } from 'node:child_process';

/** Variables that say something about the run of the tests, not about the machine. */
const OF_THIS_RUN = /^(?:npm_|VITEST|NODE_ENV$|NODE_OPTIONS$|INIT_CWD$|GIT_)/i;

/** Returns the environment of the machine, with other variables on top. */
export function machineEnvironment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  const inherited = Object.entries(process.env).filter(
    ([name, value]) => value !== undefined && !OF_THIS_RUN.test(name),
  );
  return { ...(Object.fromEntries(inherited) as Record<string, string>), ...extra };
}

/** Runs npm in a folder and returns its stdout. Throws with its stderr when it fails. */
export function npm(folder: string, args: readonly string[]): string {
  return execFileSync('npm', [...args, '--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'], {
    cwd: folder,
    env: machineEnvironment(),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
}

/** Runs a program in a folder and returns how it ended and what it printed. */
export function run(
  folder: string,
  program: string,
  args: readonly string[],
  environment: Record<string, string> = machineEnvironment(),
): SpawnSyncReturns<string> {
  return spawnSync(program, args, { cwd: folder, env: environment, encoding: 'utf8' });
}
