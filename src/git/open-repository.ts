/** Finds the repository. Plain cases are read from disk; everything else is git's decision (architecture §3). */
import { realpathSync } from 'node:fs';
import { RegistryError } from '../domain/errors.ts';
import { askGitForRepository } from './asked-repository.ts';
import type { Environment } from './git-environment.ts';
import { findPlainRepository, MOVING } from './plain-repository.ts';
import type { Repository } from './repository.ts';

/**
 * Finds the repository that git would use in `startFolder`. Throws `no-repository`, `permission` (dubious ownership: git
 * decides, and its hint is passed on), `git-missing`, `git-too-old`, `git-failed` (a repository of an unknown format), `io`.
 */
export async function openRepository(startFolder: string, environment: Environment): Promise<Repository> {
  const folder = realFolder(startFolder);
  const moved = Object.entries(environment).some(([name, value]) => value !== undefined && MOVING.test(name));
  return (moved ? undefined : findPlainRepository(folder)) ?? (await askGitForRepository(folder, environment));
}

function realFolder(folder: string): string {
  try {
    return realpathSync.native(folder);
  } catch (cause) {
    throw new RegistryError('io', `folder ${JSON.stringify(folder)}: cannot be entered`, { data: { folder }, cause });
  }
}
