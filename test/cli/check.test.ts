import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Ran } from '../support/cli-registry.ts';
import { type HookRig, hookRig, WEIGHTS } from '../support/hook-rig.ts';
import { lmBundle } from '../support/registry-rig.ts';
import { repositoryAt } from '../support/temporary-repository.ts';

function rigWith(files: Readonly<Record<string, string | Uint8Array>>): HookRig {
  const rig = hookRig({ hooks: false });
  rig.write(files);
  rig.repository.git(['add', '.']);
  return rig;
}

/** `CODE subject` of each finding. */
function found({ document }: Ran): readonly string[] {
  const findings = document['findings'] as readonly { readonly code: string; readonly subject: string }[];
  return findings.map(({ code, subject }) => `${code} ${subject}`);
}

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
const pointer = (digest: string, path: string): string =>
  `outs:\n- md5: ${digest}\n  size: 3\n  hash: md5\n  path: ${path}\n`;
const CORPUS = md5('abc');
const train = (members: Readonly<Record<string, unknown>>): string => JSON.stringify(members);

describe('raw weights', () => {
  test.each([
    ['GGUF', 'model.md', 'GGUF\u0003\0\0\0'],
    ['a pickle', 'state.txt', Buffer.from('80049508000000000000008c0474657374942e', 'hex')],
    ['an HDF5 file', 'x', Buffer.from('894844460d0a1a0a', 'hex')],
    ['an array of NumPy', 'x.dat', Buffer.from('934e554d5059010046007b7d', 'hex')],
    ['two megabytes under a name of weights', 'model.bin', Buffer.alloc(2_000_000, 'x')],
  ])('are found: %s', (_what, name, content) => {
    const rig = rigWith({ [name]: content });
    const ran = rig.run('check', '--staged');
    expect([ran.exitCode, found(ran)]).toEqual([1, [`weights-raw ${name}`]]);
  });

  test('are no source texts, no wheel, no small file of that suffix, no pointer of Git LFS', () => {
    const rig = rigWith({
      'import.py': 'import os\nprint(1)\n',
      'c.txt': 'c\n',
      'p.txt': '(1,2).\n',
      'wheel.whl': Buffer.from('504b030414000000', 'hex'),
      'firmware.bin': 'tiny',
      'model.safetensors': `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 123\n`,
    });
    expect(found(rig.run('check', '--staged'))).toEqual([]);
  });

  test('are allowed where .gitattributes of the index says so, and only there', () => {
    const rig = rigWith({
      'fixtures/w.txt': WEIGHTS,
      'w.txt': WEIGHTS,
      '.gitattributes': 'fixtures/** registry-raw\n',
    });
    expect(found(rig.run('check', '--staged'))).toEqual(['weights-raw w.txt']);
  });

  test('of the work tree are found whether git knows them or not, unless it ignores them', () => {
    const rig = rigWith({ 'staged.txt': WEIGHTS, '.gitignore': 'ignored.txt\n' });
    rig.write({ 'untracked.txt': WEIGHTS, 'ignored.txt': WEIGHTS });
    expect(found(rig.run('check'))).toEqual(['weights-raw staged.txt', 'weights-raw untracked.txt']);
    expect(found(rig.run('check', '--staged'))).toEqual(['weights-raw staged.txt']);
  });

  test('are found in packs as well, before and after a large file', () => {
    const large = Buffer.alloc(5_000_000, 'text ');
    const rig = rigWith({
      'a-weights': WEIGHTS,
      'b-large': large,
      'c-weights': WEIGHTS,
      'd-empty': '',
      'e-weights': WEIGHTS,
    });
    rig.repository.git(['repack', '-a', '-d', '--quiet']);
    rig.repository.git(['prune-packed', '--quiet']);
    expect(rig.repository.git(['count-objects'])).toMatch(/^0 objects/);
    rig.write({ 'f-loose': Buffer.from('GGUF\u0003\0\0\0') });
    rig.repository.git(['add', '.']);
    const ran = rig.run('check', '--staged');
    expect(found(ran)).toEqual(['a-weights', 'c-weights', 'e-weights', 'f-loose'].map((path) => `weights-raw ${path}`));
    expect(ran.document['checked']).toMatchObject({ files: 6 });
  });

  test('larger than memory would like are told by their beginning', () => {
    const big = Buffer.alloc(40_000_000);
    big.set(WEIGHTS);
    big.write('GGUF');
    const ran = rigWith({ big }).run('check', '--staged');
    expect(found(ran)).toEqual(['weights-raw big']);
  });
});

describe('a bundle folder', () => {
  test('with a JSON file that breaks the rules is found, whichever file it is', () => {
    const rig = rigWith({ 'b/train_manifest.json': '{}', 'b/config.json': '{"a":1,"a":2}', 'b/eval_report.json': '{' });
    expect(found(rig.run('check', '--staged'))).toEqual([
      'json-broken b/config.json',
      'json-broken b/eval_report.json',
    ]);
  });

  test('with a document of another shape is found', () => {
    const rig = rigWith({
      'b/train_manifest.json': train({ parent_sha: 7, seed: 1 }),
      'c/train_manifest.json': train({ corpus_dvc_hash: 7 }),
      'd/train_manifest.json': '[]',
      'd/tokenizer.json': '3',
    });
    expect([...found(rig.run('check', '--staged'))].sort()).toEqual([
      'bundle-broken b/train_manifest.json',
      'bundle-broken c/train_manifest.json',
      'bundle-broken d/tokenizer.json',
      'bundle-broken d/train_manifest.json',
    ]);
  });

  test('with a broken safetensors header is found', () => {
    const cut = WEIGHTS.subarray(0, WEIGHTS.length - 4);
    const rig = rigWith({ 'b/train_manifest.json': '{}', 'b/model.safetensors': cut, 'x.safetensors': 'none' });
    expect(found(rig.run('check', '--staged')).filter((text) => text.startsWith('header'))).toEqual([
      'header-broken b/model.safetensors',
      'header-broken x.safetensors',
    ]);
  });

  test('is checked behind a DVC pointer too, where the cache has the bytes', () => {
    const rig = hookRig({ hooks: false });
    const cut = WEIGHTS.subarray(0, WEIGHTS.length - 4);
    const digest = createHash('md5').update(cut).digest('hex');
    rig.write({
      'b/model.safetensors.dvc': `outs:\n- md5: ${digest}\n  size: ${cut.length}\n  hash: md5\n  path: model.safetensors\n`,
      [`.git/registry/cache/files/md5/${digest.slice(0, 2)}/${digest.slice(2)}`]: cut,
    });
    rig.repository.git(['add', '.']);
    expect(found(rig.run('check', '--staged'))).toEqual(['header-broken b/model.safetensors.dvc']);
  });

  test('elsewhere leaves other JSON alone', () => {
    expect(found(rigWith({ 'x/config.json': '{', 'package.json': '{' }).run('check', '--staged'))).toEqual([]);
  });

  test('a registry.yaml that does not fit is found before it takes effect', () => {
    expect(found(rigWith({ 'registry.yaml': 'stages: 3\n' }).run('check', '--staged'))).toEqual([
      'policy-broken registry.yaml',
    ]);
  });
});

describe('a train manifest', () => {
  test('whose corpus is that of the staged pointer passes', () => {
    const rig = rigWith({
      'data/corpus.dvc': pointer(`${CORPUS}.dir`, 'corpus'),
      'b/train_manifest.json': train({ corpus_dvc_hash: `${CORPUS}.dir` }),
    });
    expect(found(rig.run('check', '--staged'))).toEqual([]);
  });

  test('is held against the staged pointer, not against the one in the work tree', () => {
    const rig = rigWith({
      'data/corpus.dvc': pointer(CORPUS, 'corpus'),
      'b/train_manifest.json': train({ corpus_dvc_hash: CORPUS }),
    });
    rig.write({ 'data/corpus.dvc': pointer(md5('other'), 'corpus') });
    expect(found(rig.run('check', '--staged'))).toEqual([]);
    rig.repository.git(['add', '.']);
    rig.write({ 'data/corpus.dvc': pointer(CORPUS, 'corpus') });
    expect(found(rig.run('check', '--staged'))).toEqual(['corpus-differs b/train_manifest.json']);
  });

  test('may find its corpus among the outputs of a DVC pipeline', () => {
    const rig = rigWith({
      'raw.dvc': pointer(md5('raw'), 'raw'),
      'dvc.lock': `schema: '2.0'\nstages:\n  prepare:\n    outs:\n    - path: corpus\n      hash: md5\n      md5: ${CORPUS}.dir\n`,
      'b/train_manifest.json': train({ corpus_dvc_hash: `${CORPUS}.dir` }),
    });
    expect(found(rig.run('check', '--staged'))).toEqual([]);
  });

  test('that is committed already keeps the corpus it was trained on', () => {
    const rig = rigWith({
      'data/corpus.dvc': pointer(CORPUS, 'corpus'),
      'b/train_manifest.json': train({ corpus_dvc_hash: CORPUS }),
    });
    rig.commit();
    rig.write({ 'data/corpus.dvc': pointer(md5('next'), 'corpus') });
    rig.repository.git(['add', '.']);
    expect(found(rig.run('check', '--staged'))).toEqual([]);
    expect(found(rig.run('check'))).toEqual([]);
  });

  test('must name a commit of this repository', () => {
    const rig = hookRig({ hooks: false });
    const head = rig.repository.git(['rev-parse', 'HEAD']);
    const tree = rig.repository.git(['rev-parse', 'HEAD^{tree}']);
    rig.write({
      'a/train_manifest.json': train({ code_git_sha: head }),
      'b/train_manifest.json': train({ code_git_sha: '4f'.repeat(20) }),
      'c/train_manifest.json': train({ code_git_sha: tree }),
      'd/train_manifest.json': train({ code_git_sha: head.slice(0, 7) }),
    });
    rig.repository.git(['add', '.']);
    const ran = rig.run('check', '--staged');
    expect(found(ran)).toEqual(['b', 'c', 'd'].map((folder) => `code-unknown ${folder}/train_manifest.json`));
    expect(ran.exitCode).toBe(1);
  });

  test('is only warned of where the code is kept elsewhere', () => {
    const stated = { code_git_sha: '4f'.repeat(20), code_git_remote: 'https://git.example.org/code.git' };
    const rig = rigWith({ 'b/train_manifest.json': train(stated) });
    const ran = rig.run('check', '--staged');
    expect([ran.exitCode, found(ran)]).toEqual([0, ['code-elsewhere b/train_manifest.json']]);
    const plain = rigWith({ 'b/train_manifest.json': train({ code_git_sha: '4f'.repeat(20) }) });
    plain.repository.git(['config', 'registry.foreignCode', 'true']);
    expect(plain.run('check', '--staged').exitCode).toBe(0);
  });

  test('is only warned of in a shallow clone', () => {
    const rig = hookRig({ hooks: false });
    rig.write({ 'a.txt': 'second\n' });
    const first = rig.repository.git(['rev-parse', 'HEAD']);
    rig.commit('--all');
    const shallow = `${rig.repository.folder}-shallow`;
    rig.repository.git(['clone', '--quiet', '--depth=1', `file://${rig.repository.folder}`, shallow]);
    const clone = repositoryAt(shallow, `${shallow}/.git`, rig.repository.environment);
    rig.repository.git(['-C', shallow, 'checkout', '--quiet', '-b', 'side']);
    const path = `${shallow}/b/train_manifest.json`;
    clone.git([
      'update-index',
      '--add',
      '--cacheinfo',
      `100644,${clone.git(['hash-object', '-w', '--stdin'], train({ code_git_sha: first }))},b/train_manifest.json`,
    ]);
    const ran = rig.runIn({ cwd: shallow }, 'check', '--staged');
    expect([ran.exitCode, found(ran)], path).toEqual([0, ['code-elsewhere b/train_manifest.json']]);
  });
});

describe('eval_baseline.json', () => {
  const baseline = (digest: string, path = 'data/eval.jsonl'): string =>
    JSON.stringify({ eval_set: { path, md5: digest }, metrics: { pass_rate: 0.9, by_verb: { go: 1 } } });

  test('passes while its eval set is the one it was measured on', () => {
    const rig = rigWith({
      'eval_baseline.json': baseline(CORPUS),
      'data/eval.jsonl.dvc': pointer(CORPUS, 'eval.jsonl'),
    });
    expect(found(rig.run('check', '--staged'))).toEqual([]);
    expect(rig.run('check', '--staged').document['checked']).toMatchObject({ baselines: 1 });
  });

  test('is found when the pointer moves, though the baseline is not staged', () => {
    const rig = rigWith({
      'eval_baseline.json': baseline(CORPUS),
      'data/eval.jsonl.dvc': pointer(CORPUS, 'eval.jsonl'),
    });
    rig.commit();
    rig.write({ 'data/eval.jsonl.dvc': pointer(md5('drifted'), 'eval.jsonl') });
    expect(found(rig.run('check', '--staged'))).toEqual([]);
    rig.repository.git(['add', '.']);
    expect(found(rig.run('check', '--staged'))).toEqual(['eval-set-differs eval_baseline.json']);
  });

  test('may lie beside an eval set that git keeps', () => {
    const text = '{"q":1}\n';
    const rig = rigWith({ 'e/eval_baseline.json': baseline(md5(text), 'set.jsonl'), 'e/set.jsonl': text });
    expect(found(rig.run('check', '--staged'))).toEqual([]);
    expect(found(rig.run('check'))).toEqual([]);
    rig.write({ 'e/set.jsonl': '{"q":2}\n' });
    expect(found(rig.run('check'))).toEqual(['eval-set-differs e/eval_baseline.json']);
  });

  test('that names nothing, or is none, is found', () => {
    const rig = rigWith({
      'a/eval_baseline.json': baseline(CORPUS, 'gone.jsonl'),
      'b/eval_baseline.json': '{"eval_set":{"path":"x","md5":"no"},"metrics":{}}',
      'c/eval_baseline.json': '{',
    });
    expect(found(rig.run('check', '--staged'))).toEqual([
      'eval-set-missing a/eval_baseline.json',
      'baseline-broken b/eval_baseline.json',
      'baseline-broken c/eval_baseline.json',
    ]);
  });
});

describe('pins and views', () => {
  function registered(): HookRig {
    const rig = hookRig({ hooks: false });
    rig.must('register', rig.bundle('one', lmBundle(1)), '--model', 'tutor', '--as', '1.0.0');
    rig.must('register', rig.bundle('two', lmBundle(2)), '--model', 'tutor', '--as', '1.1.0');
    return rig;
  }

  test('that hold pass', () => {
    const rig = registered();
    rig.must('pin', 'tutor@v1.0.0');
    rig.repository.git(['add', '.']);
    const ran = rig.run('check', '--staged');
    expect([ran.exitCode, ran.document['checked']]).toMatchObject([0, { pins: 1, models: 1 }]);
  });

  test('to what is missing, buried or moved are found', () => {
    const rig = registered();
    rig.must('pin', 'tutor@v1.0.0');
    rig.repository.git(['add', '.']);
    const text = rig.repository.git(['show', ':registry.lock']);
    rig.must('tombstone', 'tutor@v1.0.0', '--reason', 'bad data');
    expect(found(rig.run('check', '--staged'))).toEqual(['pin-tombstoned registry.lock tutor@v1.0.0']);
    rig.write({ 'registry.lock': text.replace('v1.0.0', 'v1.1.0') });
    expect(found(rig.run('check'))).toEqual(['pin-moved registry.lock tutor@v1.1.0']);
    rig.write({ 'registry.lock': text.replace('v1.0.0', 'v9.0.0') });
    expect(found(rig.run('check'))).toEqual(['pin-missing registry.lock tutor@v9.0.0']);
    rig.write({ 'registry.lock': text.replace('"tutor"', '"nobody"') });
    expect(found(rig.run('check'))).toEqual(['pin-missing registry.lock nobody@v1.0.0']);
    rig.write({ 'registry.lock': '{"v":2}' });
    expect(found(rig.run('check'))).toEqual(['lock-broken registry.lock']);
    expect(found(rig.run('check', '--staged'))).toEqual(['pin-tombstoned registry.lock tutor@v1.0.0']);
  });

  test('in a clone without the registry are missing', () => {
    const rig = registered();
    rig.must('pin', 'tutor@v1.0.0');
    rig.repository.git(['add', '.']);
    rig.commit();
    const clone = `${rig.repository.folder}-clone`;
    rig.repository.git(['clone', '--quiet', rig.repository.folder, clone]);
    const ran = rig.runIn({ cwd: clone }, 'check', '--staged');
    expect([ran.exitCode, found(ran)]).toEqual([1, ['pin-missing registry.lock tutor@v1.0.0']]);
  });

  test('a ref that its log does not give is found, with the exit code of tampering', () => {
    const rig = registered();
    const two = rig.repository.git(['rev-parse', 'refs/registry/semver/tutor/v1.1.0']);
    rig.repository.git(['update-ref', 'refs/registry/semver/tutor/v1.0.0', two]);
    const ran = rig.run('check', '--staged');
    expect([ran.exitCode, found(ran)]).toEqual([5, ['view-tampered refs/registry/semver/tutor/v1.0.0']]);
  });

  test('a ref that is missing, and one that no log gives, are found as what repair is for', () => {
    const rig = registered();
    const { git } = rig.repository;
    const one = git(['rev-parse', 'refs/registry/semver/tutor/v1.0.0']);
    git(['update-ref', '-d', 'refs/registry/semver/tutor/v1.0.0']);
    const missing = rig.run('check', '--staged');
    expect([missing.exitCode, found(missing)]).toEqual([1, ['view-missing refs/registry/semver/tutor/v1.0.0']]);
    git(['update-ref', 'refs/registry/semver/tutor/v1.0.0', one]);
    git(['update-ref', 'refs/registry/semver/tutor/v9.0.0', one]);
    git(['update-ref', `refs/registry/sha/${'a'.repeat(64)}`, one]);
    const unlogged = rig.run('check', '--staged');
    const names = ['semver/tutor/v9.0.0', `sha/${'a'.repeat(64)}`];
    const unknown = names.map((name) => `view-unknown refs/registry/${name}`);
    expect([unlogged.exitCode, found(unlogged).toSorted()]).toEqual([1, unknown]);
  });
});

describe('check', () => {
  test('of a bare repository says why not', () => {
    const rig = hookRig({ hooks: false });
    const bare = `${rig.repository.folder}.git`;
    rig.repository.git(['clone', '--quiet', '--bare', rig.repository.folder, bare]);
    expect(rig.runIn({ cwd: bare }, 'check')).toMatchObject({ exitCode: 2, code: 'usage' });
  });

  test('--unpublished names models that the remote was not seen to have', () => {
    const rig = hookRig({ hooks: false });
    rig.must('register', rig.bundle('one', lmBundle(1)), '--model', 'tutor', '--as', '1.0.0');
    rig.repository.git(['remote', 'add', 'origin', 'nowhere']);
    const ran = rig.run('check', '--unpublished', 'origin');
    expect([ran.exitCode, found(ran)]).toEqual([0, ['unpublished tutor']]);
    rig.repository.git(['update-ref', 'refs/registry-remote/origin/log/tutor', 'refs/registry/log/tutor']);
    expect(found(rig.run('check', '--unpublished', 'origin'))).toEqual([]);
    rig.must('promote', 'tutor@v1.0.0', '--to', 'staging');
    expect(found(rig.run('check', '--unpublished', 'origin'))).toEqual(['unpublished tutor']);
    expect(found(rig.run('check', '--unpublished', 'https://example.org/r.git'))).toEqual([]);
  });
});
