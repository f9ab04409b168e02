/** What the verbs that change the registry promise beside their result: where paths start, what is written, what is said. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCli } from '../support/cli.ts';
import { type CliRegistry, cliRegistry } from '../support/cli-registry.ts';
import { lmBundle } from '../support/registry-rig.ts';

const NOTE = 'not published: git registry push\n';

function text(registry: CliRegistry, ...args: readonly string[]): { readonly stdout: string; readonly stderr: string } {
  const { repository } = registry;
  const { exitCode, stdout, stderr } = runCli(args, { cwd: repository.folder, env: repository.environment });
  expect(exitCode, stderr).toBe(0);
  return { stdout, stderr };
}

describe('a verb that wrote events says that they are not published', () => {
  const VERBS: readonly (readonly string[])[] = [
    ['init', '--model', 'm'],
    ['model', 'create', 'other'],
    ['register', '../bundles/one', '--as', '1.0.0'],
    ['register', '../bundles/two', '--as', '1.1.0'],
    ['promote', '1.0.0', '--to', 'production'],
    ['promote', '1.1.0', '--to', 'production'],
    ['rollback'],
    ['demote', 'production', '--to', 'staging'],
    ['archive', 'staging'],
    ['deployed', '1.0.0', '--endpoint', 'eu'],
    ['annotate', '1.0.0', 'a=1'],
    ['tombstone', '1.0.0', '--reason', 'leak'],
  ];

  test.each([
    ['where there is a remote, on stderr', true],
    ['but not where there is none', false],
  ])('%s', (_, hasRemote) => {
    const registry = cliRegistry();
    if (hasRemote) registry.repository.git(['remote', 'add', 'origin', '../remote.git']);
    for (const seed of [1, 2]) registry.bundle(seed === 1 ? 'one' : 'two', lmBundle(seed));
    for (const words of VERBS) {
      const { stdout, stderr } = text(registry, ...words);
      expect(stderr.endsWith(NOTE), `${words.join(' ')}: ${stderr}`).toBe(hasRemote);
      expect(stdout).not.toContain('publish');
    }
    // What had nothing to do, or only looked, wrote nothing that could be unpublished.
    for (const words of [
      ['register', '../bundles/two'],
      ['annotate', '1.0.0', 'a=1'],
      ['gc'],
      ['promote', '1.1.0', '--to', 'staging', '--dry-run'],
    ]) {
      expect(text(registry, ...words).stderr, words.join(' ')).toBe('');
    }
    expect(text(registry, 'archive', '1.1.0', '--quiet').stderr).toBe('');
  });
});

describe('register', () => {
  test('takes paths from the current folder, wherever in the work tree or outside that is', () => {
    const registry = cliRegistry();
    const inside = join(registry.repository.folder, 'deep', 'er');
    mkdirSync(inside, { recursive: true });
    const bundle = registry.bundle('one', lmBundle(1));
    const { sha256 } = registry.runIn({ cwd: inside }, 'register', '../../../bundles/one', '--model', 'm').document;
    const outside = dirname(bundle);
    const files = [
      'weights=one/model.safetensors',
      'config=one/config.json',
      'tokenizer=one/tokenizer.json',
      'eval=one/eval_report.json',
      'train=one/train_manifest.json',
    ];
    const words = files.flatMap((file) => ['--file', file]);
    const ran = registry.runIn(
      { cwd: outside, env: { GIT_DIR: registry.repository.gitDir } },
      'register',
      ...words,
      '--model',
      'm',
    );
    expect(ran.document).toMatchObject({ sha256, created: false, profile: 'lm/1' });
  });

  test('puts metrics and params of flags into the bundle, spelled as they were given', () => {
    const registry = cliRegistry();
    const folder = registry.bundle('one', { 'model.pkl': 'weights' });
    const flags = (...pairs: readonly string[]) =>
      pairs.flatMap((pair) => [pair.includes('auc') || pair.startsWith('n=') ? '--metric' : '--param', pair]);
    const file = join(folder, 'model.pkl');
    registry.must(
      'register',
      file,
      '--model',
      'm',
      '--as',
      '1.0.0',
      ...flags('auc=0.930', 'n=18446744073709551617', 'lr=1e-4', 'depth=3', 'optimizer=adam'),
    );
    registry.must('get', 'm@1.0.0', '-o', '../out');
    const read = (name: string): string => readFileSync(join(dirname(folder), '..', 'out', name), 'utf8');
    expect(read('eval_report.json')).toBe('{"auc":0.93,"n":18446744073709551617}');
    expect(read('train_manifest.json')).toBe('{"hparams":{"depth":3,"lr":0.0001,"optimizer":"adam"}}');
    const again = registry.must(
      'register',
      file,
      '--model',
      'm',
      ...flags('optimizer=adam', 'depth=3', 'lr=0.0001', 'n=18446744073709551617', 'auc=0.93'),
    );
    expect(again).toMatchObject({ created: false, version: 'v1.0.0' });
    const other = registry.must(
      'register',
      file,
      '--model',
      'm',
      ...flags('optimizer=adam', 'depth=3.0', 'lr=0.0001', 'n=18446744073709551617', 'auc=0.93'),
    );
    expect(other).toMatchObject({ created: true });
  });

  test('takes an eval report under its role, and refuses metrics beside it', () => {
    const registry = cliRegistry();
    const folder = registry.bundle('one', { 'model.pkl': 'weights', 'metrics.json': '{"auc": 0.5}' });
    const words = [
      'register',
      join(folder, 'model.pkl'),
      '--file',
      `eval=${join(folder, 'metrics.json')}`,
      '--model',
      'm',
    ];
    expect(registry.must(...words, '--as', '1.0.0')).toMatchObject({ profile: 'files/1', fileCount: 2 });
    expect(registry.repository.git(['show', 'refs/registry/semver/m/v1.0.0:bundle/eval_report.json'])).toBe(
      '{"auc":0.5}',
    );
    expect(registry.run(...words, '--metric', 'auc=0.5')).toMatchObject({ exitCode: 2, code: 'bad-bundle' });
  });

  test('with --dry-run writes nothing: no ref, no object, no byte into the cache', () => {
    const registry = cliRegistry();
    const bundle = registry.bundle('one', lmBundle(1));
    const list = (): readonly string[] =>
      readdirSync(registry.repository.gitDir, { recursive: true, encoding: 'utf8' })
        .filter((path) => /^objects|^refs|registry\/cache/.test(path))
        .sort();
    const before = list();
    const planned = registry.must('register', bundle, '--model', 'm', '--bump', 'auto', '--dry-run');
    expect(planned).toMatchObject({ created: true, dryRun: true, version: 'v1.0.0', modelCreated: true });
    expect(list()).toEqual(before);
    expect(registry.must('register', bundle, '--model', 'm', '--bump', 'auto')).toMatchObject({
      sha256: planned['sha256'],
      commit: planned['commit'],
      dryRun: false,
    });
  });

  test('says on whose behalf it ran, beside who ran it', () => {
    const registry = cliRegistry();
    registry.must(
      'register',
      registry.bundle('one', lmBundle(1)),
      '--model',
      'm',
      '--as',
      '1.0.0',
      '--by',
      'Bo <bo@example.org>',
      '-m',
      'first',
    );
    expect(registry.newestEvent('m')).toMatchObject({
      kind: 'register',
      by: { name: 'Ada Tester', email: 'ada@example.org' },
      onBehalfOf: { name: 'Bo', email: 'bo@example.org' },
      description: 'first',
    });
    registry.must('promote', 'm@1.0.0', '--to', 'staging', '--by', 'Cy');
    expect(registry.newestEvent('m')).toMatchObject({ kind: 'stage', onBehalfOf: { name: 'Cy', email: '' } });
    expect(registry.must('verify', '--all')).toMatchObject({ ok: true });
  });

  test('names what it leaves out and what is odd, on stderr', () => {
    const registry = cliRegistry();
    const folder = registry.bundle('one', {
      'weights.pkl': 'no pickle',
      '.gitignore': 'x',
      '__pycache__/a.pyc': 'x',
      'notes.tmp': 'x',
      '.registryignore': '*.tmp\n',
    });
    const { stdout, stderr } = text(registry, 'register', folder, '--model', 'm');
    for (const path of ['.gitignore', '__pycache__', 'notes.tmp', '.registryignore'])
      expect(stderr).toContain(`skipped ${path}`);
    expect(stderr).toContain('(format-mismatch)');
    expect(stdout).not.toContain('skipped');
  });

  test('chooses the version by what changed, and says why', () => {
    const registry = cliRegistry();
    const of = (name: string, files: Readonly<Record<string, string>>, seed: number) =>
      registry.bundle(name, lmBundle(seed, files));
    const steps = [
      [of('a', {}, 1), 'v1.0.0'],
      [of('b', {}, 2), 'v1.0.1'],
      [of('c', { 'train_manifest.json': '{"corpus_dvc_hash":"0123456789abcdef0123456789abcdef.dir"}' }, 3), 'v1.1.0'],
      [of('d', { 'config.json': '{"n_layers":3,"d_model":4}' }, 4), 'v2.0.0'],
    ] as const;
    for (const [folder, version] of steps) {
      expect(registry.must('register', folder, '--model', 'm', '--bump', 'auto')).toMatchObject({
        version,
        reason: expect.stringMatching(/./),
      });
    }
  });
});

describe('init', () => {
  test('names the model after the folder, and keeps registry refs out of the decorations of git log', () => {
    const registry = cliRegistry();
    expect(registry.must('init')).toEqual({
      model: 'repository',
      created: true,
      wrotePolicy: true,
      defaultModel: 'repository',
      policy: 'registry.yaml',
    });
    registry.must('register', registry.bundle('one', lmBundle(1)), '--as', '1.0.0');
    const decorated = registry.repository.git(['log', '--all', '--decorate=full', '--format=%D']);
    expect(decorated).not.toContain('registry');
    expect(registry.must('init')).toMatchObject({ created: false, wrotePolicy: false });
  });

  test('in a bare repository keeps the default model in git config', () => {
    const registry = cliRegistry({ bare: true });
    expect(registry.must('init', '--model', 'm')).toMatchObject({
      wrotePolicy: false,
      policy: 'git config',
      defaultModel: 'm',
    });
    expect(registry.must('init')).toMatchObject({ model: 'm', created: false });
    expect(registry.must('register', registry.bundle('one', lmBundle(1)), '--as', '1.0.0')).toMatchObject({
      model: 'm',
    });
  });

  test('leaves the default model as it is, and says so', () => {
    const registry = cliRegistry();
    registry.must('init', '--model', 'm');
    expect(registry.must('init', '--model', 'n')).toMatchObject({ model: 'n', created: true, defaultModel: 'm' });
    expect(text(registry, 'init', '--model', 'o').stdout).toContain('the default model stays m');
  });

  test('in a linked worktree names the model after the repository', () => {
    const registry = cliRegistry();
    registry.repository.git(['commit', '--quiet', '--allow-empty', '-m', 'x']);
    registry.repository.git(['worktree', 'add', '--quiet', '../elsewhere']);
    expect(registry.runIn({ cwd: join(registry.repository.folder, '..', 'elsewhere') }, 'init').document).toMatchObject(
      { model: 'repository' },
    );
  });
});

describe('manifest', () => {
  test('records code, corpus, tokenizer, seed, parameters and parent, and register reads them', () => {
    const registry = cliRegistry();
    const { repository } = registry;
    writeFileSync(join(repository.folder, 'train.py'), 'print(1)\n');
    repository.git(['add', '.']);
    repository.git(['commit', '--quiet', '-m', 'code']);
    const parent = registry.must('register', registry.bundle('one', lmBundle(1)), '--model', 'm', '--as', '1.0.0')[
      'sha256'
    ];
    registry.bundle('corpus', { 'a.tsv': 'go\twent\n', 'b.tsv': 'be\twas\n' });
    const { 'train_manifest.json': _, ...files } = lmBundle(2);
    const folder = registry.bundle('two', files);
    const words = [
      'manifest',
      '../bundles/two',
      '--corpus',
      '../bundles/corpus',
      '--seed',
      '18446744073709551616',
      '--param',
      'lr=1.0',
      '--parent',
      'm@1.0.0',
      '--run-id',
      'r1',
    ];
    expect(registry.must(...words)).toMatchObject({
      path: join(folder, 'train_manifest.json'),
      corpus: expect.stringMatching(/^[0-9a-f]{32}\.dir$/),
      corpusFrom: 'folder',
      code: repository.git(['rev-parse', 'HEAD']),
      branch: 'main',
      dirty: false,
      seed: '18446744073709551616',
      params: ['lr'],
      runId: 'r1',
      parent,
    });
    expect(readFileSync(join(folder, 'train_manifest.json'), 'utf8')).toMatch(
      /"hparams":\{"lr":1\.0\}.*"seed":18446744073709551616/,
    );
    expect(registry.must('register', folder, '--model', 'm', '--bump', 'auto')).toMatchObject({
      version: 'v1.1.0',
      parents: [parent],
      findings: [],
    });
    expect(registry.run(...words)).toMatchObject({ exitCode: 2, code: 'destination' });
    writeFileSync(join(repository.folder, 'train.py'), 'print(2)\n');
    expect(registry.must(...words, '--force')).toMatchObject({ dirty: true });
  });
});

describe('annotate', () => {
  test('tells SPEC and assignments apart, also where the SPEC is a range or a model', () => {
    const registry = cliRegistry();
    const { sha256 } = registry.must('register', registry.bundle('one', lmBundle(1)), '--model', 'm', '--as', '1.0.0');
    expect(registry.must('annotate', '>=1.0.0', 'a=b=c')).toMatchObject({
      sha256,
      version: 'v1.0.0',
      annotations: { a: 'b=c' },
    });
    expect(registry.must('annotate', 'm', '--version', '1.0.0', 'd=1')).toMatchObject({
      sha256,
      annotations: { a: 'b=c', d: '1' },
    });
    expect(registry.must('annotate', '--model', 'm', 'owner=ada', 'b=2', '--unset', 'none')).toMatchObject({
      sha256: null,
      annotations: { owner: 'ada', b: '2' },
    });
    expect(registry.must('annotate', 'm@1.0.0', '--unset', 'a', '--unset', 'd')).toMatchObject({ annotations: {} });
    for (const words of [
      ['a=b'],
      ['m@1.0.0'],
      [],
      ['m@1.0.0', 'é=1'],
      ['m@1.0.0', 'a b=1'],
      ['--model', 'm', '--version', '1.0.0', 'a=1'],
    ]) {
      expect(registry.run('annotate', ...words), words.join(' ')).toMatchObject({ exitCode: 2, code: 'usage' });
    }
  });
});

describe('tombstone --purge-weights', () => {
  test('removes the bytes that only this entry refers to', () => {
    const registry = cliRegistry();
    registry.must(
      'register',
      registry.bundle('one', { 'a.bin': 'shared', 'b.bin': 'alone' }),
      '--model',
      'm',
      '--as',
      '1.0.0',
    );
    registry.must('register', registry.bundle('two', { 'a.bin': 'shared' }), '--model', 'n', '--as', '1.0.0');
    const buried = registry.must('tombstone', 'm@1.0.0', '--reason', 'leak', '--purge-weights');
    expect([buried['purged'], buried['kept']]).toEqual([[expect.any(String)], [expect.any(String)]]);
    registry.must('get', 'n@1.0.0', '-o', '../out');
    expect(registry.run('get', 'm@1.0.0', '--allow-tombstoned', '-o', '../gone')).toMatchObject({
      exitCode: 1,
      code: 'weights-missing',
    });
  });
});

describe('repair', () => {
  test('rebuilds what a log gives, names what it cannot, and says so by its exit code', () => {
    const registry = cliRegistry();
    registry.must('register', registry.bundle('one', lmBundle(1)), '--model', 'm', '--as', '1.0.0');
    registry.must('promote', 'm@1.0.0', '--to', 'production');
    const whole = registry.refs();
    registry.repository.git(['update-ref', '-d', 'refs/registry/stage/m/production']);
    registry.repository.git(['update-ref', '-d', 'refs/registry/semver/m/v1.0.0']);
    const planned = registry.must('repair', '--dry-run')['views'];
    expect(planned).toHaveLength(2);
    expect(registry.must('repair')).toMatchObject({ views: planned, left: [] });
    expect(registry.refs()).toBe(whole);
    registry.repository.git(['update-ref', 'refs/registry/semver/m/v9.9.9', 'refs/registry/log/m']);
    expect(registry.run('repair')).toMatchObject({ exitCode: 1, document: { left: [{ severity: 'repairable' }] } });
    registry.repository.git(['update-ref', 'refs/registry/semver/m/v1.0.0', 'refs/registry/log/m']);
    expect(registry.run('repair')).toMatchObject({
      exitCode: 5,
      document: { left: expect.arrayContaining([expect.objectContaining({ code: 'view-tampered' })]) },
    });
  });

  test('moves bad bytes of the cache to quarantine when asked to look', () => {
    const registry = cliRegistry();
    registry.must('register', registry.bundle('one', { 'model.bin': 'weights' }), '--model', 'm', '--as', '1.0.0');
    const cache = join(registry.repository.gitDir, 'registry', 'cache');
    const [cached] = readdirSync(cache, { recursive: true, encoding: 'utf8' }).filter((path) =>
      /files\/sha256\/..\/./.test(path),
    );
    const path = join(cache, cached ?? '');
    execFileSync('chmod', ['644', path]);
    writeFileSync(path, 'altered');
    expect(registry.must('repair')).toMatchObject({ quarantined: [] });
    expect(registry.must('repair', '--weights')['quarantined']).not.toEqual([]);
    expect(registry.run('get', 'm@1.0.0', '-o', '../out')).toMatchObject({ exitCode: 1, code: 'weights-missing' });
    registry.must('register', join(dirname(registry.repository.folder), 'bundles', 'one'), '--model', 'm');
    registry.must('get', 'm@1.0.0', '-o', '../out');
  });
});
