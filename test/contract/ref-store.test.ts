import { openGitPorts } from '../../src/git/git-ports.ts';
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
