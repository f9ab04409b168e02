/** `--push` and `registry.autoPush`: what a verb wrote is published at once, and stays written where that fails. */
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { loadVisible } from '../../src/cli/command.ts';
import { COMMANDS } from '../../src/cli/commands/index.ts';
import { cliRegistry } from '../support/cli-registry.ts';
import { lmBundle } from '../support/registry-rig.ts';
import { eventsIn } from '../support/sync-rig.ts';
import { type TemporaryRepository, temporaryRepository } from '../support/temporary-repository.ts';

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

/** Verbs in an order in which each has something to write, with the kind of the event that it writes. */
const VERBS: readonly (readonly [kind: string, ...words: readonly string[]])[] = [
  ['create', 'init', '--model', 'm'],
  ['create', 'model', 'create', 'other'],
  ['register', 'register', '../bundles/one', '--as', '1.0.0'],
  ['register', 'register', '../bundles/two', '--as', '1.1.0'],
  ['register', 'register', '../bundles/three', '--pending'],
  ['gate', 'gate', 'run', '1.0.0', '--to', 'production'],
  ['approve', 'approve', '1.0.0', '--to', 'production'],
  ['withdraw', 'withdraw', '1.0.0', '--to', 'production'],
  ['reject', 'reject', '1.1.0', '--to', 'production', '--comment', 'not yet'],
  ['stage', 'promote', '1.0.0', '--to', 'production'],
  ['stage', 'promote', '1.1.0', '--to', 'production'],
  ['stage', 'rollback'],
  ['stage', 'demote', 'production', '--to', 'staging'],
  ['stage', 'archive', 'staging'],
  ['deploy', 'deployed', '1.0.0', '--endpoint', 'eu'],
  ['annotate', 'annotate', '1.0.0', 'a=1'],
  ['expire', 'gc'],
  ['tombstone', 'tombstone', '1.0.0', '--reason', 'leak'],
];

/** Nobody judges what they registered themselves. */
const JUDGES: ReadonlySet<string> = new Set(['approve', 'withdraw', 'reject']);
const BO = { GIT_COMMITTER_NAME: 'Bo', GIT_COMMITTER_EMAIL: 'bo@example.org' };

test('with --push every verb that has it leaves its event on the remote', async () => {
  const commands = await loadVisible(COMMANDS);
  const withPush = commands.flatMap(({ name, options }) => ('push' in options ? [name] : []));
  expect(new Set(VERBS.map(([, ...words]) => withPush.find((name) => words.join(' ').startsWith(name))))).toEqual(
    new Set(withPush),
  );
  const { registry, remote, there } = shared();
  for (const [index, name] of ['one', 'two', 'three'].entries()) registry.bundle(name, lmBundle(index));
  registry.bundle('../repository', { 'registry.yaml': 'model: m\npending_ttl: 1s\n' });
  for (const [kind, ...words] of VERBS) {
    if (kind === 'expire') await setTimeout(1100);
    const model = words.includes('other') ? 'other' : 'm';
    const before = countOf(remote, model);
    const { exitCode, stderr } = registry.runIn({ env: JUDGES.has(kind) ? BO : {} }, ...words, '--push');
    expect(exitCode, `${words.join(' ')}: ${stderr}`).toBe(0);
    expect(countOf(remote, model), words.join(' ')).toBe(before + 1);
    expect(eventsIn(remote, model).at(-1), words.join(' ')).toMatchObject({ kind });
    expect(there()).toBe(registry.refs());
  }
});

function countOf(remote: TemporaryRepository, model: string): number {
  return remote.git(['for-each-ref', `refs/registry/log/${model}`]) === '' ? 0 : eventsIn(remote, model).length;
}

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
