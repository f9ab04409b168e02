/** Where `git push` runs: in a temporary folder that has what is pushed as its only refs, as if it were in the repository. */
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { ObjectId } from '../../../src/domain/digest.ts';
import { push } from '../../../src/operations/push.ts';
import { runCli, startMortal } from '../../support/cli.ts';
import { readTrace } from '../../support/git-trace.ts';
import { httpGitServer } from '../../support/http-git-server.ts';
import { type SyncClone, syncRig } from '../../support/sync-rig.ts';
import { looseCommit } from '../../support/temporary-repository.ts';

const ALL = { words: [] };
const WAIT = { timeout: 280_000, interval: 20 };
const LOG = 'refs/registry/log/m';

function incoming({ repository }: SyncClone): readonly string[] {
  const folder = join(repository.gitDir, 'registry', 'incoming');
  return existsSync(folder) ? readdirSync(folder) : [];
}

function wroteDown(clone: SyncClone): boolean {
  const parent = join(clone.repository.gitDir, 'registry', 'incoming');
  return incoming(clone).some((name) => existsSync(join(parent, name, 'refs', 'leased', 'registry', 'log', 'm')));
}

/** Puts a script in the place of the remote's `git-receive-pack`. */
function receiveBy({ repository }: SyncClone, commands: string): void {
  const script = join(dirname(repository.folder), 'receive-pack');
  writeFileSync(script, `#!/bin/sh\n${commands}\nexec git-receive-pack "$@"\n`);
  chmodSync(script, 0o755);
  repository.git(['config', 'remote.origin.receivepack', script]);
}

/** What each git of a trace was started by and is, such as `push/pack-objects`. */
function hierarchies(trace: string): readonly string[] {
  return readTrace(trace).flatMap(({ hierarchy }) => (typeof hierarchy === 'string' ? [hierarchy] : []));
}

/** The values of a variable in the environments of all `git push` that a trace tells of. */
function pushEnvironments(trace: string, name: string): readonly string[] {
  const told = readTrace(trace);
  const pushes = new Set(told.flatMap((event) => (event['name'] === 'push' ? [event['sid']] : [])));
  return told.flatMap(({ event, sid, param, value }) =>
    event === 'def_param' && pushes.has(sid) && param === name && typeof value === 'string' ? [value] : [],
  );
}

test('a push sees what it pushes and what the remote must hold, none of the local refs, and its folder is gone when it ends', async () => {
  const ada = await syncRig().clone('ada');
  await ada.register(1);
  const { folder, gitDir, environment } = ada.repository;
  const trace = join(dirname(folder), 'trace');
  const traced = { ...environment, GIT_TRACE2_EVENT: trace, GIT_TRACE2_ENV_VARS: 'GIT_DIR' };
  const seen = join(dirname(folder), 'seen');
  const incomingFolders = join(gitDir, 'registry', 'incoming');
  receiveBy(ada, `cut -d' ' -f2 '${incomingFolders}'/*/packed-refs >> '${seen}'`);
  expect(runCli(['push'], { cwd: folder, env: traced })).toMatchObject({ exitCode: 0 });
  await ada.register(2);
  expect(runCli(['push'], { cwd: folder, env: traced })).toMatchObject({ exitCode: 0 });
  const gitDirs = pushEnvironments(trace, 'GIT_DIR');
  expect(gitDirs.length).toBeGreaterThan(0);
  expect(new Set(gitDirs.map(dirname))).toEqual(new Set([incomingFolders]));
  const names = readFileSync(seen, 'utf8').trimEnd().split('\n');
  expect(names.filter((name) => !/^refs\/(?:pushed|leased)\/registry\//.test(name))).toEqual([]);
  // Made; then moved, and beside the views unmoved, each time leased.
  const leased = ['refs/pushed/registry/log/m', 'refs/leased/registry/log/m'];
  expect(names.filter((name) => name.endsWith('/log/m'))).toEqual(['refs/pushed/registry/log/m', ...leased, ...leased]);
  expect(incoming(ada)).toEqual([]);
});

test('what a killed push left is removed by the next', async () => {
  const ada = await syncRig().clone('ada');
  await ada.register(1);
  const { folder, environment } = ada.repository;
  const [hold, started] = [join(dirname(folder), 'hold'), join(dirname(folder), 'started')];
  writeFileSync(hold, '');
  onTestFinished(() => rmSync(hold, { force: true }));
  receiveBy(ada, `touch '${started}'\nwhile [ -e '${hold}' ]; do sleep 0.05; done`);
  const killed = startMortal(['push'], { cwd: folder, env: environment });
  await expect.poll(() => existsSync(started), WAIT).toBe(true);
  killed.kill();
  await killed.ended;
  expect(incoming(ada)).toHaveLength(1);
  rmSync(hold);
  // Its git outlives it, and ends by writing down what it has pushed.
  await killed.gone;
  expect(wroteDown(ada)).toBe(true);
  expect(runCli(['push'], { cwd: folder, env: environment })).toMatchObject({ exitCode: 0 });
  expect(incoming(ada)).toEqual([]);
});

test('a linked work tree pushes: with its own configuration, to a URL relative to it', async () => {
  const rig = syncRig();
  const ada = await rig.clone('ada');
  await ada.register(1);
  const { folder, gitDir, environment, git } = ada.repository;
  const linked = join(dirname(folder), 'deep', 'linked');
  git(['commit', '--allow-empty', '--quiet', '--message=first']);
  git(['worktree', 'add', '--quiet', '-b', 'side', linked]);
  git(['config', 'extensions.worktreeConfig', 'true']);
  git(['remote', 'remove', 'origin']);
  git(['-C', linked, 'config', '--worktree', 'remote.origin.url', '../../remote.git']);
  expect(runCli(['push'], { cwd: linked, env: environment })).toMatchObject({ exitCode: 0 });
  expect(rig.remote.git(['rev-parse', LOG])).toBe(ada.ref(LOG));
  expect(existsSync(join(gitDir, 'worktrees'))).toBe(true);
});

test.each(['gitdir:', 'onbranch:'])(
  'configuration that is included by %s holds in every talk with a remote',
  async (kind) => {
    const rig = syncRig();
    const ada = await rig.clone('ada', 'registry-of-the-team:m');
    const bo = await rig.clone('bo');
    await bo.register(1);
    await push(bo.workspace, ALL);
    const { folder, gitDir, environment } = ada.repository;
    const [included, habits] = [join(dirname(folder), 'included'), join(dirname(folder), 'habits')];
    writeFileSync(included, `[url "${rig.remote.folder}"]\n\tinsteadOf = registry-of-the-team:m\n`);
    const condition = kind === 'gitdir:' ? `gitdir:${gitDir}` : 'onbranch:main';
    writeFileSync(habits, `[includeIf "${condition}"]\n\tpath = included\n`);
    const options = { cwd: folder, env: { ...environment, GIT_CONFIG_GLOBAL: habits } };
    expect(runCli(['list', 'm', '--remote', 'origin'], options)).toMatchObject({ exitCode: 0 });
    expect(runCli(['pull'], options)).toMatchObject({ exitCode: 0 });
    await ada.register(2);
    expect(runCli(['push'], options)).toMatchObject({ exitCode: 0 });
    expect(rig.remote.git(['rev-parse', LOG])).toBe(ada.ref(LOG));
  },
);

test('a remote with two push URLs gets everything at both', async () => {
  const rig = syncRig();
  const ada = await rig.clone('ada');
  await ada.register(1);
  const second = join(dirname(rig.remote.folder), 'second "copy".git');
  ada.repository.git(['clone', '--quiet', '--bare', rig.remote.folder, second]);
  for (const url of [rig.remote.folder, second]) ada.repository.git(['config', '--add', 'remote.origin.pushurl', url]);
  expect((await push(ada.workspace, ALL)).issues).toEqual([]);
  const refsOf = (folder: string): string => ada.repository.git(['-C', folder, 'for-each-ref', 'refs/registry']);
  expect(refsOf(second)).toBe(refsOf(rig.remote.folder));
  expect(refsOf(second)).toContain(LOG);
});

test('a mirror is pushed to like any other remote: what else it has stays', async () => {
  const rig = syncRig();
  const ada = await rig.clone('ada');
  await ada.register(1);
  ada.repository.git(['config', 'remote.origin.mirror', 'true']);
  rig.remote.git(['update-ref', 'refs/heads/theirs', looseCommit(rig.remote, 'theirs', [])]);
  expect((await push(ada.workspace, ALL)).issues).toEqual([]);
  expect(rig.remote.git(['rev-parse', LOG])).toBe(ada.ref(LOG));
  expect(rig.remote.git(['for-each-ref', '--format=%(refname)', 'refs/heads'])).toBe('refs/heads/theirs');
});

test('a ref whose object is missing here stops the push of all', async () => {
  const rig = syncRig();
  const ada = await rig.clone('ada');
  const tip = looseCommit(ada.repository, 'here', []) as ObjectId;
  const missing = '0123456789012345678901234567890123456789' as ObjectId;
  const remotes = await ada.workspace.gitRemote();
  const target = await remotes.find('origin');
  if (target === undefined) throw new Error('no origin');
  const tags = [
    { name: 'here', id: tip },
    { name: 'missing', id: missing },
  ];
  expect(await remotes.createTags(target, tags)).toMatchObject({ kind: 'refused' });
  expect(rig.remote.git(['for-each-ref'])).toBe('');
});

test('where some of several URLs are rewritten for pushing, those alone are pushed to, as by git', async () => {
  const rig = syncRig();
  const ada = await rig.clone('ada', 'team:one');
  await ada.register(1);
  const { folder, git } = ada.repository;
  const other = join(dirname(folder), 'other.git');
  git(['init', '--quiet', '--bare', other]);
  git(['config', '--add', 'remote.origin.url', other]);
  git(['config', `url.${rig.remote.folder}.insteadOf`, 'team:one']);
  git(['config', `url.${rig.remote.folder}.pushInsteadOf`, 'team:one']);
  expect((await push(await ada.reopen(), ALL)).issues).toEqual([]);
  expect(rig.remote.git(['rev-parse', LOG])).toBe(ada.ref(LOG));
  expect(git(['-C', other, 'for-each-ref'])).toBe('');
});

test('a URL may be any bytes', async () => {
  const rig = syncRig();
  const ada = await rig.clone('ada');
  await ada.register(1);
  const odd = Buffer.concat([Buffer.from(dirname(rig.remote.folder)), Buffer.from('/caf\xe9 "#;\\.git', 'latin1')]);
  cpSync(rig.remote.folder, join(dirname(rig.remote.folder), 'copy.git'), { recursive: true });
  renameSync(join(dirname(rig.remote.folder), 'copy.git'), odd);
  ada.repository.git(['config', '--unset', 'remote.origin.url']);
  const quoted = Buffer.from(odd.toString('latin1').replace(/["\\]/g, '\\$&'), 'latin1');
  const lines = [Buffer.from('[remote "origin"]\n\turl = "'), quoted, Buffer.from('"\n')];
  appendFileSync(join(ada.repository.gitDir, 'config'), Buffer.concat(lines));
  expect((await push(await ada.reopen(), { words: [], noWeights: true })).issues).toEqual([]);
  expect(readdirSync(Buffer.concat([odd, Buffer.from('/refs/registry/log')]))).toEqual(['m']);
});

test('a name that git finds ill-formed is not taken for pushed', async () => {
  const rig = syncRig();
  const ada = await rig.clone('ada');
  const id = looseCommit(ada.repository, 'here', []) as ObjectId;
  const remotes = await ada.workspace.gitRemote();
  const target = await remotes.find('origin');
  if (target === undefined) throw new Error('no origin');
  // Older gits leave it out, newer ones give up.
  await expect(remotes.createTags(target, [{ name: 'a..b', id }])).rejects.toThrow(/refs\/tags\/a\.\.b|hung up/);
  expect(rig.remote.git(['for-each-ref'])).toBe('');
});

test('in a partial clone that must fetch for a push, git does not sweep: to it the whole repository would be rubbish', async () => {
  const rig = syncRig();
  rig.remote.git(['config', 'uploadpack.allowFilter', 'true']);
  rig.remote.git(['config', 'uploadpack.allowAnySHA1InWant', 'true']);
  const ada = await rig.clone('ada');
  const { folder, environment, git } = ada.repository;
  for (const [key, value] of [
    ['extensions.partialClone', 'origin'],
    ['remote.origin.promisor', 'true'],
    ['remote.origin.partialCloneFilter', 'blob:none'],
    ['gc.auto', '1'],
    ['gc.autoPackLimit', '1'],
    ['gc.autoDetach', 'false'],
    ['gc.pruneExpire', 'now'],
    ['repack.writeBitmaps', 'false'],
  ] as const)
    git(['config', key, value]);
  git(['remote', 'set-url', 'origin', `file://${rig.remote.folder}`]);
  await ada.register(1);
  expect(runCli(['push', '--no-weights'], { cwd: folder, env: environment })).toMatchObject({ exitCode: 0 });
  git(['commit', '--allow-empty', '--quiet', '--message=mine']);
  const mine = git(['rev-parse', 'HEAD']);
  const sha = rig.remote.git(['for-each-ref', '--format=%(refname)', 'refs/registry/sha']);
  rig.remote.git(['update-ref', sha, looseCommit(rig.remote, 'foreign', [])]);
  const trace = join(dirname(folder), 'trace');
  runCli(['push', '--repair', '--no-weights'], { cwd: folder, env: { ...environment, GIT_TRACE2_EVENT: trace } });
  expect(rig.remote.git(['rev-parse', sha])).toBe(ada.ref(sha));
  expect(git(['cat-file', '-t', mine])).toBe('commit');
  // The remote may look after itself.
  const swept = hierarchies(trace).filter((names) => /\b(?:gc|repack|prune)\b/.test(names));
  expect(swept.filter((names) => !names.includes('receive-pack'))).toEqual([]);
});

test('more names than a command line holds go in several pushes, over HTTP as well', async () => {
  const rig = syncRig();
  const server = await httpGitServer(dirname(rig.remote.folder), rig.remote.environment);
  const ada = await rig.clone('ada', server.url('remote.git'));
  const id = looseCommit(ada.repository, 'named', []) as ObjectId;
  const long = Array.from({ length: 14 }, () => 'x'.repeat(240)).join('/');
  const tags = Array.from({ length: 700 }, (_, index) => ({ name: `${long}/${index}`, id }));
  const remotes = await ada.workspace.gitRemote();
  const target = await remotes.find('origin');
  if (target === undefined) throw new Error('no origin');
  const batches = remotes.tagBatches(tags, Infinity);
  expect(batches.length).toBeGreaterThan(1);
  for (const batch of batches) expect(await remotes.createTags(target, batch)).toEqual({ kind: 'accepted' });
  expect(rig.remote.git(['for-each-ref', '--format=%(objectname)']).split('\n')).toEqual(tags.map(() => id));
});

test('a SHA-256 repository pushes', async () => {
  const rig = syncRig('sha256');
  const ada = await rig.clone('ada');
  await ada.register(1);
  expect((await push(ada.workspace, ALL)).issues).toEqual([]);
  expect(rig.remote.git(['rev-parse', LOG])).toBe(ada.ref(LOG));
});

test('a shallow clone pushes what it has on top of what the remote has', async () => {
  const rig = syncRig();
  const ada = await rig.clone('ada');
  const bo = await rig.clone('bo');
  ada.repository.git(['commit', '--allow-empty', '--quiet', '--message=first']);
  ada.repository.git(['commit', '--allow-empty', '--quiet', '--message=second']);
  ada.repository.git(['push', '--quiet', 'origin', 'main']);
  bo.repository.git(['fetch', '--quiet', '--depth=1', `file://${rig.remote.folder}`, 'main:shallow']);
  const tip = looseCommit(bo.repository, 'third', ['shallow']);
  const remotes = await (await bo.reopen()).gitRemote();
  const target = await remotes.find('origin');
  if (target === undefined) throw new Error('no origin');
  expect(await remotes.createTags(target, [{ name: 'third', id: tip as ObjectId }])).toEqual({ kind: 'accepted' });
  expect(rig.remote.git(['rev-list', '--count', 'refs/tags/third'])).toBe('3');
  expect(existsSync(join(rig.remote.folder, 'shallow'))).toBe(false);
});
