/** The commit whose registry.yaml decides, found with no process where refs are files. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ObjectId } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import type { GitConfig } from './git-config.ts';
import type { GitRunner } from './git-runner.ts';
import { isLegalRefName, remoteDefaultBranch, symbolicTarget } from './ref-names.ts';
import { RefReader } from './ref-reader.ts';
import type { Repository } from './repository.ts';

/** A commit, and what it was found under. */
export interface NamedCommit {
  readonly name: string;
  readonly commit: ObjectId;
}

/** Finds it: what `registry.policyRef` names, else the registry remote's default branch, else HEAD. Throws `no-policy`. */
export async function findPolicyCommit(
  repository: Repository,
  git: GitRunner,
  config: GitConfig,
): Promise<NamedCommit | undefined> {
  const named = await config.find('registry.policyref');
  if (named !== undefined) return { name: named, commit: await commitOf(git, named) };
  const remote = (await config.find('registry.remote')) ?? 'origin';
  const reader = new RefReader(repository, git);
  const branch = remoteDefaultBranch(remote);
  const ofRemote = isLegalRefName(branch)
    ? await followHead(reader, repository, repository.commonDir, branch)
    : undefined;
  if (ofRemote !== undefined) return { name: `${remote}/HEAD`, commit: ofRemote };
  const head = await followHead(reader, repository, repository.gitDir, 'HEAD');
  return head === undefined ? undefined : { name: 'HEAD', commit: head };
}

async function commitOf(git: GitRunner, named: string): Promise<ObjectId> {
  const { exitCode, stdout } = await git.run([
    'rev-parse',
    '--verify',
    '--quiet',
    '--end-of-options',
    `${named}^{commit}`,
  ]);
  if (exitCode === 0) return stdout.toString().trim() as ObjectId;
  throw new RegistryError('no-policy', `registry.policyRef ${JSON.stringify(named)}: expected a commit that is here`, {
    data: { policyRef: named },
    hint: 'git fetch, or git config registry.policyRef REF',
  });
}

/** A HEAD is most often a symbolic ref, which git would have to be started for. */
async function followHead(
  reader: RefReader,
  { refFormat }: Repository,
  folder: string,
  name: string,
): Promise<ObjectId | undefined> {
  if (refFormat !== 'files') return reader.find(name);
  const text = readIfThere(join(folder, name)) ?? '';
  const target = symbolicTarget(text);
  if (target !== undefined) return reader.find(target);
  return /^[0-9a-f]{40,64}\n$/.test(text) ? (text.trim() as ObjectId) : undefined;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}
