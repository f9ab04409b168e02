import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ObjectId } from '../../src/domain/digest.ts';
import { openGitPorts } from '../../src/git/git-ports.ts';
import { openRepository } from '../../src/git/open-repository.ts';
import { TEST_ACTOR } from '../support/git-env.ts';
import { type TemporaryRepository, temporaryRepository } from '../support/temporary-repository.ts';

async function make({ git, folder, environment }: TemporaryRepository): Promise<readonly ObjectId[]> {
  const { log } = openGitPorts(await openRepository(folder, environment), environment);
  const tree = git(['hash-object', '-t', 'tree', '-w', '--stdin'], '') as ObjectId;
  return log.make([{ tree, parents: [], by: TEST_ACTOR, time: 1, message: 'event\n' }]);
}

function withSigner(script: string): TemporaryRepository {
  const repository = temporaryRepository();
  const signer = join(repository.folder, '..', 'signer');
  writeFileSync(signer, `#!/bin/sh\n${script}\n`);
  chmodSync(signer, 0o755);
  repository.git(['config', 'gpg.program', signer]);
  repository.git(['config', 'commit.gpgSign', 'true']);
  return repository;
}

const typesOf = (repository: TemporaryRepository): string =>
  repository.git(['cat-file', '--batch-all-objects', '--batch-check=%(objecttype)']);

test.each([
  ['fails', 'exit 1'],
  ['fails with a word on permission', 'echo "gpg: permission denied" >&2; exit 2'],
  ['says nothing', 'exit 0'],
  ['is not to be found', 'exec /nonexistent/signer'],
])('where the signer %s nothing is written', async (_how, script) => {
  const repository = withSigner(script);
  await expect(make(repository)).rejects.toMatchObject({ code: 'signing-failed' });
  expect(typesOf(repository)).toBe('tree');
});

test.each(['false', 'no', 'off', '0', ''])('commit.gpgSign = %j does not sign', async (value) => {
  const repository = withSigner('exit 1');
  repository.git(['config', 'commit.gpgSign', value]);
  expect((await make(repository)).length).toBe(1);
  expect(typesOf(repository).split('\n').sort()).toEqual(['commit', 'tree']);
});

test.each(['yes', 'on', '1', 'TRUE'])('commit.gpgSign = %j signs', async (value) => {
  const repository = withSigner('exit 1');
  repository.git(['config', 'commit.gpgSign', value]);
  await expect(make(repository)).rejects.toMatchObject({ code: 'signing-failed' });
});
