import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runJson, startCli } from '../support/cli.ts';
import { lmBundle, writeBundle } from '../support/registry-rig.ts';
import { temporaryRepository } from '../support/temporary-repository.ts';

test('20 processes x 10 registers on one model: 200 events in one chain, nothing lost, no error shown', async () => {
  const repository = temporaryRepository();
  const options = { cwd: repository.folder, env: repository.environment };
  const worker = async (process: number): Promise<void> => {
    for (let turn = 0; turn < 10; turn += 1) {
      const name = `b${process}-${turn}`;
      writeBundle(join(repository.folder, name), lmBundle(process * 100 + turn));
      const result = await startCli(['register', name, '--model', 'm', '--quiet'], options);
      expect(result.stderr).toBe('');
      expect(result.exitCode).toBe(0);
    }
  };
  await Promise.all(Array.from({ length: 20 }, (_, process) => worker(process)));
  const kinds = repository.git(['log', '--first-parent', '--format=%s', 'refs/registry/log/m']).split('\n');
  expect(kinds).toHaveLength(201);
  expect(kinds.at(-1)).toBe('create m');
  expect(kinds.filter((subject) => subject.startsWith('register '))).toHaveLength(200);
  expect(repository.git(['for-each-ref', '--format=%(refname)', 'refs/registry/sha']).split('\n')).toHaveLength(200);
  expect(runJson(['verify', '--all'], options)).toMatchObject({
    ok: true,
    findings: [],
    checked: { events: 201, entries: 200 },
  });
  expect(repository.git(['fsck', '--strict', '--no-dangling'])).toBe('');
});
