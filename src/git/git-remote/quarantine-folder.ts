/**
 * A bare repository for one fetch (format §7.2): its own objects and few refs, with those of the real one as alternates.
 * So a fetch with nothing new stays cheap whatever the number of local refs, and bad objects never enter the real store.
 */
import { randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ObjectId } from '../../domain/digest.ts';
import { fileFault } from '../file-fault.ts';
import type { Environment } from '../git-environment.ts';
import { GitRunner } from '../git-runner.ts';
import { knownNameOf, UNBORN_HEAD } from '../ref-names.ts';
import { openRegistryFolder } from '../registry-folder.ts';
import type { Repository } from '../repository.ts';
import { markOwn, QUARANTINES } from './sweep-quarantines.ts';

/** A quarantine on disk. */
export interface QuarantineFolder {
  /** Names its refs apart from those of other fetches. */
  readonly id: string;
  readonly repository: Repository;
  readonly git: GitRunner;
  /** Returns the bytes that its objects take. */
  size(): number;
  remove(): void;
}

/** Makes one. `known`: tips that the remote need not send again. `afresh`: without what the real repository has. */
export function makeQuarantine(
  repository: Repository,
  environment: Environment,
  options: { readonly known: readonly ObjectId[]; readonly afresh: boolean },
): QuarantineFolder {
  const id = randomBytes(8).toString('hex');
  const folder = join(openRegistryFolder(repository.commonDir, QUARANTINES), id);
  const objectDir = join(folder, 'objects');
  const remove = (): void => {
    process.off('exit', remove);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  // `process.exit` after a signal comes past here too.
  process.on('exit', remove);
  try {
    mkdirSync(folder);
    markOwn(folder, id);
    for (const made of ['refs', 'objects', join('objects', 'info'), join('objects', 'pack')])
      mkdirSync(join(folder, made));
    writeFileSync(join(folder, 'HEAD'), UNBORN_HEAD);
    writeFileSync(join(folder, 'config'), configText(repository));
    if (!options.afresh) {
      writeFileSync(join(objectDir, 'info', 'alternates'), alternatesText(repository, environment));
      writeFileSync(join(folder, 'packed-refs'), packedRefsText(id, options.known));
      // What the real repository lacks the quarantine lacks too, and the remote must not take it for whole.
      copyShallow(repository, folder);
    }
  } catch (cause) {
    remove();
    throw fileFault(folder, cause);
  }
  const moved: Repository = {
    ...repository,
    gitDir: folder,
    commonDir: folder,
    objectDir,
    workTree: undefined,
    isBare: true,
    shallow: !options.afresh && repository.shallow,
  };
  return {
    id,
    repository: moved,
    git: runnerIn(repository, folder, environment),
    size: () => sizeOf(objectDir),
    remove,
  };
}

/** Relative URLs are relative to where git would stand in the real repository. */
function runnerIn(repository: Repository, folder: string, environment: Environment): GitRunner {
  return new GitRunner(repository.workTree ?? repository.gitDir, environment, {
    GIT_DIR: folder,
    GIT_COMMON_DIR: undefined,
    GIT_WORK_TREE: undefined,
    GIT_INDEX_FILE: undefined,
    GIT_OBJECT_DIRECTORY: undefined,
    GIT_ALTERNATE_OBJECT_DIRECTORIES: undefined,
    GIT_QUARANTINE_PATH: undefined,
  });
}

/** The user's configuration of the repository holds here too: credentials, proxies, what remotes are called. */
function configText({ commonDir, gitDir, objectFormat }: Repository): string {
  const included = [join(commonDir, 'config'), join(gitDir, 'config.worktree')].filter((path) => existsSync(path));
  const format = objectFormat === 'sha256' ? '[extensions]\n\tobjectFormat = sha256\n' : '';
  return [
    ...included.map((path) => `[include]\n\tpath = ${JSON.stringify(path)}\n`),
    `[core]\n\trepositoryFormatVersion = ${objectFormat === 'sha256' ? 1 : 0}\n\tbare = true\n${format}`,
  ].join('');
}

function alternatesText({ objectDir }: Repository, environment: Environment): string {
  const others = environment['GIT_ALTERNATE_OBJECT_DIRECTORIES'];
  const separator = process.platform === 'win32' ? ';' : ':';
  const inherited = others === undefined ? [] : others.split(separator).filter((path) => path !== '');
  return [objectDir, ...inherited].map((path) => `${quoted(path)}\n`).join('');
}

function quoted(path: string): string {
  return /^[#"]|["\\\n]/.test(path) ? JSON.stringify(path) : path;
}

function packedRefsText(id: string, known: readonly ObjectId[]): string {
  const names = known.map((tip, index) => ({ tip, name: knownNameOf(id, index) }));
  const lines = names.sort((a, b) => (a.name < b.name ? -1 : 1)).map(({ tip, name }) => `${tip} ${name}\n`);
  return ['# pack-refs with: sorted \n', ...lines].join('');
}

function copyShallow({ commonDir }: Repository, folder: string): void {
  const path = join(commonDir, 'shallow');
  if (existsSync(path)) copyFileSync(path, join(folder, 'shallow'));
}

function sizeOf(folder: string): number {
  let bytes = 0;
  for (const item of listFolder(folder)) {
    const path = join(item.parentPath, item.name);
    if (item.isFile()) bytes += statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}

/** Git renames files under the walk. */
function listFolder(folder: string): ReturnType<typeof readdirRecursive> {
  try {
    return readdirRecursive(folder);
  } catch {
    return [];
  }
}

function readdirRecursive(folder: string) {
  return readdirSync(folder, { recursive: true, withFileTypes: true });
}
