/** DVC: large files by MD5, in a cache. */

import { spawnSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { childEnvironment } from '../child-environment.ts';
import { freshRepository } from './fresh-repository.ts';
import { pythonPrograms, versionOf } from './installed-peers.ts';
import type { Peer } from './peer-work.ts';

/** Returns DVC in a repository that has a copy of `weights`. */
export function dvc(weights: string): Peer {
  const program = join(pythonPrograms('dvc'), 'dvc');
  const cwd = freshRepository('dvc');
  const env = { DVC_NO_ANALYTICS: '1', DVC_SITE_CACHE_DIR: join(cwd, '.git', 'dvc-site') };
  const { status, stderr } = spawnSync(program, ['init', '--quiet'], { cwd, env: childEnvironment(env) });
  if (status !== 0) throw new Error(`dvc init: ${stderr.toString()}`);
  return {
    name: 'DVC',
    version: versionOf(program),
    work: {
      add: {
        id: 'dvc add',
        typed: 'add FILE',
        cwd,
        env,
        prepare: () => {
          // DVC remembers digests of files that it has seen, and may have made a link of the file.
          for (const path of ['.dvc/cache', 'w.bin', 'w.bin.dvc', '.git/dvc-site']) {
            rmSync(join(cwd, path), { recursive: true, force: true });
          }
          cpSync(weights, join(cwd, 'w.bin'));
        },
        argv: [program, 'add', '--quiet', 'w.bin'],
      },
    },
  };
}
