/** A repository in a temporary folder, for a look at a remote: nothing is written to the user's, which need not even exist. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RegistryError } from '../../domain/errors.ts';
import { fileFault } from '../file-fault.ts';
import { GitConfig } from '../git-config.ts';
import type { Environment } from '../git-environment.ts';
import { openRepository } from '../open-repository.ts';
import { MOVING } from '../plain-repository.ts';
import { UNBORN_HEAD } from '../ref-names.ts';
import { type Repository, repositoryRunner } from '../repository.ts';
import { type ConfiguredRepository, writeFolderConfig } from './folder-config.ts';

/** The folder, as adapters need it. */
export interface PeekFolder {
  readonly repository: Repository;
  /** Without what moves the user's repository. */
  readonly environment: Environment;
  remove(): void;
}

/**
 * Makes it. Of a repository around `startFolder` the configuration holds (what remotes are called, credentials), and its
 * work tree is where relative paths of remotes start. Throws `permission`, `no-space`, `io`.
 */
export async function makePeekFolder(
  startFolder: string,
  environment: Environment,
  objectFormat: Repository['objectFormat'],
): Promise<PeekFolder> {
  const around = await findAround(startFolder, environment);
  const folder = makeTemporary();
  const repository: Repository = {
    gitDir: folder,
    commonDir: folder,
    objectDir: join(folder, 'objects'),
    workTree: around?.repository.workTree ?? around?.repository.gitDir,
    objectFormat,
    isBare: around?.repository.workTree === undefined,
    refFormat: 'files',
    shallow: false,
  };
  const kept = Object.entries(environment).filter(([name]) => !MOVING.test(name) && !OWN.has(name));
  const moved = Object.fromEntries(kept);
  const remove = (): void => {
    process.off('exit', remove);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  // `process.exit` after a signal comes past here too.
  process.on('exit', remove);
  try {
    for (const made of ['refs', 'objects']) mkdirSync(join(folder, made));
    writeFileSync(join(folder, 'HEAD'), UNBORN_HEAD);
    const git = repositoryRunner(repository, moved);
    await writeFolderConfig(around, { path: folder, git, objectFormat });
  } catch (cause) {
    remove();
    throw fileFault(folder, cause);
  }
  return { repository, environment: moved, remove };
}

/** What else a hook says of the repository that it runs in. */
const OWN = new Set(['GIT_INDEX_FILE', 'GIT_ALTERNATE_OBJECT_DIRECTORIES', 'GIT_QUARANTINE_PATH']);

async function findAround(folder: string, environment: Environment): Promise<ConfiguredRepository | undefined> {
  try {
    const repository = await openRepository(folder, environment);
    const git = repositoryRunner(repository, environment);
    return { repository, git, config: new GitConfig(git) };
  } catch (error) {
    if (error instanceof RegistryError && error.code === 'no-repository') return undefined;
    throw error;
  }
}

function makeTemporary(): string {
  const prefix = join(tmpdir(), 'git-registry-peek-');
  try {
    return mkdtempSync(prefix);
  } catch (cause) {
    throw fileFault(prefix, cause);
  }
}
