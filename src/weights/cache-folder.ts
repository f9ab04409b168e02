/** Where the weights cache of a repository is, and what DVC's configuration says about it (format §8.1). */
import { join } from 'node:path';
import { RegistryError } from '../domain/errors.ts';
import type { CacheFolder } from './content-path.ts';
import { type DvcSetting, type Environment, readDvcConfig, resolveDvcPath } from './dvc-config.ts';
import { findDvcProject } from './dvc-project.ts';
import type { LinkType } from './link-file.ts';

/** A repository, as far as its cache depends on it. */
export interface CacheSearch {
  /** Absolute path of the work tree's top level; a bare repository has none. */
  readonly workTree?: string | undefined;
  /** Absolute path of the git common dir. */
  readonly commonDir: string;
  readonly env: Environment;
}

/** A cache folder, and how files may be checked out of it. */
export interface CacheLocation extends CacheFolder {
  /** DVC's `cache.type`: what to try, in order. */
  readonly linkTypes: readonly LinkType[];
}

/** What DVC does when `cache.type` is not set. */
const DEFAULT_LINK_TYPES: readonly LinkType[] = ['reflink', 'copy'];
const LINK_TYPES: ReadonlySet<string> = new Set<LinkType>(['reflink', 'hardlink', 'symlink', 'copy']);

/**
 * Returns the cache of a repository: DVC's in a DVC project, else `registry/cache` in the git common dir. Nothing is
 * created. Throws `bad-dvc-config`, `permission`, `io`.
 */
export async function locateCache(search: CacheSearch): Promise<CacheLocation> {
  const { workTree, commonDir, env } = search;
  const project = workTree === undefined ? undefined : findDvcProject(workTree);
  if (project === undefined) {
    return {
      folder: join(commonDir, 'registry', 'cache'),
      owner: 'registry',
      shared: false,
      linkTypes: DEFAULT_LINK_TYPES,
    };
  }
  const settings = readDvcConfig(project, env).get('cache');
  const folder = settings?.get('dir');
  return {
    folder: folder === undefined ? join(project, '.dvc', 'cache') : resolveDvcPath(folder, env),
    owner: 'dvc',
    shared: decodeShared(settings?.get('shared')),
    linkTypes: decodeLinkTypes(settings?.get('type')),
  };
}

function decodeShared(setting: DvcSetting | undefined): boolean {
  if (setting === undefined) return false;
  if (typeof setting.value === 'string' && setting.value.toLowerCase() === 'group') return true;
  throw badSetting('shared', 'group', setting);
}

function decodeLinkTypes(setting: DvcSetting | undefined): readonly LinkType[] {
  if (setting === undefined) return DEFAULT_LINK_TYPES;
  const { value } = setting;
  const types = typeof value === 'string' ? value.split(',').map((type) => type.trim()) : value;
  if (types.every(isLinkType)) return types;
  throw badSetting('type', [...LINK_TYPES].join(', '), setting);
}

function isLinkType(text: string): text is LinkType {
  return LINK_TYPES.has(text);
}

function badSetting(key: string, expected: string, { value, folder }: DvcSetting): RegistryError {
  const problem = `cache.${key}: expected ${expected}, got ${JSON.stringify(value)}`;
  return new RegistryError('bad-dvc-config', `DVC configuration in ${JSON.stringify(folder)}: ${problem}`, {
    data: { folder, key: `cache.${key}`, value },
  });
}
