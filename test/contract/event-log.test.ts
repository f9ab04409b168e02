import fs from 'node:fs';
import { openGitPorts } from '../../src/git/git-ports.ts';
import { openIsomorphicPorts } from '../../src/git/isomorphic/isomorphic-ports.ts';
import { openRepository } from '../../src/git/open-repository.ts';
import { describeEventLog } from './event-log.ts';

describeEventLog(
  'the git event log',
  async ({ folder, environment }) => {
    const ports = openGitPorts(await openRepository(folder, environment), environment);
    return { store: ports.log, close: ports.close };
  },
  { writes: true, sha256: true, worktrees: true },
);

describeEventLog(
  'the isomorphic-git event log',
  async ({ gitDir }) => ({ store: openIsomorphicPorts({ fs, gitDir }).log, close: () => Promise.resolve() }),
  { writes: false, sha256: false, worktrees: false },
);
