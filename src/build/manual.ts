/** The man page and the shell completions: the program itself prints them, from the same data as `--help`. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { writeOutput } from './write-output.ts';

/** Files below `dist`, and the command that prints each. */
const PAGES: Readonly<Record<string, readonly string[]>> = {
  'man/git-registry.1': ['__man'],
  'completion/outlines.json': ['__outlines'],
  'completion/git-registry.bash': ['completion', 'bash'],
  'completion/_git-registry': ['completion', 'zsh'],
  'completion/git-registry.fish': ['completion', 'fish'],
};

/** Runs the program that was just bundled. Returns the paths of the files written. */
export function buildManual(root: string): Promise<string[]> {
  const program = path.join(root, 'bin/git-registry.cjs');
  const printed = Object.entries(PAGES).map(async ([file, args]) => {
    const { stdout } = await promisify(execFile)(process.execPath, [program, ...args], { cwd: root });
    return writeOutput(path.join(root, 'dist', file), stdout);
  });
  return Promise.all(printed);
}
