/**
 * A temporary folder for one conversation with a remote, below `registry/` in the git common dir. A killed process leaves
 * it, the next listing of a remote sweeps it away.
 */
import { randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileFault } from '../file-fault.ts';
import { openRegistryFolder } from '../registry-folder.ts';
import type { Repository } from '../repository.ts';
import { markOwn, QUARANTINES } from './sweep-quarantines.ts';

/** The folder on disk. */
export interface IncomingFolder {
  /** Names what is in it apart from that of others. */
  readonly id: string;
  readonly path: string;
  remove(): void;
}

/** Makes it, marked as this process's, and fills it. Throws `permission`, `no-space`, `io`; nothing is left then. */
export function makeIncomingFolder(repository: Repository, fill: (folder: string, id: string) => void): IncomingFolder {
  const id = randomBytes(8).toString('hex');
  const path = join(openRegistryFolder(repository.commonDir, QUARANTINES), id);
  const remove = (): void => {
    process.off('exit', remove);
    rmSync(path, { recursive: true, force: true, maxRetries: 5 });
  };
  // `process.exit` after a signal comes past here too.
  process.on('exit', remove);
  try {
    mkdirSync(path);
    markOwn(path, id);
    fill(path, id);
  } catch (cause) {
    remove();
    throw fileFault(path, cause);
  }
  return { id, path, remove };
}

/** The user's configuration of the repository holds here too: credentials, proxies, what remotes are called. */
export function writeConfig(
  { commonDir, gitDir, objectFormat }: Repository,
  folder: string,
  extensions: Readonly<Record<string, string>> = {},
): void {
  const included = [join(commonDir, 'config'), join(gitDir, 'config.worktree')].filter((path) => existsSync(path));
  const isSha256 = objectFormat === 'sha256';
  const named = Object.entries({ ...(isSha256 ? { objectFormat: 'sha256' } : {}), ...extensions });
  const text = [
    ...included.map((path) => `[include]\n\tpath = ${JSON.stringify(path)}\n`),
    `[core]\n\trepositoryFormatVersion = ${isSha256 ? 1 : 0}\n\tbare = true\n`,
    ...(named.length === 0 ? [] : ['[extensions]\n']),
    ...named.map(([name, value]) => `\t${name} = ${JSON.stringify(value)}\n`),
  ];
  writeFileSync(join(folder, 'config'), text.join(''));
}

/** What the real repository lacks the folder lacks too, and a remote must not take it for whole. */
export function copyShallow({ commonDir }: Repository, folder: string): void {
  const path = join(commonDir, 'shallow');
  if (existsSync(path)) copyFileSync(path, join(folder, 'shallow'));
}
