import fs from 'node:fs';
import { openGitPorts } from '../../src/git/git-ports.ts';
import { openIsomorphicPorts } from '../../src/git/isomorphic/isomorphic-ports.ts';
import { openRepository } from '../../src/git/open-repository.ts';
import { describeRefStore } from './ref-store.ts';

describeRefStore(
  'the git ref store',
  async ({ folder, environment }) => {
    const ports = openGitPorts(await openRepository(folder, environment), environment);
    return { store: ports.refs, close: ports.close };
  },
  { writes: true, sha256: true, worktrees: true },
);

describeRefStore(
  'the isomorphic-git ref store',
  async ({ gitDir }) => ({ store: openIsomorphicPorts({ fs, gitDir }).refs, close: () => Promise.resolve() }),
  { writes: false, sha256: false, worktrees: false },
);
