import fs from 'node:fs';
import { expect } from 'vitest';
import type { ObjectId } from '../../src/domain/digest.ts';
import { openGitPorts } from '../../src/git/git-ports.ts';
import { openIsomorphicPorts } from '../../src/git/isomorphic/isomorphic-ports.ts';
import { openRepository } from '../../src/git/open-repository.ts';
import { looseCommit } from '../support/temporary-repository.ts';
import { describeEventLog } from './event-log.ts';

describeEventLog(
  'the git event log',
  async ({ folder, environment }) => {
    const ports = openGitPorts(await openRepository(folder, environment), environment);
    return { store: ports.log, close: ports.close };
  },
  { writes: true, sha256: true, worktrees: true },
);

// From then on few commits are asked for one by one.
describeEventLog(
  'the git event log that has read one before',
  async (repository) => {
    const ports = openGitPorts(await openRepository(repository.folder, repository.environment), repository.environment);
    const tip = looseCommit(repository, 'read before') as ObjectId;
    for await (const { id } of ports.log.read(tip)) expect(id).toBe(tip);
    return { store: ports.log, close: ports.close };
  },
  { writes: true, sha256: true, worktrees: true },
);

describeEventLog(
  'the isomorphic-git event log',
  async ({ gitDir }) => ({ store: openIsomorphicPorts({ fs, gitDir }).log, close: () => Promise.resolve() }),
  { writes: false, sha256: false, worktrees: false },
);
