/** A repository in a temporary folder, for a look at a remote: nothing is written to the user's, which need not even exist. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RegistryError } from '../../domain/errors.ts';
import { fileFault } from '../file-fault.ts';
import type { Environment } from '../git-environment.ts';
import { openRepository } from '../open-repository.ts';
import { MOVING } from '../plain-repository.ts';
import { UNBORN_HEAD } from '../ref-names.ts';
import type { Repository } from '../repository.ts';

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
  const around = await findRepository(startFolder, environment);
  const folder = makeTemporary();
  const remove = (): void => {
    process.off('exit', remove);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  // `process.exit` after a signal comes past here too.
  process.on('exit', remove);
  try {
    for (const made of ['refs', 'objects']) mkdirSync(join(folder, made));
    writeFileSync(join(folder, 'HEAD'), UNBORN_HEAD);
    writeFileSync(join(folder, 'config'), configText(around, objectFormat));
  } catch (cause) {
    remove();
    throw fileFault(folder, cause);
  }
  const repository: Repository = {
    gitDir: folder,
    commonDir: folder,
    objectDir: join(folder, 'objects'),
    workTree: around?.workTree ?? around?.gitDir,
    objectFormat,
    isBare: around?.workTree === undefined,
    refFormat: 'files',
    shallow: false,
  };
  const kept = Object.entries(environment).filter(([name]) => !MOVING.test(name) && !OWN.has(name));
  return { repository, environment: Object.fromEntries(kept), remove };
}

/** What else a hook says of the repository that it runs in. */
const OWN = new Set(['GIT_INDEX_FILE', 'GIT_ALTERNATE_OBJECT_DIRECTORIES', 'GIT_QUARANTINE_PATH']);

async function findRepository(folder: string, environment: Environment): Promise<Repository | undefined> {
  try {
    return await openRepository(folder, environment);
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

function configText(around: Repository | undefined, objectFormat: Repository['objectFormat']): string {
  const paths = around === undefined ? [] : [join(around.commonDir, 'config'), join(around.gitDir, 'config.worktree')];
  const isSha256 = objectFormat === 'sha256';
  return [
    ...paths.filter((path) => existsSync(path)).map((path) => `[include]\n\tpath = ${JSON.stringify(path)}\n`),
    `[core]\n\trepositoryFormatVersion = ${isSha256 ? 1 : 0}\n\tbare = true\n`,
    isSha256 ? '[extensions]\n\tobjectFormat = sha256\n' : '',
  ].join('');
}
