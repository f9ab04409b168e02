/** Empty repositories for peers. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../cache-folder.ts';
import { gitText } from '../git-text.ts';

/** Makes an empty repository with an identity, in place of an older one of that name. */
export function freshRepository(name: string): string {
  const folder = join(cacheFolder('copies'), name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  gitText(folder, ['init', '--quiet', '--initial-branch=main']);
  gitText(folder, ['config', 'user.name', 'Bench']);
  gitText(folder, ['config', 'user.email', 'bench@example.org']);
  return folder;
}
