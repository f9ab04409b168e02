/** What the peers are held against: git-registry on the same work. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { PROGRAM_VERSION } from '../../../src/cli/version.ts';
import { cacheFolder } from '../cache-folder.ts';
import { gitText } from '../git-text.ts';
import { registryArgv } from '../programs.ts';
import { copyOfRegistry } from '../registry/cached-registry.ts';
import { modelAt, SMALL, versionAt } from '../registry/shape.ts';
import { writeTinyBundle } from '../tiny-bundle.ts';
import { freshRepository } from './fresh-repository.ts';
import type { Peer } from './peer-work.ts';

/** Returns git-registry in a registry of 1,000 versions, and adding `weights` to an empty one. */
export function ownWork(weights: string): Peer {
  const cwd = copyOfRegistry(SMALL);
  const bundle = cacheFolder('bundle');
  const model = modelAt(0);
  const spec = `${model}@${versionAt(999)}`;
  const empty = freshRepository('own-add');
  return {
    name: 'git-registry',
    version: PROGRAM_VERSION,
    work: {
      resolve: { id: 'own resolve', typed: 'resolve MODEL@vX.Y.Z', cwd, argv: registryArgv('resolve', spec) },
      list: { id: 'own list', typed: 'list MODEL --limit 0', cwd, argv: registryArgv('list', model, '--limit', '0') },
      show: { id: 'own show', typed: 'show MODEL@vX.Y.Z', cwd, argv: registryArgv('show', spec) },
      lineage: { id: 'own lineage', typed: 'lineage MODEL@vX.Y.Z', cwd, argv: registryArgv('lineage', spec) },
      register: {
        id: 'own register',
        typed: 'register DIR --as vX.Y.Z',
        cwd,
        prepare: (round) => writeTinyBundle(bundle, `peer ${process.pid} ${round}`),
        argv: (round) => registryArgv('register', bundle, '--model', model, '--as', `v3.${round}.0`),
      },
      add: {
        id: 'own add',
        typed: 'register FILE',
        cwd: empty,
        prepare: () => {
          rmSync(join(empty, '.git', 'registry'), { recursive: true, force: true });
          const refs = gitText(empty, ['for-each-ref', '--format=delete %(refname)', 'refs/registry/']);
          gitText(empty, ['update-ref', '--stdin'], refs === '' ? '' : `${refs}\n`);
        },
        argv: registryArgv('register', weights, '--model', 'added', '--as', 'v1.0.0'),
      },
    },
  };
}
