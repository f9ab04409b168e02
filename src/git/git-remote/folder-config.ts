/**
 * The configuration of a temporary folder: what git says in the user's repository it says there too, of credentials,
 * proxies and what remotes are called.
 */
import { existsSync, realpathSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type ConfigItem, includeOf, renderConfig } from '../config-text.ts';
import type { GitConfig } from '../git-config.ts';
import type { GitRunner } from '../git-runner.ts';
import type { Repository } from '../repository.ts';

/** The user's repository. */
export interface ConfiguredRepository {
  readonly repository: Pick<Repository, 'commonDir' | 'gitDir' | 'workTree'>;
  readonly git: GitRunner;
  readonly config: GitConfig;
}

/** The temporary one. */
export interface ConfiguredFolder {
  readonly path: string;
  readonly git: GitRunner;
  readonly objectFormat: Repository['objectFormat'];
  /** What holds there alone. */
  readonly items?: readonly ConfigItem[];
}

/** Writes it. `around`: undefined where the folder stands alone. Throws system errors of files, `io` of git. */
export async function writeFolderConfig(
  around: ConfiguredRepository | undefined,
  folder: ConfiguredFolder,
): Promise<void> {
  const path = join(folder.path, 'config');
  const included = around === undefined ? [] : configFiles(around.repository).map(includeOf);
  const own = [...formatItems(folder.objectFormat), ...(folder.items ?? [])];
  writeFileSync(path, renderConfig([...included, ...own]));
  if (around === undefined || !(await around.config.hasSection('includeif'))) return;
  const conditional = await conditionalItems(around, folder);
  if (conditional.length > 0) writeFileSync(path, renderConfig([...conditional, ...included, ...own]));
}

function configFiles({ commonDir, gitDir }: ConfiguredRepository['repository']): readonly string[] {
  return [join(commonDir, 'config'), join(gitDir, 'config.worktree')].filter((path) => existsSync(path));
}

function formatItems(objectFormat: Repository['objectFormat']): readonly ConfigItem[] {
  const isSha256 = objectFormat === 'sha256';
  return [
    ['core.repositoryFormatVersion', isSha256 ? '1' : '0'],
    ['core.bare', 'true'],
    ...(isSha256 ? ([['extensions.objectFormat', 'sha256']] as const) : []),
  ];
}

/** `includeIf` asks for the git folder or the branch: what it brings in the repository and not here is said here as well. */
async function conditionalItems(
  { repository, git }: ConfiguredRepository,
  folder: ConfiguredFolder,
): Promise<readonly ConfigItem[]> {
  const standing = repository.workTree ?? repository.gitDir;
  const [there, here] = await Promise.all([listOrigins(git, standing), listOrigins(folder.git, standing)]);
  const known = new Set(here.map(({ file }) => file));
  return there
    .filter(({ file, item: [key] }) => file !== undefined && !known.has(file) && !/^include(?:if)?\./.test(key))
    .map(({ item }) => item);
}

interface OriginatedItem {
  /** Undefined where it comes from no file. */
  readonly file: string | undefined;
  readonly item: ConfigItem;
}

/** `file:<path>`, a NUL, `<key>`, a line feed and the value where there is one, a NUL. */
async function listOrigins(git: GitRunner, standing: string): Promise<readonly OriginatedItem[]> {
  const text = (await git.read(['config', '--list', '--show-origin', '-z'])).toString();
  const fields = text.split('\0').slice(0, -1);
  return fields.flatMap((origin, at) => {
    if (at % 2 === 1) return [];
    const [key = '', ...value] = (fields[at + 1] ?? '').split('\n');
    const file = origin.startsWith('file:') ? realpathSync(resolve(standing, origin.slice('file:'.length))) : undefined;
    return [{ file, item: [key, value.length === 0 ? undefined : value.join('\n')] }];
  });
}
