/** Hooks of a server see pushed objects in a quarantine, and `git commit FILE` has an index of its own. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openGitPorts } from '../../src/git/git-ports.ts';
import { openRepository } from '../../src/git/open-repository.ts';
import { repositoryRunner } from '../../src/git/repository.ts';
import { looseCommit, temporaryFolder, temporaryRepository } from '../support/temporary-repository.ts';
import { bundleScript } from './script.ts';

test('a pre-receive hook reads what is being pushed, and only there', async () => {
  const server = temporaryRepository({ bare: true });
  const client = temporaryRepository();
  const script = bundleScript('read-and-end', temporaryFolder());
  const out = join(client.folder, '..', 'out');
  const commit = looseCommit(client, 'pushed');
  mkdirSync(join(server.folder, 'hooks'), { recursive: true });
  const hook = join(server.folder, 'hooks', 'pre-receive');
  writeFileSync(hook, `#!/bin/sh\nexec '${process.execPath}' '${script}' . ${commit} > '${out}' 2>&1\n`);
  chmodSync(hook, 0o755);
  client.git(['push', '--quiet', server.folder, `${commit}:refs/heads/main`]);
  const bytes = client.git(['cat-file', '-s', commit]);
  expect(readFileSync(out, 'utf8')).toBe(`${bytes} ${bytes} ${bytes}\n`);
});

test('objects written under a quarantine go there, and reads see both sides', async () => {
  const repository = temporaryRepository();
  const inside = repository.git(['hash-object', '-w', '--stdin'], 'inside');
  const quarantine = join(repository.folder, '..', 'quarantine');
  mkdirSync(quarantine);
  const environment = {
    ...repository.environment,
    ...{ GIT_OBJECT_DIRECTORY: quarantine, GIT_QUARANTINE_PATH: quarantine },
    GIT_ALTERNATE_OBJECT_DIRECTORIES: join(repository.gitDir, 'objects'),
  };
  const { objects, refs, close } = openGitPorts(await openRepository(repository.folder, environment), environment);
  const body = Buffer.from('pushed');
  const id = objects.hash('blob', body);
  await objects.write([{ type: 'blob', id, body }]);
  expect(await objects.find(id)).toMatchObject({ id });
  expect(await objects.find(inside)).toMatchObject({ id: inside });
  expect(repository.tryGit(['cat-file', '-e', id]).exitCode).toBe(1);
  const key = { kind: 'entry', sha256: 'ab'.repeat(32) as never } as const;
  await expect(refs.apply([{ key, old: null, next: id }])).rejects.toMatchObject({ code: 'git-failed' });
  await close();
});

test('a hook of `git commit FILE` sees the index of that commit', async () => {
  const repository = temporaryRepository();
  for (const name of ['one', 'two']) writeFileSync(join(repository.folder, name), name);
  repository.git(['add', 'one', 'two']);
  repository.git(['commit', '--quiet', '-m', 'first']);
  for (const name of ['one', 'two']) writeFileSync(join(repository.folder, name), `${name} changed`);
  const record = join(repository.folder, '..', 'environment');
  const hook = join(repository.gitDir, 'hooks', 'pre-commit');
  mkdirSync(join(repository.gitDir, 'hooks'), { recursive: true });
  writeFileSync(
    hook,
    `#!/bin/sh\nenv -0 > '${record}'\nenv | grep -q GIT_INDEX_FILE && git diff --cached --name-only > '${record}.names'\ncp "$GIT_INDEX_FILE" '${record}.index'\n`,
  );
  chmodSync(hook, 0o755);
  repository.git(['commit', '--quiet', '-m', 'second', 'one']);
  expect(readFileSync(`${record}.names`, 'utf8')).toBe('one\n');

  const entries = readFileSync(record, 'utf8')
    .split('\0')
    .slice(0, -1)
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]);
  const environment = { ...(Object.fromEntries(entries) as Record<string, string>), GIT_INDEX_FILE: `${record}.index` };
  const git = repositoryRunner(await openRepository(repository.folder, environment), environment);
  expect((await git.read(['diff', '--cached', '--name-only', 'HEAD~1'])).toString()).toBe('one\n');
});
