import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { openGitPorts } from '../../src/git/git-ports.ts';
import { openRepository } from '../../src/git/open-repository.ts';
import { temporaryFolder, temporaryRepository } from '../support/temporary-repository.ts';
import { bundleScript, endOfScript, startScript } from './script.ts';

test('node ends when the work is done, though a child still waits for questions', async () => {
  const repository = temporaryRepository();
  const id = repository.git(['hash-object', '-w', '--stdin'], 'x'.repeat(200_000));
  const script = bundleScript('read-and-end', temporaryFolder());
  const child = startScript(script, [repository.folder, id], repository.environment);
  expect(await endOfScript(child)).toEqual({ exitCode: 0, stdout: '200000 200000 200000\n', stderr: '' });
});

test('closing ends the child, and the store can be asked again', async () => {
  const repository = temporaryRepository();
  const id = repository.git(['hash-object', '-w', '--stdin'], 'text');
  const { objects, close } = openGitPorts(
    await openRepository(repository.folder, repository.environment),
    repository.environment,
  );
  await close();
  const childrenOf = (): string =>
    execFileSync('ps', ['-o', 'args=', '--ppid', String(process.pid)], { encoding: 'utf8' });
  expect(await objects.find(id)).toMatchObject({ id });
  expect(childrenOf()).toContain('cat-file --batch-command');
  await close();
  expect(childrenOf()).not.toContain('cat-file --batch-command');
  expect(await objects.find(id)).toMatchObject({ id });
  await close();
});
