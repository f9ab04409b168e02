/** Python programs from PyPI, each in a virtual environment of its own, in the user's cache folder: never in the work tree. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/** Returns where the program of a package is, or will be. `requirement`: e.g. `pre-commit==4.7.0`; the program has its name. */
export function pythonProgram(requirement: string): string {
  const [name = ''] = requirement.split('==');
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return join(cache, 'git-registry-ci', requirement.replace('==', '-'), 'bin', name);
}

/** Installs the package unless it is there. Throws where that fails. */
export function installPythonProgram(requirement: string): void {
  const program = pythonProgram(requirement);
  if (existsSync(program)) return;
  const programs = dirname(program);
  mkdirSync(dirname(programs), { recursive: true });
  for (const [command, ...args] of [
    ['python3', '-m', 'venv', dirname(programs)],
    [join(programs, 'pip'), 'install', '--quiet', '--disable-pip-version-check', requirement],
  ] as const) {
    const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr.slice(-500)}`);
  }
}
