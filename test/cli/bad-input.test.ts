/**
 * What register, promote and get are given by mistake or in bad faith: each is refused with its code and exit status
 * (format §9) and leaves nothing behind, or is taken for what it is. The B numbers are those of the catalogue that the
 * threat model keeps.
 */
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
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
  const { bavail, bsize } = statfsSync(sources);
  // Sparse: it takes no room itself.
  truncateSync(at('immense.bin'), 2 * bavail * bsize);
  symlinkSync(shared.repository.gitDir, join(shared.repository.folder, 'link-to-git'));
  mkdirSync(join(shared.repository.folder, 'full'));
  writeFileSync(join(shared.repository.folder, 'full', 'mine.txt'), 'mine');
});

/** A command that is refused. `args` are made when the fixtures are there. */
interface Refusal {
  readonly b: string;
  readonly says: string;
  readonly args: () => readonly string[];
  readonly exit: number;
  readonly code: string;
}

const register =
  (...args: readonly string[]) =>
  (): readonly string[] => ['register', ...args, '--model', 'm'];
const candidate = (): string => `m@${pending}`;

const RELATIONS: readonly Refusal[] = [
  {
    b: 'B23',
    says: 'a parent that the train manifest states and nobody registered',
    args: register(at('orphan')),
    exit: 1,
    code: 'unknown-parent',
  },
  {
    b: 'B23',
    says: 'the same as a candidate',
    args: register(at('orphan'), '--pending'),
    exit: 1,
    code: 'unknown-parent',
  },
  {
    b: 'B23',
    says: 'a parent by an unknown SHA',
    args: register(at('new'), '--parent', 'deadbeefdeadbeef'),
    exit: 1,
    code: 'unknown-spec',
  },
  {
    b: 'B23',
    says: 'a parent by an unknown version',
    args: register(at('new'), '--parent', 'm@9.9.9'),
    exit: 1,
    code: 'unknown-spec',
  },
  {
    b: 'B23',
    says: 'a parent that is a candidate only',
    args: () => ['register', at('new'), '--model', 'm', '--parent', candidate()],
    exit: 1,
    code: 'unknown-parent',
  },
  {
    b: 'B23',
    says: 'a parent twice',
    args: register(at('files'), '--model', 'o', '--parent', 'm@1.0.0', '--parent', 'n@1.0.0'),
    exit: 2,
    code: 'bad-bundle',
  },
];

const SOURCES: readonly Refusal[] = [
  { b: 'B37', says: 'a link to a file outside', args: register(at('outside')), exit: 2, code: 'not-a-file' },
  { b: 'B37', says: 'a link in a circle', args: register(at('loop')), exit: 2, code: 'not-a-file' },
  { b: 'B37', says: 'a link in a circle, followed', args: register(at('loop'), '-L'), exit: 2, code: 'not-a-file' },
  { b: 'B37', says: 'a link to nothing', args: register(at('nothing')), exit: 2, code: 'not-a-file' },
  { b: 'B37', says: 'a link to nothing, followed', args: register(at('nothing'), '-L'), exit: 2, code: 'not-a-file' },
  {
    b: 'B37',
    says: 'a link to a folder, followed',
    args: register(at('folder-link'), '-L'),
    exit: 2,
    code: 'not-a-file',
  },
  { b: 'B38', says: 'a FIFO, without waiting for it', args: register(at('fifo')), exit: 2, code: 'not-a-file' },
  { b: 'B38', says: 'a device', args: register('/dev/null'), exit: 2, code: 'not-a-file' },
  {
    b: 'B38',
    says: 'a folder given as a file',
    args: register('--file', `weights=${at('files')}`),
    exit: 2,
    code: 'not-a-file',
  },
  {
    b: 'B38',
    says: 'a role that is none',
    args: register('--file', `model=${at('files', 'weights.bin')}`),
    exit: 2,
    code: 'usage',
  },
  {
    b: 'B38',
    says: 'a file whose name has another role',
    args: register('--file', `weights=${at('files', '-rf')}`),
    exit: 2,
    code: 'bad-bundle',
  },
  { b: 'B41', says: 'a path where nothing is', args: register(at('gone')), exit: 2, code: 'not-a-file' },
  { b: 'B41', says: 'a folder without files', args: register(at('no-file')), exit: 2, code: 'bad-bundle' },
  { b: 'B41', says: 'no path at all', args: register(), exit: 2, code: 'usage' },
  {
    b: 'B43',
    says: 'a file that the disk has no room for',
    args: register(at('immense.bin'), '--profile', 'files/1'),
    exit: 4,
    code: 'no-space',
  },
];

const DESTINATIONS: readonly Refusal[] = [
  {
    b: 'B45',
    says: 'a destination that a link leads into the git folder',
    args: () => ['get', 'm@1.0.0', '-o', 'link-to-git/out'],
    exit: 2,
    code: 'destination',
  },
  {
    b: 'B46',
    says: 'a destination that has content',
    args: () => ['get', 'm@1.0.0', '-o', 'full'],
    exit: 2,
    code: 'destination',
  },
  {
    b: 'B46',
    says: 'a destination that is a file',
    args: () => ['get', 'm@1.0.0', '-o', 'full/mine.txt'],
    exit: 2,
    code: 'destination',
  },
  {
    b: 'B47',
    says: 'a destination in the git folder',
    args: () => ['get', 'm@1.0.0', '-o', '.git/out'],
    exit: 2,
    code: 'destination',
  },
  {
    b: 'B47',
    says: 'a destination in the cache',
    args: () => ['get', 'm@1.0.0', '-o', '.git/registry/cache/out'],
    exit: 2,
    code: 'destination',
  },
  {
    b: 'B47',
    says: 'the work tree itself',
    args: () => ['get', 'm@1.0.0', '-o', '.', '--force'],
    exit: 2,
    code: 'destination',
  },
  {
    b: 'B48',
    says: 'a destination below a file',
    args: () => ['get', 'm@1.0.0', '-o', 'full/mine.txt/out'],
    exit: 4,
    code: 'io',
  },
];

const VERSIONS: readonly Refusal[] = [
  '1.0',
  '1',
  '01.0.0',
  '1.0.0-01',
  '１.0.0',
  '1.0.0 ',
  ' 1.0.0',
  '1.0.0\n',
  'V1.0.0',
  'latest',
  '',
]
  .map((version) => ({ b: 'B66', version }))
  .concat([
    { b: 'B67', version: '1.0.0-x.lock' },
    { b: 'B68', version: '1.0.0+a' },
    { b: 'B69', version: '1.0.0-RC1' },
    { b: 'B70', version: `1.0.0-${'a'.repeat(64)}` },
    { b: 'B70', version: '9007199254740992.0.0' },
  ])
  .map(({ b, version }) => ({
    b,
    says: `the version ${JSON.stringify(version)}`,
    args: register(at('new'), `--as=${version}`),
    exit: 2,
    code: 'bad-version',
  }));

const MODELS: readonly Refusal[] = [
  ...[
    '1.0.0',
    'v2.0.0',
    'con',
    'a/nul.txt',
    '',
    'a/',
    '/a',
    'a/b/c',
    'latest',
    'production',
    'development',
    'deadbeef',
    'x\n',
    'é'.repeat(67),
  ].map((model) => ({
    b: 'B71',
    says: `the model ${JSON.stringify(model)}`,
    args: () => ['register', at('new'), `--model=${model}`],
    exit: 2,
    code: 'bad-model-name',
  })),
  ...['M', 'm/sub', 'm_', '-m.'].map((model) => ({
    b: 'B72',
    says: `the model ${model} beside m`,
    args: () => ['register', at('new'), `--model=${model}`],
    exit: 3,
    code: 'model-collides',
  })),
];

const PROMOTIONS: readonly Refusal[] = [
  {
    b: 'B73',
    says: 'a version that names another',
    args: () => ['promote', 'm@1.2.0', '--as', '1.0.0'],
    exit: 3,
    code: 'version-taken',
  },
  {
    b: 'B73',
    says: 'a version whose entry has a tombstone',
    args: () => ['promote', candidate(), '--as', '1.1.0'],
    exit: 3,
    code: 'version-taken',
  },
  {
    b: 'B74',
    says: 'a tombstoned entry',
    args: () => ['promote', 'm@1.1.0', '--to', 'production'],
    exit: 1,
    code: 'tombstoned',
  },
  {
    b: 'B74',
    says: 'a candidate into a slot',
    args: () => ['promote', candidate(), '--to', 'staging'],
    exit: 1,
    code: 'not-registered',
  },
  {
    b: 'B74',
    says: 'a SHA that is not there',
    args: () => ['promote', 'm@deadbeef', '--to', 'staging'],
    exit: 1,
    code: 'unknown-spec',
  },
  {
    b: 'B74',
    says: 'a SHA that two models have',
    args: () => ['promote', shaOfOne(), '--to', 'staging'],
    exit: 2,
    code: 'ambiguous',
  },
  {
    b: 'B74',
    says: 'a SHA prefix of six digits',
    args: () => ['promote', `m@${pending.slice(0, 6)}`, '--as', '5.0.0'],
    exit: 2,
    code: 'bad-spec',
  },
  {
    b: 'B74',
    says: 'a model that is not there',
    args: () => ['promote', 'q@1.0.0', '--to', 'staging'],
    exit: 1,
    code: 'unknown-model',
  },
  { b: 'B74', says: 'nothing to promote to', args: () => ['promote', 'm@1.0.0'], exit: 2, code: 'usage' },
  { b: 'B75', says: 'a bundle with a tombstone, once more', args: register(at('two')), exit: 1, code: 'tombstoned' },
  {
    b: 'B75',
    says: 'another bundle under its version',
    args: register(at('new'), '--as', '1.1.0'),
    exit: 3,
    code: 'version-taken',
  },
  ...['prod', 'Production', 'archived', 'development', '', '../x', 'staging\n'].map((stage) => ({
    b: 'B76',
    says: `the stage ${JSON.stringify(stage)}`,
    args: () => ['promote', 'm@1.0.0', `--to=${stage}`],
    exit: 2,
    code: 'bad-stage',
  })),
];

function shaOfOne(): string {
  return String(shared.must('resolve', 'm@1.0.0')['sha256']).slice(0, 12);
}

describe.each([
  ['relations', RELATIONS],
  ['sources', SOURCES],
  ['destinations', DESTINATIONS],
  ['versions', VERSIONS],
  ['models', MODELS],
  ['promotions', PROMOTIONS],
])('%s', (_, refusals) => {
  test.each(refusals)('$b $says: exit $exit, $code', ({ args, exit, code }) => {
    const refs = shared.refs();
    const ran = shared.run(...args());
    expect({ exit: ran.exitCode, code: ran.code }).toEqual({ exit, code });
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

  test('B40 a file that changes while it is read is refused, and nothing is registered', async () => {
    const registry = cliRegistry();
    const path = join(registry.bundle('one', { 'model.bin': '' }), 'model.bin');
    truncateSync(path, 64 << 20);
    const writing = setInterval(() => appendFileSync(path, 'x'), 1);
    const { environment: env, folder: cwd } = registry.repository;
    const ran = await startCli(['register', path, '--model', 'm', '--json'], { cwd, env }).finally(() =>
      clearInterval(writing),
    );
    expect(ran.exitCode).toBe(4);
    expect(JSON.parse(ran.stdout)).toMatchObject({ error: { code: 'changed-while-reading' } });
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
