/** Which remotes a registry's weights go to and come from, and where each was configured. Nothing is opened here. */
import { existsSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { WeightsLayout } from '../domain/policy.ts';
import { type DvcConfig, type Environment, readDvcConfig } from './dvc-config.ts';
import { findDvcProject } from './dvc-project.ts';
import { type DvcRemote, readDvcRemote, remoteNames } from './dvc-remote.ts';
import { isUrl } from './remote-url.ts';

/** What is known of the repository, and what its user configured. */
export interface RemoteSearch {
  /** Absolute; a bare repository has none. */
  readonly workTree: string | undefined;
  readonly commonDir: string;
  readonly env: Environment;
  /** `registry.weightsRemote`: the name of a DVC remote, a path from the top of the work tree, or a URL. */
  readonly chosen: string | undefined;
  /** `weights:` of registry.yaml. */
  readonly policy: { readonly remote?: string; readonly layout?: WeightsLayout };
  /** URL or path of the git remote in question, where there is one. */
  readonly gitRemote: string | undefined;
}

/** A remote that was found: as DVC has it, or a URL without options. */
export interface FoundRemote extends DvcRemote {
  readonly layout: WeightsLayout;
}

/**
 * Returns the remotes, the one to write to first: `registry.weightsRemote`, the DVC project's `core.remote`, `weights:` of
 * registry.yaml, the folder of a git remote; then the DVC project's others, which may hold what the first lacks. Throws
 * `bad-dvc-config`, `bad-weights-remote`, `permission`, `io`.
 */
export function findRemotes(search: RemoteSearch): readonly FoundRemote[] {
  const { workTree, env, chosen, policy } = search;
  const top = workTree ?? search.commonDir;
  const project = workTree === undefined ? undefined : findDvcProject(workTree);
  // Without a project a remote of the user's or the machine's may still be chosen by name.
  const config = readDvcConfig(project ?? top, env);
  const layout = policy.layout ?? 'dvc';
  const named = (name: string): FoundRemote => ({ ...readDvcRemote(config, name, env), layout });
  const found: FoundRemote[] = [];
  if (chosen !== undefined) found.push(isDvcName(config, chosen) ? named(chosen) : plain(chosen, top, env, layout));
  const usual = config.get('core')?.get('remote')?.value;
  if (project !== undefined && typeof usual === 'string' && usual !== '') {
    // One that cannot be used must not keep the chosen one from its work.
    if (chosen === undefined || isDvcName(config, usual)) found.push(named(usual));
  }
  if (policy.remote !== undefined) found.push(plain(policy.remote, top, env, layout));
  const folder = search.gitRemote === undefined ? undefined : folderOfGitRemote(search.gitRemote, top);
  // It is a cache as well, where the git remote is somebody's clone: both names, one file.
  if (folder !== undefined)
    found.push({ name: folder, url: folder, options: new Map(), layout: policy.layout ?? 'both' });
  if (found.length > 0 && project !== undefined) found.push(...others(config, found).map(named));
  return found.filter(({ url }, index) => found.findIndex((other) => other.url === url) === index);
}

function isDvcName(config: DvcConfig, name: string): boolean {
  return remoteNames(config).includes(name.toLowerCase());
}

/** Remotes that keep files under their own paths are somebody's import, and never asked. */
function others(config: DvcConfig, found: readonly FoundRemote[]): readonly string[] {
  const taken = new Set(found.map(({ name }) => name.toLowerCase()));
  return remoteNames(config).filter((name) => {
    if (taken.has(name)) return false;
    const settings = config.get(`remote "${name}"`);
    return !['version_aware', 'worktree'].some((key) => String(settings?.get(key)?.value).toLowerCase() === 'true');
  });
}

function plain(spelled: string, top: string, env: Environment, layout: WeightsLayout): FoundRemote {
  const home = /^~(?=$|\/)/.test(spelled) ? `${env['HOME'] ?? ''}${spelled.slice(1)}` : spelled;
  const url = isUrl(home) ? home : resolve(top, home);
  return { name: url, url, options: new Map(), layout };
}

/** Returns `registry/cache` in the git folder of a git remote that is a plain folder; undefined for others. */
function folderOfGitRemote(url: string, top: string): string | undefined {
  const path = url.startsWith('file://') ? fileURLToPath(url) : url;
  if (isUrl(path) || (!isAbsolute(path) && /^[^/\\]*:/.test(path))) return undefined;
  const folder = resolve(top, path);
  const gitDir = [join(folder, '.git'), folder].find((place) => existsSync(join(place, 'objects')));
  return gitDir === undefined ? undefined : join(gitDir, 'registry', 'cache');
}
