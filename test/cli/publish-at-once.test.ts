/** `--push` and `registry.autoPush`: what a verb wrote is published at once, and stays written where that fails. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cliRegistry } from '../support/cli-registry.ts';
import { temporaryRepository } from '../support/temporary-repository.ts';

function shared() {
  const registry = cliRegistry();
  const remote = temporaryRepository({ bare: true });
  registry.repository.git(['remote', 'add', 'origin', remote.folder]);
  const there = (): string => remote.git(['for-each-ref', '--format=%(refname) %(objectname)', 'refs/registry']);
  return { registry, remote, there };
}

test('without being asked a verb publishes nothing and says so; with --push it publishes its model alone', () => {
  const { registry, there } = shared();
  const bundle = registry.bundle('one', { 'notes.txt': 'one' });
  expect(registry.run('register', bundle, '--model', 'a').stderr).toContain('not published');
  expect(there()).toBe('');
  registry.must('model', 'create', 'b', '--push');
  expect(
    there()
      .split('\n')
      .map((line) => line.split(' ')[0]),
  ).toEqual(['refs/registry/log/b']);
  registry.must('register', bundle, '--model', 'a', '--push');
  expect(there()).toBe(registry.refs());
});

test('with registry.autoPush every verb that writes publishes, a dry run does not', () => {
  const { registry, there } = shared();
  registry.repository.git(['config', 'registry.autoPush', 'true']);
  registry.must('register', registry.bundle('one', { 'notes.txt': 'one' }), '--model', 'm', '--as', '1.0.0');
  registry.must('promote', 'm@v1.0.0', '--to', 'production');
  registry.must('annotate', 'm@v1.0.0', 'owner=ada');
  expect(there()).toBe(registry.refs());
  registry.must('demote', 'm@v1.0.0', '--to', 'staging', '--dry-run');
  expect(there()).toBe(registry.refs());
});

test('where publishing fails the work is kept, and the exit code says what to do', () => {
  const { registry, remote, there } = shared();
  registry.repository.git(['remote', 'set-url', 'origin', join(remote.folder, 'gone')]);
  const { exitCode, document, stderr } = registry.run('model', 'create', 'm', '--push');
  expect(exitCode).toBe(4);
  expect(document).toMatchObject({ model: 'm' });
  expect(stderr).toContain('not published');
  expect(registry.events('m')).toBe(1);
  registry.repository.git(['remote', 'set-url', 'origin', remote.folder]);
  registry.must('push');
  expect(there()).toBe(registry.refs());
});

test('a word that names no remote and no model is refused', () => {
  const { registry } = shared();
  registry.must('model', 'create', 'm', '--push');
  expect(registry.run('push', 'nowhere')).toMatchObject({ exitCode: 1, code: 'unknown-model' });
  expect(registry.run('pull', 'https://127.0.0.1:9/none.git')).toMatchObject({
    exitCode: 75,
    code: 'remote-unreachable',
  });
});
