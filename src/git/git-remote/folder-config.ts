/**
 * The configuration of a temporary folder: what git says in the user's repository it says there too, of credentials,
 * proxies and what remotes are called.
 */
import { existsSync, realpathSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type ConfigItem, includeOf, renderConfig, textOf } from '../config-text.ts';
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
  const { ofUser, ofRepository } = await conditionalItems(around, folder);
  writeFileSync(path, renderConfig([...ofUser, ...included, ...ofRepository, ...own]));
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

/** What `includeIf` brings in the repository and not in the folder, for it asks for the git folder or the branch. */
interface ConditionalItems {
  /** By configuration of the user or the machine. */
  readonly ofUser: readonly ConfigItem[];
  readonly ofRepository: readonly ConfigItem[];
}

async function conditionalItems(
  { repository, git }: ConfiguredRepository,
  folder: ConfiguredFolder,
): Promise<ConditionalItems> {
  const standing = repository.workTree ?? repository.gitDir;
  const [there, here] = await Promise.all([listOrigins(git, standing), listOrigins(folder.git, standing)]);
  const known = new Set(here.map(({ file }) => file));
  const lacking = (scopes: readonly string[]): readonly ConfigItem[] =>
    lackingItems(
      there.filter(({ scope }) => scopes.includes(scope)),
      known,
    );
  return { ofUser: lacking(['system', 'global']), ofRepository: lacking(['local', 'worktree']) };
}

/** With them goes what is said of the same variables behind them: the last one counts. */
function lackingItems(there: readonly OriginatedItem[], known: ReadonlySet<string | undefined>): readonly ConfigItem[] {
  const lacked = new Set<string>();
  return there.flatMap(({ file, item }) => {
    const [key] = item;
    if (NOT_CARRIED.test(key)) return [];
    if (!known.has(file)) lacked.add(key);
    return lacked.has(key) ? [item] : [];
  });
}

/** Includes are done with; git heeds none of the others in a file that is included. */
const NOT_CARRIED = /^(?:include(?:if)?\.|extensions\.|core\.(?:bare|worktree|repositoryformatversion)$)/;

interface OriginatedItem {
  /** `system`, `global`, `local`, `worktree` or `command`. */
  readonly scope: string;
  /** Undefined where it comes from no file. */
  readonly file: string | undefined;
  readonly item: ConfigItem;
}

/** `<scope>`, a NUL, `file:<path>`, a NUL, `<key>`, a line feed and the value where there is one, a NUL. */
async function listOrigins(git: GitRunner, standing: string): Promise<readonly OriginatedItem[]> {
  const listed = await git.read(['config', '--list', '--show-scope', '--show-origin', '-z']);
  const fields = listed.toString('latin1').split('\0').slice(0, -1);
  return fields.flatMap((scope, at) => {
    if (at % 3 !== 0) return [];
    const [origin = '', said = ''] = fields.slice(at + 1);
    const [key = '', ...value] = said.split('\n');
    return [{ scope, file: fileOf(origin, standing), item: [key, value.length === 0 ? undefined : value.join('\n')] }];
  });
}

function fileOf(origin: string, standing: string): string | undefined {
  return origin.startsWith('file:') ? realpathSync(resolve(standing, textOf(origin.slice('file:'.length)))) : undefined;
}
