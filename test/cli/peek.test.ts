/** `--remote` of the built program: outside any repository, in documents that fit their schemas. */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { cliRegistry } from '../support/cli-registry.ts';
import { lmBundle } from '../support/registry-rig.ts';

test('a remote is listed, shown and resolved from a folder without a repository', () => {
  const registry = cliRegistry();
  const root = dirname(registry.repository.folder);
  const [remote, outside] = [join(root, 'team.git'), join(root, 'outside')];
  registry.repository.git(['init', '--quiet', '--bare', remote]);
  mkdirSync(outside);
  registry.must('register', registry.bundle('one', lmBundle(1)), '--model', 'm', '--as', '1.0.0');
  registry.must('push', remote);
  const ask = (...args: readonly string[]) => registry.runIn({ cwd: outside }, ...args, '--remote', remote);
  const { sha256 } = ask('resolve', 'm@v1.0.0').document;
  const whole = { label: remote, verified: true, checked: 'log' };
  expect(ask('list').document).toMatchObject({ kind: 'models', models: [{ model: 'm' }], remote: whole });
  expect(ask('list', 'm').document).toMatchObject({ kind: 'entries', entries: [{ sha256 }], remote: whole });
  expect(ask('show', 'm', '--version', '1.0.0').document).toMatchObject({ sha256, remote: whole });
  expect(ask('resolve', 'm@latest', '--verify').document).toMatchObject({ sha256, remote: whole });
  expect(ask('resolve', 'm@v2.0.0')).toMatchObject({ exitCode: 1, code: 'unknown-spec' });
  expect(registry.runIn({ cwd: outside }, 'resolve', 'm@latest')).toMatchObject({ code: 'no-repository' });
  expect(registry.run('resolve', 'm@latest', '--verify')).toMatchObject({ exitCode: 2, code: 'usage' });
  expect(registry.run('list', '--remote', '\u001b[2Jx').stderr).not.toContain('\u001b');
});
