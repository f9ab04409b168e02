/** Real git repositories in temporary folders that go when their test ends. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { gitEnvironment } from './git-env.ts';

/** How to make a repository. */
export interface RepositoryOptions {
  readonly objectFormat?: 'sha1' | 'sha256';
  readonly bare?: boolean;
}

/** What a git command printed, and how it ended. */
export interface GitOutput {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A repository of one test. */
export interface TemporaryRepository {
  /** The work tree, or the bare repository itself. */
  readonly folder: string;
  /** The git folder. */
  readonly gitDir: string;
  /** The environment of its commands; a test may change it. */
  readonly environment: Record<string, string>;
  /** Runs git there; returns stdout without its last newline. Throws when git fails. */
  git(args: readonly string[], input?: string | Uint8Array): string;
  /** Runs git there and returns how it went. */
  tryGit(args: readonly string[], input?: string | Uint8Array): GitOutput;
}

/** Returns a new empty folder (its real path) that is removed when the running test ends. */
export function temporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'git-registry-test-')));
  onTestFinished(() => removeFolder(folder));
  return folder;
}

/**
 * Removes a folder in which a process may still write or remove: one that was killed, git's upkeep in the background. The
 * retries of `rmSync` itself never look for what came since it listed a folder.
 */
async function removeFolder(folder: string): Promise<void> {
  for (;;) {
    try {
      return rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      if (!['ENOTEMPTY', 'ENOENT', 'EBUSY'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
    await sleep(50);
  }
}

/** Returns the handle of a repository that exists at `folder`. */
export function repositoryAt(folder: string, gitDir: string, environment: Record<string, string>): TemporaryRepository {
  const tryGit = (args: readonly string[], input: string | Uint8Array = ''): GitOutput => {
    const { status, stdout, stderr, error } = spawnSync('git', args, {
      cwd: folder,
      env: environment,
      input,
      encoding: 'utf8',
      maxBuffer: 1 << 30,
    });
    if (error !== undefined) throw error;
    return { exitCode: status, stdout, stderr };
  };
  const git = (args: readonly string[], input?: string | Uint8Array): string => {
    const { exitCode, stdout, stderr } = tryGit(args, input);
    if (exitCode !== 0) throw new Error(`git ${args.join(' ')} exited with ${exitCode}: ${stderr}`);
    return stdout.replace(/\n$/, '');
  };
  return { folder, gitDir, environment, git, tryGit };
}

/** Makes an empty repository in a temporary folder, beside an empty home. */
export function temporaryRepository(options: RepositoryOptions = {}): TemporaryRepository {
  const root = temporaryFolder();
  const home = join(root, 'home');
  const folder = join(root, 'repository');
  mkdirSync(home);
  mkdirSync(folder);
  const gitDir = options.bare === true ? folder : join(folder, '.git');
  const repository = repositoryAt(folder, gitDir, gitEnvironment(home));
  const bare = options.bare === true ? ['--bare'] : [];
  repository.git([
    'init',
    '--quiet',
    '--initial-branch=main',
    `--object-format=${options.objectFormat ?? 'sha1'}`,
    ...bare,
  ]);
  return repository;
}

/** Makes a commit of the empty tree and returns its id; different `label`s give different ids. No ref moves. */
export function looseCommit(repository: TemporaryRepository, label: string, parents: readonly string[] = []): string {
  const tree = repository.git(['hash-object', '-t', 'tree', '-w', '--stdin'], '');
  return repository.git(['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent])], `${label}\n`);
}
