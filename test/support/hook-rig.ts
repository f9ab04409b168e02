/** Commits made by real git in a repository whose hooks run the built program. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type CliRegistry, cliRegistry } from './cli-registry.ts';
import { safetensors } from './registry-rig.ts';
import type { GitOutput, RepositoryOptions } from './temporary-repository.ts';

/** A repository that has a commit, and hooks. */
export interface HookRig extends CliRegistry {
  /** Writes files of the work tree. */
  write(files: Readonly<Record<string, string | Uint8Array>>): void;
  /** Runs `git commit -m m ARGS`. */
  commit(...args: readonly string[]): GitOutput;
  /** Writes an executable hook of the user's own. */
  hook(path: string, text: string): void;
}

/** Weights, of which git must keep none. */
export const WEIGHTS: Uint8Array = safetensors([1, 2, 3, 4]);

/** Makes the repository; hooks are installed unless `hooks` is false. */
export function hookRig(options: RepositoryOptions & { readonly hooks?: boolean } = {}): HookRig {
  const registry = cliRegistry(options);
  const { repository } = registry;
  const write: HookRig['write'] = (files) => {
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(repository.folder, path)), { recursive: true });
      writeFileSync(join(repository.folder, path), content);
    }
  };
  write({ 'a.txt': 'a\n', 'b.txt': 'b\n' });
  repository.git(['add', '.']);
  repository.git(['commit', '--quiet', '--message', 'first']);
  if (options.hooks !== false) registry.must('hooks', 'install');
  return {
    ...registry,
    write,
    commit: (...args) => repository.tryGit(['commit', '--quiet', '--message', 'm', ...args]),
    hook: (path, text) => {
      mkdirSync(dirname(join(repository.folder, path)), { recursive: true });
      writeFileSync(join(repository.folder, path), text);
      chmodSync(join(repository.folder, path), 0o755);
    },
  };
}
