/**
 * A bare repository for one fetch (format §7.2): its own objects and few refs, with those of the real one as alternates.
 * So a fetch with nothing new stays cheap whatever the number of local refs, and bad objects never enter the real store.
 */
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ObjectId } from '../../domain/digest.ts';
import type { Environment } from '../git-environment.ts';
import type { GitRunner } from '../git-runner.ts';
import { knownNameOf, UNBORN_HEAD } from '../ref-names.ts';
import type { Repository } from '../repository.ts';
import { writeFolderConfig } from './folder-config.ts';
import {
  copyShallow,
  folderRunner,
  makeIncomingFolder,
  type RealRepository,
  removeGrafts,
  writeGrafts,
  writePackedRefs,
} from './incoming-folder.ts';

/** A quarantine on disk. */
export interface QuarantineFolder {
  /** Names its refs apart from those of other fetches. */
  readonly id: string;
  readonly repository: Repository;
  readonly git: GitRunner;
  /** Returns the bytes that its objects take. */
  size(): number;
  /** Has its git look by itself for what the remote had; false where it did before. */
  forget(): boolean;
  remove(): void;
}

/** What a quarantine holds from the first. */
export interface QuarantineOptions {
  /** Tips that the remote need not send again. */
  readonly known: readonly ObjectId[];
  /** Those of them that the remote is known to have. */
  readonly published?: readonly ObjectId[];
  /** Without what the real repository has. */
  readonly afresh: boolean;
}

/** Makes one. */
export async function makeQuarantine(real: RealRepository, options: QuarantineOptions): Promise<QuarantineFolder> {
  const { repository, environment } = real;
  const made = await makeIncomingFolder(repository, async (path, id) => {
    for (const folder of ['refs', 'objects', join('objects', 'info'), join('objects', 'pack')])
      mkdirSync(join(path, folder));
    writeFileSync(join(path, 'HEAD'), UNBORN_HEAD);
    await writeFolderConfig(real, {
      path,
      git: runnerIn(repository, path, environment),
      objectFormat: repository.objectFormat,
    });
    if (options.afresh) return;
    writeFileSync(join(path, 'objects', 'info', 'alternates'), alternatesText(repository, environment));
    writePackedRefs(
      path,
      options.known.map((tip, index) => ({ id: tip, name: knownNameOf(id, index) })),
    );
    copyShallow(repository, path);
    await writeGrafts(real, path, new Map((options.published ?? []).map((tip) => [tip, new Set()])));
  });
  const { id, path: folder, remove } = made;
  const objectDir = join(folder, 'objects');
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
    forget: () => removeGrafts(folder),
    remove,
  };
}

function runnerIn(repository: Repository, folder: string, environment: Environment): GitRunner {
  return folderRunner(repository, environment, folder, {
    GIT_OBJECT_DIRECTORY: undefined,
    GIT_ALTERNATE_OBJECT_DIRECTORIES: undefined,
    GIT_QUARANTINE_PATH: undefined,
  });
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
