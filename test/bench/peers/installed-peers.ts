/** Other tools, installed into the cache folder: never into the work tree, never into the machine. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../cache-folder.ts';
import { childEnvironment } from '../child-environment.ts';

/** Python packages, a virtual environment each: their dependencies differ. */
const PYTHON_PACKAGES = {
  dvc: ['dvc==3.67.1', 'gto==1.10.1'],
  mlflow: ['mlflow==3.17.2'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** Returns the folder of a virtual environment's programs. Throws where pip fails. */
export function pythonPrograms(name: keyof typeof PYTHON_PACKAGES): string {
  const folder = cacheFolder('peers', name);
  const programs = join(folder, 'bin');
  const done = join(programs, name);
  if (existsSync(done)) return programs;
  mustRun(['python3', '-m', 'venv', folder]);
  mustRun([join(programs, 'pip'), 'install', '--quiet', ...PYTHON_PACKAGES[name]]);
  return programs;
}

/** Returns the folder that holds `git-lfs`, unpacked from Debian's package. Throws where there is no apt. */
export function gitLfsPrograms(): string {
  const folder = cacheFolder('peers', 'git-lfs');
  const programs = join(folder, 'usr', 'bin');
  if (existsSync(join(programs, 'git-lfs'))) return programs;
  const findPackage = (): string | undefined => readdirSync(folder).find((name) => name.endsWith('.deb'));
  if (findPackage() === undefined) mustRun(['apt-get', 'download', 'git-lfs'], folder);
  mustRun(['dpkg-deb', '--extract', findPackage() ?? '', '.'], folder);
  return programs;
}

/** Returns the version number that a program prints. */
export function versionOf(program: string, args: readonly string[] = ['--version']): string {
  const { stdout, stderr } = spawnSync(program, args, { env: childEnvironment(), encoding: 'utf8' });
  return /\d+(?:\.\d+)+/.exec(`${stdout}${stderr}`)?.[0] ?? '';
}

function mustRun([command = '', ...args]: readonly string[], cwd: string = cacheFolder('peers')): void {
  const { status, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status === 0) return;
  throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr.trim().slice(-500)}`);
}
