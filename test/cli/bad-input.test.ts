/**
 * What register, promote and get are given by mistake or in bad faith: each is refused with its code and exit status
 * (format §9) and leaves nothing behind, or is taken for what it is. The B numbers are those of the catalogue that the
 * threat model keeps.
 */
import { spawnSync } from 'node:child_process';
import {
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statfsSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { startCli } from '../support/cli.ts';
import { cliRegistry, sharedCliRegistry } from '../support/cli-registry.ts';
import { lmBundle } from '../support/registry-rig.ts';

/** What has a file change with each read of it. */
const CHANGES = new URL('../support/change-while-read.mjs', import.meta.url).href;

const shared = sharedCliRegistry();
const sources = join(dirname(shared.repository.folder), 'bundles');
const at = (...path: readonly string[]): string => join(sources, ...path);
let pending = '';

beforeAll(() => {
  shared.bundle('one', lmBundle(1));
  shared.bundle('two', lmBundle(2));
  shared.bundle('three', lmBundle(3));
  shared.bundle('four', lmBundle(4));
  shared.bundle('new', lmBundle(9));
  shared.must('register', at('one'), '--model', 'm', '--as', '1.0.0');
  shared.must('register', at('one'), '--model', 'n', '--as', '1.0.0');
  shared.must('register', at('two'), '--model', 'm', '--as', '1.1.0');
  shared.must('tombstone', 'm@1.1.0', '--reason', 'leak');
  shared.must('register', at('four'), '--model', 'm', '--as', '1.2.0');
  pending = String(shared.must('register', at('three'), '--model', 'm', '--pending')['sha256']).slice(0, 12);
  shared.bundle('files', { 'weights.bin': 'w', '-rf': 'x', '--x': 'y', 'empty.bin': '' });
  shared.bundle('taken', { 'mine.txt': 'mine' });
  const unknownParent = `{"parent_sha":"${'0'.repeat(64)}"}`;
  shared.bundle('orphan', lmBundle(5, { 'train_manifest.json': unknownParent }));
  for (const folder of ['outside', 'loop', 'nothing', 'folder-link', 'fifo', 'no-file']) mkdirSync(at(folder));
  symlinkSync(at('files', 'weights.bin'), at('outside', 'weights.bin'));
  symlinkSync('itself', at('loop', 'itself'));
  symlinkSync('nowhere', at('nothing', 'weights.bin'));
  symlinkSync(at('files'), at('folder-link', 'files'));
  expect(spawnSync('mkfifo', [at('fifo', 'pipe')]).status).toBe(0);
  writeFileSync(at('immense.bin'), '');
  const { blocks, bsize } = statfsSync(sources);
  // Sparse: it takes no room itself. Whatever others free meanwhile, the disk is not as large.
  truncateSync(at('immense.bin'), blocks * bsize + 1);
  symlinkSync(shared.repository.gitDir, join(shared.repository.folder, 'link-to-git'));
  mkdirSync(join(shared.repository.folder, 'full'));
  writeFileSync(join(shared.repository.folder, 'full', 'mine.txt'), 'mine');
});

/** Of the catalogue, what is given, the command (made when the fixtures are there), and `EXIT CODE` of the refusal. */
type Refusal = readonly [b: string, says: string, args: () => readonly string[], outcome: string];

const registers =
  (...args: readonly string[]) =>
  (): readonly string[] => ['register', ...args, '--model', 'm'];
const gets = (folder: string) => (): readonly string[] => ['get', 'm@1.0.0', '-o', folder];
const promotes =
  (...args: readonly string[]) =>
  (): readonly string[] => [
    'promote',
    ...args.map((arg) => arg.replace('PENDING', pending).replace('ONE', shaOfOne())),
  ];
const shaOfOne = (): string => String(shared.must('resolve', 'm@1.0.0')['sha256']).slice(0, 12);

const RELATIONS: readonly Refusal[] = [
  ['B23', 'a parent that the train manifest states and nobody registered', registers(at('orphan')), '1 unknown-parent'],
  ['B23', 'the same as a candidate', registers(at('orphan'), '--pending'), '1 unknown-parent'],
  ['B23', 'a parent by an unknown SHA', registers(at('new'), '--parent', 'deadbeefdeadbeef'), '1 unknown-spec'],
  ['B23', 'a parent by an unknown version', registers(at('new'), '--parent', 'm@9.9.9'), '1 unknown-spec'],
  [
    'B23',
    'a parent that is a candidate only',
    () => ['register', at('new'), '--model', 'm', '--parent', `m@${pending}`],
    '1 unknown-parent',
  ],
  ['B23', 'a parent twice', registers(at('new'), '--parent', 'm@1.0.0', '--parent', 'n@1.0.0'), '2 bad-bundle'],
];

const SOURCES: readonly Refusal[] = [
  ['B37', 'a link to a file outside', registers(at('outside')), '2 not-a-file'],
  ['B37', 'a link in a circle', registers(at('loop')), '2 not-a-file'],
  ['B37', 'a link in a circle, followed', registers(at('loop'), '-L'), '2 not-a-file'],
  ['B37', 'a link to nothing', registers(at('nothing')), '2 not-a-file'],
  ['B37', 'a link to nothing, followed', registers(at('nothing'), '-L'), '2 not-a-file'],
  ['B37', 'a link to a folder, followed', registers(at('folder-link'), '-L'), '2 not-a-file'],
  ['B38', 'a FIFO, without waiting for it', registers(at('fifo')), '2 not-a-file'],
  ['B38', 'a device', registers('/dev/null'), '2 not-a-file'],
  ['B38', 'a folder given as a file', registers('--file', `weights=${at('files')}`), '2 not-a-file'],
  ['B38', 'a role that is none', registers('--file', `model=${at('files', 'weights.bin')}`), '2 usage'],
  ['B38', 'a file whose name has another role', registers('--file', `weights=${at('files', '-rf')}`), '2 bad-bundle'],
  ['B41', 'a path where nothing is', registers(at('gone')), '2 not-a-file'],
  ['B41', 'a folder without files', registers(at('no-file')), '2 bad-bundle'],
  ['B41', 'no path at all', registers(), '2 usage'],
  ['B43', 'a file too large for the disk', registers(at('immense.bin'), '--profile', 'files/1'), '4 no-space'],
];

const DESTINATIONS: readonly Refusal[] = [
  ['B45', 'a destination that a link leads into the git folder', gets('link-to-git/out'), '2 destination'],
  ['B46', 'a destination that has content', gets('full'), '2 destination'],
  ['B46', 'a destination that is a file', gets('full/mine.txt'), '2 destination'],
  ['B47', 'a destination in the git folder', gets('.git/out'), '2 destination'],
  ['B47', 'a destination in the cache', gets('.git/registry/cache/out'), '2 destination'],
  ['B47', 'the work tree itself', () => ['get', 'm@1.0.0', '-o', '.', '--force'], '2 destination'],
  ['B48', 'a destination below a file', gets('full/mine.txt/out'), '4 io'],
];

const badVersion = (b: string, version: string): Refusal => {
  return [b, `the version ${JSON.stringify(version)}`, registers(at('new'), `--as=${version}`), '2 bad-version'];
};
const VERSIONS: readonly Refusal[] = [
  ...['1.0', '1', '01.0.0', '1.0.0-01', '１.0.0', '1.0.0 ', ' 1.0.0', '1.0.0\n', 'V1.0.0', 'latest', ''].map(
    (version) => badVersion('B66', version),
  ),
  badVersion('B67', '1.0.0-x.lock'),
  badVersion('B68', '1.0.0+a'),
  badVersion('B69', '1.0.0-RC1'),
  badVersion('B70', `1.0.0-${'a'.repeat(64)}`),
  badVersion('B70', '9007199254740992.0.0'),
];

const badModel = (b: string, model: string, outcome: string): Refusal => {
  return [b, `the model ${JSON.stringify(model)}`, () => ['register', at('new'), `--model=${model}`], outcome];
};
const VERSION_LIKE = ['1.0.0', 'v2.0.0', 'latest'];
const STAGE_LIKE = ['production', 'development'];
const MODELS: readonly Refusal[] = [
  ...[
    ...VERSION_LIKE,
    ...STAGE_LIKE,
    'con',
    'a/nul.txt',
    '',
    'a/',
    '/a',
    'a/b/c',
    'deadbeef',
    'x\n',
    'é'.repeat(67),
  ].map((model) => badModel('B71', model, '2 bad-model-name')),
  ...['M', 'm/sub', 'm_', '-m.'].map((model) => badModel('B72', model, '3 model-collides')),
];

const PROMOTIONS: readonly Refusal[] = [
  ['B73', 'a version that names another', promotes('m@1.2.0', '--as', '1.0.0'), '3 version-taken'],
  ['B73', 'a version whose entry has a tombstone', promotes('m@PENDING', '--as', '1.1.0'), '3 version-taken'],
  ['B74', 'a tombstoned entry', promotes('m@1.1.0', '--to', 'production'), '1 tombstoned'],
  ['B74', 'a candidate into a slot', promotes('m@PENDING', '--to', 'staging'), '1 not-registered'],
  ['B74', 'a SHA that is not there', promotes('m@deadbeef', '--to', 'staging'), '1 unknown-spec'],
  ['B74', 'a SHA that two models have', promotes('ONE', '--to', 'staging'), '2 ambiguous'],
  ['B74', 'a SHA prefix of six digits', promotes('m@abcdef', '--as', '5.0.0'), '2 bad-spec'],
  ['B74', 'a model that is not there', promotes('q@1.0.0', '--to', 'staging'), '1 unknown-model'],
  ['B74', 'nothing to promote to', promotes('m@1.0.0'), '2 usage'],
  ['B75', 'a bundle with a tombstone, once more', registers(at('two')), '1 tombstoned'],
  ['B75', 'another bundle under its version', registers(at('new'), '--as', '1.1.0'), '3 version-taken'],
  ...['prod', 'Production', 'archived', 'development', '', '../x', 'staging\n'].map(
    (stage): Refusal => [
      'B76',
      `the stage ${JSON.stringify(stage)}`,
      promotes('m@1.0.0', `--to=${stage}`),
      '2 bad-stage',
    ],
  ),
];

describe.each([
  ['relations', RELATIONS],
  ['sources', SOURCES],
  ['destinations', DESTINATIONS],
  ['versions', VERSIONS],
  ['models', MODELS],
  ['promotions', PROMOTIONS],
])('%s', (_, refusals) => {
  test.each(refusals)('%s %s is refused', (_b, _says, args, outcome) => {
    const refs = shared.refs();
    const ran = shared.run(...args());
    expect(`${ran.exitCode} ${ran.code}`).toBe(outcome);
    expect(shared.refs()).toBe(refs);
    expect(readFileSync(join(shared.repository.folder, 'full', 'mine.txt'), 'utf8')).toBe('mine');
  });
});

describe('what is no mistake', () => {
  test('B24 an entry whose parent has the same files is another entry, so nothing can be its own ancestor', () => {
    const registry = cliRegistry();
    const folder = registry.bundle('files', { 'weights.bin': 'w' });
    const first = registry.must('register', folder, '--model', 'm', '--as', '1.0.0');
    const second = registry.must('register', folder, '--model', 'm', '--as', '1.1.0', '--parent', '1.0.0');
    expect(second).toMatchObject({ created: true, parents: [first['sha256']] });
    expect(second['sha256']).not.toBe(first['sha256']);
    expect(registry.must('verify', '--all')).toMatchObject({ ok: true });
  });

  test('B25 a tombstoned parent is a parent', () => {
    const registry = cliRegistry();
    const { sha256 } = registry.must('register', registry.bundle('one', lmBundle(1)), '--model', 'm', '--as', '1.0.0');
    registry.must('tombstone', 'm@1.0.0', '--reason', 'leak');
    expect(
      registry.must('register', registry.bundle('two', lmBundle(2)), '--model', 'm', '--parent', 'm@1.0.0'),
    ).toMatchObject({ parents: [sha256] });
  });

  test('B26 what looks like a credential is named, not repeated, and registered', () => {
    const registry = cliRegistry();
    const secret = ['AKIA', 'IOSFODNN7EXAMPLE'].join('');
    const folder = registry.bundle('one', lmBundle(1, { 'config.json': `{"bucket":"x","key":"${secret}"}` }));
    const { document, stderr, exitCode } = registry.run('register', folder, '--model', 'm');
    expect(exitCode).toBe(0);
    expect(document['findings']).toMatchObject([
      { code: 'secret-suspected', severity: 'notice', subject: 'config.json' },
    ]);
    expect(JSON.stringify(document) + stderr).not.toContain(secret);
  });

  test('B37 links that lead to files are followed when asked, as Hugging Face snapshots need', () => {
    const registry = cliRegistry();
    registry.bundle('blobs', { w: 'weights' });
    const snapshot = registry.bundle('snapshot', { 'README.md': '# model\n' });
    symlinkSync('../blobs/w', join(snapshot, 'model.bin'));
    const linked = registry.must('register', snapshot, '-L', '--model', 'm');
    const copied = registry.must(
      'register',
      registry.bundle('copy', { 'README.md': '# model\n', 'model.bin': 'weights' }),
      '--model',
      'm',
    );
    expect(copied).toMatchObject({ created: false, sha256: linked['sha256'] });
  });

  test("B39 the user's file is copied, never linked: what happens to it later does not reach the cache", () => {
    const registry = cliRegistry();
    const folder = registry.bundle('one', { 'model.bin': 'weights' });
    linkSync(join(folder, 'model.bin'), join(folder, 'twin.bin'));
    registry.must('register', folder, '--model', 'm');
    expect(statSync(join(folder, 'model.bin')).nlink).toBe(2);
    writeFileSync(join(folder, 'twin.bin'), 'other!!');
    expect(registry.must('verify', '--all', '--weights')).toMatchObject({ ok: true });
  });

  test('B40 a file that changes while it is read is refused, and nothing is registered', () => {
    const registry = cliRegistry();
    const path = join(registry.bundle('one', { 'model.bin': 'weights' }), 'model.bin');
    const env = { NODE_OPTIONS: `--import=${CHANGES}`, CHANGED_FILE: path };
    const ran = registry.runIn({ env }, 'register', path, '--model', 'm');
    expect(ran).toMatchObject({ exitCode: 4, code: 'changed-while-reading' });
    expect(statSync(path).size).toBeGreaterThan('weights'.length);
    expect(registry.refs()).toBe('');
  });

  test('B42, B44 empty files, and names that begin with a dash', () => {
    const registry = cliRegistry();
    const folder = registry.bundle('dashes', { '-rf': 'x', '--x': 'y', 'empty.bin': '' });
    expect(registry.must('register', folder, '--model', 'm', '--as', '1.0.0')).toMatchObject({
      created: true,
      fileCount: 3,
      bytes: 2,
    });
    const ran = registry.runIn(
      { cwd: folder },
      'register',
      '-C',
      registry.repository.folder,
      '--model',
      'm',
      '--',
      '../bundles/dashes/-rf',
    );
    expect(ran).toMatchObject({ exitCode: 0, document: { fileCount: 1 } });
    registry.must('get', 'm@1.0.0', '-o', '../out');
    expect(readFileSync(join(dirname(folder), '..', 'out', '-rf'), 'utf8')).toBe('x');
    expect(registry.must('verify', '--all', '--weights')).toMatchObject({ ok: true });
  });

  test('B46 a destination that has content is replaced whole with --force', () => {
    const out = join(shared.repository.folder, 'replaced');
    shared.must('get', 'm@1.0.0', '-o', 'replaced');
    writeFileSync(join(out, 'left-behind.txt'), 'x');
    shared.must('get', 'm@1.2.0', '-o', 'replaced', '--force', '--file', 'config.json');
    expect(readdirSync(out)).toEqual(['config.json']);
  });

  test('B49 of two that write one destination at once, one does and the other is refused', async () => {
    const { environment: env, folder: cwd } = shared.repository;
    const both = await Promise.all(
      ['m@1.0.0', 'm@1.2.0'].map((spec) => startCli(['get', spec, '-o', 'contested', '--json'], { cwd, env })),
    );
    const [won, lost] = both.sort((a, b) => Number(a.exitCode) - Number(b.exitCode));
    expect([won?.exitCode, lost?.exitCode]).toEqual([0, 2]);
    expect(JSON.parse(lost?.stdout ?? '')).toMatchObject({ error: { code: 'destination' } });
    const { version } = JSON.parse(won?.stdout ?? '') as { readonly version: string };
    const seed = version === 'v1.0.0' ? 1 : 4;
    for (const [path, content] of Object.entries(lmBundle(seed)).filter(([path]) => path === 'model.safetensors')) {
      expect(readFileSync(join(cwd, 'contested', path))).toEqual(Buffer.from(content));
    }
  });

  test('B71 a model may be called almost anything, and git sees only what it can bear', () => {
    const registry = cliRegistry();
    const folder = registry.bundle('one', { 'model.bin': 'weights' });
    for (const model of ['-x', '--upload-pack=x', 'HEAD', '@', '..', 'x..y', 'x.lock', 'a/b', 'о', 'a b', 'a@b']) {
      registry.must('register', folder, `--model=${model}`, '--as', '1.0.0');
      expect(registry.must('promote', '--to=production', '--', `${model}@1.0.0`)).toMatchObject({
        model,
        stage: 'production',
      });
    }
    expect(registry.repository.git(['fsck', '--strict'])).toBe('');
    expect(registry.must('verify', '--all')).toMatchObject({ ok: true });
  });

  test('B72 a name that is like another is taken when both are meant', () => {
    const registry = cliRegistry();
    registry.must('model', 'create', 'my-model');
    expect(registry.must('model', 'create', 'my_model', '--allow-similar')).toEqual({
      model: 'my_model',
      created: true,
    });
    expect(registry.run('model', 'create', 'MY-MODEL', '--allow-similar')).toMatchObject({
      exitCode: 3,
      code: 'model-collides',
    });
  });
});
