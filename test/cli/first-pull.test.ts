/** `git clone` brings the code and nothing of the registry: what is missing is said to be on the remote, until it was fetched. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type CliRegistry, cliRegistry, cliRegistryAt } from '../support/cli-registry.ts';
import { lmBundle, writeBundle } from '../support/registry-rig.ts';
import { repositoryAt, temporaryRepository } from '../support/temporary-repository.ts';

/** A clone by git of a repository that has code and a registry with m v1.0.0. */
function cloned(policy = 'model: m\n'): CliRegistry {
  const ada = cliRegistry();
  const { repository } = ada;
  const hub = temporaryRepository({ bare: true });
  writeBundle(repository.folder, { 'registry.yaml': policy });
  repository.git(['add', 'registry.yaml']);
  repository.git(['commit', '--quiet', '--message', 'begin']);
  repository.git(['remote', 'add', 'origin', hub.folder]);
  repository.git(['push', '--quiet', 'origin', 'HEAD']);
  ada.must('register', ada.bundle('one', lmBundle(1)), '--model', 'm', '--as', '1.0.0', '--push');
  const folder = join(repository.folder, '../clone');
  repository.git(['clone', '--quiet', hub.folder, folder]);
  return cliRegistryAt(repositoryAt(folder, join(folder, '.git'), repository.environment));
}

const hintOf = ({ document }: { readonly document: Readonly<Record<string, unknown>> }): string =>
  (document['error'] as { readonly hint: string }).hint;

const QUESTIONS = [
  ['list', 'm'],
  ['get', 'm@v1.0.0'],
  ['get', 'production'],
  ['show', 'm@latest'],
  ['show', 'v1.0.0'],
  ['resolve', 'm@v1.0.0'],
  ['resolve', 'latest'],
  ['resolve', '46c61debc465'],
] as const;

test('in a fresh clone every question that finds nothing says that nothing of the remote was fetched, and pull helps', () => {
  const bo = cloned();
  for (const question of QUESTIONS) {
    const ran = bo.run(...question);
    expect(ran.exitCode, question.join(' ')).toBe(1);
    expect(hintOf(ran), question.join(' ')).toMatch(/^git registry pull: nothing is known of origin /);
  }
  for (const list of [['list'], ['model', 'list']]) {
    const { exitCode, stderr } = bo.run(...list);
    expect([exitCode, stderr]).toEqual([0, expect.stringMatching(/git registry pull .*origin.*git registry init/)]);
  }
  bo.must('pull');
  expect(bo.must('resolve', 'm@v1.0.0')).toEqual(bo.must('resolve', 'latest'));
  for (const question of [
    ['list', 'n'],
    ['get', 'n@v1.0.0'],
    ['resolve', '46c61debc465'],
  ])
    expect(hintOf(bo.run(...question))).not.toContain('pull');
});

test('where no policy names a model the hint is the same', () => {
  expect(hintOf(cloned('stages: [staging]\n').run('resolve', 'latest'))).toMatch(
    /^git registry pull: nothing is known of origin .*\ngit registry init$/,
  );
});

test('without a remote of the registry nothing is said of one', () => {
  const alone = cliRegistry();
  expect(alone.run('list').stderr).toBe('no model yet: git registry init\n');
  expect(hintOf(alone.run('get', 'm@v1.0.0'))).toBe('git registry model list');
  alone.repository.git(['remote', 'add', 'elsewhere', '../elsewhere']);
  expect(hintOf(alone.run('get', 'm@v1.0.0'))).toBe('git registry model list');
  alone.repository.git(['config', 'registry.remote', 'elsewhere']);
  expect(hintOf(alone.run('get', 'm@v1.0.0'))).toMatch(/^git registry pull: nothing is known of elsewhere /);
  expect(hintOf(alone.run('list', 'm', '--at', '2026-01-05T09:00Z'))).not.toContain('pull');
});
