/**
 * Repository discovery without a process, for the plain case. Whatever is not plain (another owner, a bare repository,
 * `core.worktree`, an extension or an include, a mount point on the way up) is left to git: undefined.
 */
import { lstatSync, readFileSync, type Stats, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parsePlainConfig } from './plain-config.ts';
import type { Repository } from './repository.ts';

/** Variables that move the repository, or say how it may be looked for. */
export const MOVING: RegExp =
  /^GIT_(?:DIR|COMMON_DIR|WORK_TREE|OBJECT_DIRECTORY|CEILING_DIRECTORIES|DISCOVERY_ACROSS_FILESYSTEM)$/;

/** Finds the repository of a folder (its real path), or returns undefined where git must be asked. */
export function findPlainRepository(startFolder: string): Repository | undefined {
  try {
    return walkUp(startFolder);
  } catch {
    return undefined;
  }
}

function walkUp(startFolder: string): Repository | undefined {
  const device = stat(startFolder)?.dev;
  for (let folder = startFolder; ; folder = dirname(folder)) {
    const dotGit = join(folder, '.git');
    const found = lstat(dotGit);
    if (found?.isDirectory() === true) return readPlain(folder, dotGit, undefined);
    if (found?.isFile() === true) return readLinked(folder, dotGit);
    // A bare repository on the way up is used only where safe.bareRepository lets git use it.
    if (found !== undefined || stat(join(folder, 'HEAD')) !== undefined) return undefined;
    const parent = dirname(folder);
    if (parent === folder || stat(parent)?.dev !== device) return undefined;
  }
}

/** A `.git` file: a linked work tree or a submodule. */
function readLinked(workTree: string, file: string): Repository | undefined {
  const target = /^gitdir: (.+?)[\r\n]*$/.exec(readText(file) ?? '')?.[1];
  return target === undefined ? undefined : readPlain(workTree, resolve(workTree, target), file);
}

function readPlain(workTree: string, gitDir: string, gitFile: string | undefined): Repository | undefined {
  const paths = gitFile === undefined ? [workTree, gitDir] : [workTree, gitDir, gitFile];
  if (!paths.every(isOwn)) return undefined;
  const common = readText(join(gitDir, 'commondir'));
  const commonDir = common === undefined ? gitDir : resolve(gitDir, common.trim());
  const objectDir = join(commonDir, 'objects');
  const head = readText(join(gitDir, 'HEAD'));
  if (head === undefined || !/^(?:ref: refs\/|[0-9a-f]{40})/.test(head)) return undefined;
  if (stat(objectDir)?.isDirectory() !== true || stat(join(commonDir, 'refs'))?.isDirectory() !== true)
    return undefined;
  const config = parsePlainConfig(readText(join(commonDir, 'config')) ?? '');
  if (config === undefined) return undefined;
  return { gitDir, commonDir, workTree, ...config, isBare: false, objectDir, shallow: isShallow(commonDir) };
}

/** Git trusts a repository whose folders its user owns (safe.directory); Windows has its own rules. */
function isOwn(path: string): boolean {
  return process.geteuid !== undefined && lstat(path)?.uid === process.geteuid();
}

function isShallow(commonDir: string): boolean {
  return (stat(join(commonDir, 'shallow'))?.size ?? 0) > 0;
}

function stat(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

function lstat(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
