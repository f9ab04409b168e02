import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DEFAULT_POLICY } from '../../src/domain/policy.ts';
import { openGitPorts } from '../../src/git/git-ports.ts';
import { openRepository } from '../../src/git/open-repository.ts';
import { findCachedPolicy } from '../../src/git/policy-cache.ts';
import type { Settings } from '../../src/ports/settings.ts';
import { type TemporaryRepository, temporaryRepository } from '../support/temporary-repository.ts';

async function settingsOf({ folder, environment }: TemporaryRepository): Promise<Settings> {
  return openGitPorts(await openRepository(folder, environment), environment).settings;
}

/** A repository whose environment says nothing of a committer. */
function anonymous(): TemporaryRepository {
  const repository = temporaryRepository();
  for (const name of ['GIT_COMMITTER_NAME', 'GIT_COMMITTER_EMAIL', 'GIT_AUTHOR_NAME', 'GIT_AUTHOR_EMAIL']) {
    delete repository.environment[name];
  }
  return repository;
}

/** What git itself takes for the committer. */
function committerOf(repository: TemporaryRepository): string {
  return repository.git(['var', 'GIT_COMMITTER_IDENT']).replace(/ \d+ \+0000$/, '');
}

describe('find', () => {
  test('returns the last value, whatever level it comes from', async () => {
    const repository = temporaryRepository();
    repository.git(['config', 'registry.model', 'local']);
    repository.git(['config', '--add', 'registry.model', 'a later one']);
    repository.git(['config', 'registry.text', 'two\nlines = "quoted" # no comment']);
    writeFileSync(join(repository.gitDir, 'included'), '[Registry]\n\tIncluded = yes\n\tbare\n');
    repository.git(['config', 'include.path', 'included']);
    Object.assign(repository.environment, {
      ...{ GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'registry.environment', GIT_CONFIG_VALUE_0: 'said so' },
      GIT_CONFIG_PARAMETERS: "'registry.parameter'='given'",
    });
    const settings = await settingsOf(repository);
    expect(await settings.find('registry.model')).toBe('a later one');
    expect(await settings.find('registry.text')).toBe('two\nlines = "quoted" # no comment');
    expect(await settings.find('registry.included')).toBe('yes');
    expect(await settings.find('registry.bare')).toBe('true');
    expect(await settings.find('registry.environment')).toBe('said so');
    expect(await settings.find('registry.parameter')).toBe('given');
    expect(await settings.find('registry.absent')).toBeUndefined();
  });

  test('remotes are those that have a URL, in order', async () => {
    const repository = temporaryRepository();
    expect(await (await settingsOf(repository)).remotes()).toEqual([]);
    for (const name of ['zeta', 'team.models', 'origin'])
      repository.git(['remote', 'add', name, 'https://example.org/x.git']);
    repository.git(['config', 'remote.half.fetch', '+refs/heads/*:refs/remotes/half/*']);
    expect(await (await settingsOf(repository)).remotes()).toEqual(['zeta', 'team.models', 'origin']);
  });
});

describe('identity', () => {
  test.each<[string, Record<string, string>, Record<string, string>]>([
    ['user.*', { 'user.name': 'Uma', 'user.email': 'uma@example.org' }, {}],
    [
      'committer.* before user.*',
      { 'user.name': 'Uma', 'user.email': 'u@x.org', 'committer.name': 'Cy', 'committer.email': 'c@x.org' },
      {},
    ],
    [
      'author.* for nothing',
      { 'user.name': 'Uma', 'user.email': 'u@x.org', 'author.name': 'Al', 'author.email': 'a@x.org' },
      {},
    ],
    [
      'the environment before all',
      { 'user.name': 'Uma', 'user.email': 'u@x.org' },
      { GIT_COMMITTER_NAME: 'Eve', GIT_COMMITTER_EMAIL: 'e@x.org' },
    ],
    ['EMAIL where no email is configured', { 'user.name': 'Uma' }, { EMAIL: 'env@x.org' }],
    ['crud at the ends', { 'user.name': ' "Uma, <the\n Great>;', 'user.email': '<uma@example.org>,' }, {}],
    ['names of any script', { 'user.name': 'Ünïcödé 模型', 'user.email': 'ü@example.org' }, {}],
    ['controls inside', { 'user.name': 'U\tma\u0007.x', 'user.email': 'a b@example.org' }, {}],
  ])('takes %s, as git does', async (_what, config, environment) => {
    const repository = anonymous();
    for (const [key, value] of Object.entries(config)) repository.git(['config', key, value]);
    Object.assign(repository.environment, environment);
    const { name, email } = await (await settingsOf(repository)).identity();
    expect(`${name} <${email}>`).toBe(committerOf(repository));
  });

  test('has no dots at the ends, which git leaves there or not by its version: one person is one to all', async () => {
    const repository = anonymous();
    for (const [key, value] of [
      ['user.name', '.Uma Jr.'],
      ['user.email', 'uma@example.org'],
    ] as const)
      repository.git(['config', key, value]);
    expect(await (await settingsOf(repository)).identity()).toEqual({ name: 'Uma Jr', email: 'uma@example.org' });
    expect(committerOf(repository)).toMatch(/^\.?Uma Jr\.? <uma@example\.org>$/);
  });

  test.each<[string, Record<string, string>, 'name' | 'email']>([
    ['nothing is set', {}, 'name'],
    ['only the name is', { 'user.name': 'Uma' }, 'email'],
    ['only the email is', { 'user.email': 'u@x.org' }, 'name'],
    ['the name is nothing but crud', { 'user.name': '<>.,', 'user.email': 'u@x.org' }, 'name'],
    ['the email is empty', { 'user.name': 'Uma', 'user.email': '' }, 'email'],
  ])('is a fault with the two lines that cure it where %s', async (_what, config, missing) => {
    const repository = anonymous();
    for (const [key, value] of Object.entries(config)) repository.git(['config', key, value]);
    const failure = await (await settingsOf(repository)).identity().catch((cause: unknown) => cause);
    expect(failure).toMatchObject({ code: 'no-identity', data: { missing } });
    expect((failure as Error).message).toMatch(/git config --global user\.name .+\n.*git config --global user\.email /);
  });
});

describe('policy', () => {
  const withPolicy = (text: string | Uint8Array): TemporaryRepository => {
    const repository = temporaryRepository();
    writeFileSync(join(repository.folder, 'registry.yaml'), text);
    return repository;
  };

  test('is the default where there is no file, no content, or no work tree', async () => {
    expect(await (await settingsOf(temporaryRepository())).policy()).toEqual(DEFAULT_POLICY);
    expect(await (await settingsOf(temporaryRepository({ bare: true }))).policy()).toEqual(DEFAULT_POLICY);
    for (const text of ['', '# nothing\n', '---\n', 'null\n']) {
      expect(await (await settingsOf(withPolicy(text))).policy()).toEqual(DEFAULT_POLICY);
    }
  });

  test('takes what the file says and keeps defaults for the rest', async () => {
    const text =
      'model: team/grammar-tutor\nstages: [staging, shadow, production]\npending_ttl: 90m\nkey_metrics: [overall.accuracy]\n';
    expect(await (await settingsOf(withPolicy(text))).policy()).toEqual({
      ...DEFAULT_POLICY,
      model: 'team/grammar-tutor',
      stages: ['staging', 'shadow', 'production'],
      pendingTtl: 90 * 60 * 1000,
      keyMetrics: ['overall.accuracy'],
    });
    expect(await (await settingsOf(withPolicy('pending_ttl: 2d\n'))).policy()).toEqual({
      ...DEFAULT_POLICY,
      pendingTtl: 172_800_000,
    });
  });

  test('knows every key that the file may hold', async () => {
    const text = readFileSync(
      new URL('../../fixtures/schema/registry-yaml/valid/every-key.yaml', import.meta.url),
      'utf8',
    );
    expect(await (await settingsOf(withPolicy(text))).policy()).toMatchObject({
      model: 'grammar-tutor',
      stages: ['staging', 'production'],
    });
  });

  test('that was read before is not parsed again, and one that changed is', async () => {
    const repository = withPolicy('model: m-one\n');
    await (await settingsOf(repository)).policy();
    expect(findCachedPolicy(repository.gitDir, 'model: m-one\n')).toMatchObject({ model: 'm-one' });
    writeFileSync(join(repository.folder, 'registry.yaml'), 'model: m-two\n');
    expect((await (await settingsOf(repository)).policy()).model).toBe('m-two');
  });

  test('is found from a folder below, and read once', async () => {
    const repository = withPolicy('model: m-one\n');
    const settings = await settingsOf(repository);
    expect((await settings.policy()).model).toBe('m-one');
    writeFileSync(join(repository.folder, 'registry.yaml'), 'model: m-two\n');
    expect((await settings.policy()).model).toBe('m-one');
  });

  test.each<[string, string, number, string]>([
    ['an unknown key', 'model: m\n\nstage: [x]\n', 3, '/stage'],
    ['a model that is none', 'model: a/b/c\n', 1, '/model'],
    ['a model that is no text', 'model: [a]\n', 1, '/model'],
    ['a stage that is derived', '# comment\nstages:\n  - staging\n  - archived\n', 4, '/stages/1'],
    ['a stage that is named twice', 'stages: [staging, staging]\n', 1, '/stages/1'],
    ['no stages', 'stages: []\n', 1, '/stages'],
    ['stages that are no list', 'model: m\nstages: staging\n', 2, '/stages'],
    ['a time without a unit', 'pending_ttl: 24\n', 1, '/pending_ttl'],
    ['no time at all', 'pending_ttl: 0h\n', 1, '/pending_ttl'],
    ['a metric that is no text', 'key_metrics:\n- a\n- 2\n', 3, '/key_metrics/1'],
    ['a list', '- a\n- b\n', 1, ''],
    ['a text', 'model\n', 1, ''],
    ['what is no YAML', 'model: m\nstages: [a\n', 3, ''],
    ['a key that occurs twice', 'model: m\nmodel: n\n', 2, ''],
    [
      'aliases that expand without end',
      `a: &a [x]\n${'bcdefghij'
        .split('')
        .map((key, index) => `${key}: &${key} [${`*${'abcdefghi'[index]},`.repeat(9)}]\n`)
        .join('')}`,
      1,
      '',
    ],
  ])('%s is refused with file, line and pointer', async (_what, text, line, pointer) => {
    const settings = await settingsOf(withPolicy(text));
    await expect(settings.policy()).rejects.toMatchObject({
      code: 'bad-policy',
      data: { file: 'registry.yaml', line, pointer },
    });
  });
});
