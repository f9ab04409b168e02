/** Which remote a word names: a configured one, a URL, or a folder. */
import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { RemoteTarget } from '../../ports/git-remote.ts';
import type { GitConfig } from '../git-config.ts';
import { withoutCredentials } from './remote-fault.ts';

const URL_FORM = /^(?:[a-z][a-z0-9+.-]*:\/\/|[^/\\:\s]+@[^/:\s]+:)/i;
const PATH_FORM = /^(?:\.{0,2}[/\\]|\.{1,2}$|[a-z]:[/\\])/i;

/** Returns the remote, or undefined where the word names none. Paths are relative to `folder`. */
export async function findRemote(config: GitConfig, folder: string, word: string): Promise<RemoteTarget | undefined> {
  const names = await config.subsections('remote', 'url');
  if (names.includes(word)) return { name: word, address: word, label: word };
  const isUrl = URL_FORM.test(word);
  const path = resolve(folder, word);
  if (!isUrl && !(PATH_FORM.test(word) ? existsSync(path) : isRepositoryFolder(path))) return undefined;
  const address = isUrl ? word : path;
  for (const name of names) {
    const url = await config.find(`remote.${name}.url`);
    if (url === address || url === word) return { name, address: name, label: name };
  }
  const digest = createHash('sha256').update(address).digest('hex').slice(0, 16);
  return { name: `url-${digest}`, address, label: withoutCredentials(address) };
}

/** A bare word is a path only where a repository is there: else it is a model. */
function isRepositoryFolder(path: string): boolean {
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  return isFolder && (existsSync(join(path, '.git')) || existsSync(join(path, 'HEAD')));
}
