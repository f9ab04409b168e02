import fs from 'node:fs';
import { openGitPorts } from '../../src/git/git-ports.ts';
import { openIsomorphicPorts } from '../../src/git/isomorphic/isomorphic-ports.ts';
import { openRepository } from '../../src/git/open-repository.ts';
import { describeObjectStore } from './object-store.ts';

describeObjectStore(
  'the git object store',
  async ({ folder, environment }) => {
    const ports = openGitPorts(await openRepository(folder, environment), environment);
    return { store: ports.objects, close: ports.close };
  },
  { writes: true, sha256: true, worktrees: true },
);

describeObjectStore(
  'the isomorphic-git object store',
  async ({ gitDir }) => ({ store: openIsomorphicPorts({ fs, gitDir }).objects, close: () => Promise.resolve() }),
  { writes: false, sha256: false, worktrees: false },
);
