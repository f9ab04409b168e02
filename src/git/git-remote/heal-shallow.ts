/**
 * What `pull --refetch` brought is whole, but git goes on hiding the parents of each commit that the file `shallow` names
 * (format §7.2). Those of the registry are taken out of it, as `git fetch --unshallow` would; the user's branches stay cut.
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ObjectId } from '../../domain/digest.ts';
import { RegistryError } from '../../domain/errors.ts';
import { fileFault } from '../file-fault.ts';
import type { GitRunner } from '../git-runner.ts';

/** Heals what the tips reach. `quarantine` sees all of it, and nothing cut. Throws `locked`, `permission`, `no-space`, `io`. */
export async function healShallow(commonDir: string, quarantine: GitRunner, tips: readonly ObjectId[]): Promise<void> {
  const path = join(commonDir, 'shallow');
  if (tips.length === 0 || readLines(path).length === 0) return;
  const input = tips.map((tip) => `${tip}\n`).join('');
  const reached = new Set((await quarantine.read(['rev-list', '--stdin'], { input })).toString('latin1').split('\n'));
  replaceLines(path, (line) => !reached.has(line));
}

/** Git's own lock for the file: taken, written, renamed. */
function replaceLines(path: string, isKept: (line: string) => boolean): void {
  const lock = `${path}.lock`;
  try {
    writeFileSync(lock, '', { flag: 'wx' });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw fileFault(lock, cause);
    throw new RegistryError('locked', `${lock}: another git changes what the clone is cut at`, {
      data: { path: lock },
    });
  }
  try {
    const kept = readLines(path).filter(isKept);
    writeFileSync(lock, kept.map((line) => `${line}\n`).join(''), { flush: true });
    renameSync(lock, path);
    // Git takes a clone with an empty file for a shallow one.
    if (kept.length === 0) rmSync(path, { force: true });
  } catch (cause) {
    rmSync(lock, { force: true });
    throw fileFault(path, cause);
  }
}

function readLines(path: string): readonly string[] {
  try {
    return readFileSync(path, 'latin1')
      .split('\n')
      .filter((line) => line !== '');
  } catch {
    return [];
  }
}
