/** Makes a repository that holds a registry and nothing else: `clone` of git-registry. */
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { RegistryError } from '../domain/errors.ts';
import { fileFault } from './file-fault.ts';
import type { Environment } from './git-environment.ts';
import { GitRunner } from './git-runner.ts';
import { REGISTRY_PATTERN } from './ref-names.ts';

/** Where, and of what. */
export interface NewRepository {
  /** Absolute; must not exist or be empty. */
  readonly folder: string;
  readonly url: string;
  readonly objectFormat: 'sha1' | 'sha256';
}

/**
 * Makes it, with the remote `origin` and no refspec: a plain `git fetch` there brings branches only when asked for. Throws
 * `destination`, `git-failed`, `io`.
 */
export async function createRepository(made: NewRepository, environment: Environment): Promise<void> {
  const { folder, url, objectFormat } = made;
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new RegistryError('destination', `${folder}: expected a new or empty folder`, { data: { path: folder } });
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw fileFault(folder, cause);
  }
  const git = new GitRunner(folder, { ...environment, GIT_DIR: undefined, GIT_WORK_TREE: undefined });
  await git.read(['init', '--quiet', `--object-format=${objectFormat}`]);
  await git.read(['config', 'remote.origin.url', url]);
}

/** Returns the object format of a remote, from the length of its ids; `sha1` where it has no refs. Throws where it cannot be reached. */
export async function findObjectFormat(
  url: string,
  folder: string,
  environment: Environment,
): Promise<'sha1' | 'sha256'> {
  const git = new GitRunner(folder, environment);
  const args = ['ls-remote', '--', url, 'HEAD', REGISTRY_PATTERN];
  const result = await git.run(args);
  if (result.exitCode !== 0) {
    const { remoteFault, withoutCredentials } = await import('./git-remote/remote-fault.ts');
    throw remoteFault(withoutCredentials(url), result);
  }
  return /^[0-9a-f]{64}\t/m.test(result.stdout.toString('latin1')) ? 'sha256' : 'sha1';
}
