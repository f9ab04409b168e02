/** Git LFS: large files by SHA-256, behind a filter of `git add`. */
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { gitText } from '../git-text.ts';
import { freshRepository } from './fresh-repository.ts';
import { gitLfsPrograms, versionOf } from './installed-peers.ts';
import type { Peer } from './peer-work.ts';

/** Returns Git LFS in a repository that has a copy of `weights`. */
export function gitLfs(weights: string): Peer {
  const programs = gitLfsPrograms();
  const program = join(programs, 'git-lfs');
  const cwd = freshRepository('git-lfs');
  gitText(cwd, ['config', 'filter.lfs.required', 'true']);
  for (const [name, command] of [
    ['clean', 'clean -- %f'],
    ['smudge', 'smudge -- %f'],
    ['process', 'filter-process'],
  ] as const) {
    gitText(cwd, ['config', `filter.lfs.${name}`, `git-lfs ${command}`]);
  }
  writeFileSync(join(cwd, '.gitattributes'), '*.bin filter=lfs diff=lfs merge=lfs -text\n');
  return {
    name: 'Git LFS',
    version: versionOf(program, ['version']),
    work: {
      add: {
        id: 'git lfs add',
        typed: 'git add FILE',
        cwd,
        env: { PATH: `${programs}${delimiter}${process.env['PATH'] ?? ''}` },
        prepare: () => {
          for (const path of ['.git/lfs', '.git/index', 'w.bin'])
            rmSync(join(cwd, path), { recursive: true, force: true });
          cpSync(weights, join(cwd, 'w.bin'));
        },
        argv: ['git', 'add', 'w.bin'],
      },
    },
  };
}
