/** `push --weights`: bytes that the remote of weights lacks can be sent again, whoever pushed the entries and when. */
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { runCli } from '../support/cli.ts';
import { type CliRegistry, cliRegistry, cliRegistryAt } from '../support/cli-registry.ts';
import { lmBundle } from '../support/registry-rig.ts';
import { repositoryAt, type TemporaryRepository, temporaryRepository } from '../support/temporary-repository.ts';

/** Ada has registered two entries; nothing is published yet. */
interface Team {
  readonly ada: CliRegistry;
  readonly remote: TemporaryRepository;
  /** Where `remote` keeps weights. */
  readonly store: string;
  /** Makes the clone of a colleague, who has no bytes yet. */
  colleague(): CliRegistry;
}

function team(): Team {
  const ada = cliRegistry();
  const remote = temporaryRepository({ bare: true });
  ada.repository.git(['remote', 'add', 'origin', remote.folder]);
  register(ada, 1);
  register(ada, 2);
  return {
    ada,
    remote,
    store: join(remote.folder, 'registry', 'cache'),
    colleague: () => {
      const folder = join(dirname(ada.repository.folder), 'colleague');
      mkdirSync(folder);
      const bo = repositoryAt(folder, join(folder, '.git'), ada.repository.environment);
      bo.git(['init', '--quiet', '--initial-branch=main']);
      bo.git(['remote', 'add', 'origin', remote.folder]);
      const registry = cliRegistryAt(bo);
      registry.must('pull');
      return registry;
    },
  };
}

/** Registers v1.0.SEED of `m`, whose weights are of that seed. */
function register(registry: CliRegistry, seed: number, model = 'm'): void {
  registry.must('register', registry.bundle(`${seed}`, lmBundle(seed)), '--model', model, '--as', `1.0.${seed}`);
}

/** Runs without --json. */
function say(registry: CliRegistry, ...args: readonly string[]) {
  const { folder: cwd, environment: env } = registry.repository;
  return runCli(args, { cwd, env });
}

/** Returns the objects that a store has under DVC's names, with what changes when one is written again. */
function stored(store: string): readonly string[] {
  const folder = join(store, 'files', 'md5');
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => ({ path, stat: statSync(join(folder, path)) }))
    .filter(({ stat }) => stat.isFile())
    .map(({ path, stat }) => `${join(folder, path)} ${stat.size} ${stat.ino} ${stat.mtimeMs}`)
    .sort();
}

test('what --no-weights left is told, counted by a dry run, sent by --weights, and a colleague gets it', () => {
  const { ada, store, colleague } = team();
  const published = say(ada, 'push', '--no-weights');
  expect(published).toMatchObject({ exitCode: 0 });
  expect(published.stderr).toContain('2 files of weights left where they are: git registry push --weights origin\n');
  expect(say(ada, 'push').stdout).toBe('nothing to push: origin has every event\n');
  expect(stored(store)).toEqual([]);
  const bo = colleague();
  expect(bo.run('get', 'm@v1.0.1').exitCode).not.toBe(0);
  expect(ada.must('push', '--weights', '--dry-run')).toMatchObject({
    logs: [],
    weights: { entries: 'all', sent: [{}, {}], present: 0, lacking: 0 },
    dryRun: true,
  });
  expect(stored(store)).toEqual([]);
  expect(say(ada, 'push', '--weights').stdout).toMatch(
    /^nothing new to push; sent 2 files of weights, \d+ B, to .*\n$/,
  );
  expect(stored(store)).toHaveLength(2);
  bo.must('get', 'm@v1.0.1');
});

test('what is there is not sent again', () => {
  const { ada, store } = team();
  expect(ada.must('push', '--weights')).toMatchObject({
    logs: [{ model: 'm' }],
    weights: { entries: 'all', present: 0, sent: [{}, {}] },
  });
  const before = stored(store);
  expect(before).toHaveLength(2);
  expect(ada.must('push', '--weights')).toMatchObject({ logs: [], weights: { sent: [], present: 2, lacking: 0 } });
  expect(say(ada, 'push', '--weights').stdout).toBe(
    'nothing to push: origin has every event\nweights: all 2 files are there\n',
  );
  expect(stored(store)).toEqual(before);
  register(ada, 3);
  expect(ada.must('push', '--weights', '--dry-run')).toMatchObject({ weights: { sent: [{}], present: 2 } });
  expect(ada.must('push', '--weights')).toMatchObject({ weights: { sent: [{}], present: 2 } });
  expect(stored(store).filter((line) => before.includes(line))).toEqual(before);
});

test.each(['--weights', '--repair'])('%s puts back what the remote has lost, or has in another size', (option) => {
  const { ada, store, colleague } = team();
  ada.must('push');
  const [lost = '', cut = ''] = stored(store).map((line) => line.split(' ')[0] ?? '');
  rmSync(join(store, 'files', 'sha256'), { recursive: true });
  rmSync(lost);
  chmodSync(cut, 0o644);
  writeFileSync(cut, 'cut');
  expect(ada.must('push', option)).toMatchObject({ logs: [], weights: { sent: [{}, {}], present: 0 } });
  const bo = colleague();
  for (const version of ['v1.0.1', 'v1.0.2']) bo.must('get', `m@${version}`);
});

test('another remote of weights is filled from the first', () => {
  const { ada, store, colleague } = team();
  ada.must('push');
  const moved = join(dirname(store), 'moved');
  ada.repository.git(['config', 'registry.weightsRemote', moved]);
  expect(ada.must('push')).toMatchObject({ weights: null });
  expect(ada.must('push', '--weights')).toMatchObject({ weights: { remote: moved, sent: [{}, {}] } });
  rmSync(store, { recursive: true });
  const bo = colleague();
  bo.repository.git(['config', 'registry.weightsRemote', moved]);
  bo.must('get', 'm@v1.0.2');
});

test('a clone that has not all of them sends what it has, and names the others', () => {
  const { ada, store, colleague } = team();
  ada.must('push');
  const bo = colleague();
  bo.must('get', 'm@v1.0.1');
  rmSync(store, { recursive: true });
  const { exitCode, document, stderr } = bo.run('push', '--weights');
  expect(document).toMatchObject({
    weights: { sent: [{}], present: 0, lacking: 1 },
    issues: [{ code: 'weights-missing', data: { path: 'model.safetensors' } }],
  });
  expect(exitCode).toBe(1);
  expect(stderr).toContain('git registry push --weights from a clone that has it');
  expect(bo.run('push', '--weights', '--dry-run')).toMatchObject({
    exitCode: 1,
    document: { weights: { sent: [], present: 1, lacking: 1 } },
  });
  expect(ada.must('push', '--weights')).toMatchObject({ weights: { sent: [{}], present: 1, lacking: 0 } });
});

test('bad bytes here are not sent, and hold up no others', () => {
  const { ada, store } = team();
  ada.must('push', '--no-weights');
  const [bad = ''] = stored(join(ada.repository.gitDir, 'registry', 'cache')).map((line) => line.split(' ')[0] ?? '');
  const { size } = statSync(bad);
  chmodSync(bad, 0o644);
  writeFileSync(bad, 'x'.repeat(size));
  expect(ada.run('push', '--weights')).toMatchObject({
    exitCode: 5,
    document: { weights: { sent: [{}], lacking: 1 }, issues: [{ code: 'corrupt-weights' }] },
  });
  expect(stored(store)).toHaveLength(1);
});

test('only weights of live entries, and of the models named, are sent', () => {
  const { ada } = team();
  register(ada, 3, 'other');
  ada.must('tombstone', 'm@v1.0.1', '--reason', 'bad data');
  ada.must('push', '--no-weights');
  expect(ada.must('push', 'm', '--weights')).toMatchObject({ weights: { sent: [{}], present: 0 } });
  expect(ada.must('push', '--weights')).toMatchObject({ weights: { sent: [{}], present: 1 } });
  expect(say(ada, 'push', 'm', '--weights').stdout).toContain('weights: the file is there\n');
});

test('a second remote gets those of what is published', () => {
  const { ada } = team();
  ada.must('push');
  const mirror = temporaryRepository({ bare: true });
  ada.must('push', mirror.folder, '--no-weights');
  register(ada, 3);
  expect(ada.must('push', mirror.folder, '--weights')).toMatchObject({ weights: { sent: [{}, {}] } });
  expect(stored(join(mirror.folder, 'registry', 'cache'))).toHaveLength(2);
});

test('refs are put back also where the remote of weights does not answer, which the exit code tells', () => {
  const { ada, remote } = team();
  ada.must('push');
  remote.git(['update-ref', '-d', 'refs/registry/semver/m/v1.0.1']);
  ada.repository.git(['config', 'registry.weightsRemote', 'http://127.0.0.1:9/none']);
  expect(ada.run('push', '--repair')).toMatchObject({
    exitCode: 75,
    document: { views: 1, weights: null, issues: [{ code: 'weights-remote-unreachable' }] },
  });
  expect(remote.git(['for-each-ref', 'refs/registry/semver/m/v1.0.1'])).not.toBe('');
  expect(ada.must('push', '--repair', '--no-weights')).toMatchObject({ weights: null, weightsLeft: 0 });
});

test('--weights with --no-weights is refused', () => {
  const { ada, remote } = team();
  expect(ada.run('push', '--weights', '--no-weights')).toMatchObject({ exitCode: 2, code: 'usage' });
  expect(remote.git(['for-each-ref'])).toBe('');
});

test('entries without weights need no remote of weights', () => {
  const { ada } = team();
  ada.must('push', '--no-weights');
  ada.repository.git(['config', 'registry.weightsRemote', 'http://127.0.0.1:9/none']);
  ada.must('register', ada.bundle('words', { 'words.txt': 'words' }), '--model', 'words', '--as', '1.0.0');
  expect(ada.must('push', 'words', '--weights')).toMatchObject({ weights: { remote: null, present: 0 } });
  expect(say(ada, 'push', 'words', '--weights').stdout).toContain('weights: no entry has any\n');
});
