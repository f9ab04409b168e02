/** Clones that both moved: whose events are replayed, what becomes void, and what is left alone (format §7.3). */
import { expect, test } from 'vitest';
import { exitCodeOfIssues } from '../../../src/cli/render/sync.ts';
import { readVersionRequest, type VersionRequest } from '../../../src/operations/choose-version.ts';
import { promote } from '../../../src/operations/promote.ts';
import { pull } from '../../../src/operations/pull.ts';
import { push } from '../../../src/operations/push.ts';
import { status } from '../../../src/operations/status.ts';
import { sync } from '../../../src/operations/sync.ts';
import { verify } from '../../../src/operations/verify.ts';
import type { GitRemote } from '../../../src/ports/git-remote.ts';
import { eventsIn, type SyncClone, syncRig } from '../../support/sync-rig.ts';

const ALL = { words: [] };
const version = (text: string): VersionRequest => readVersionRequest(text, undefined) as VersionRequest;

/** Two clones that share a model with one version. */
async function pair(): Promise<{ rig: ReturnType<typeof syncRig>; ada: SyncClone; bo: SyncClone }> {
  const rig = syncRig();
  const [ada, bo] = [await rig.clone('ada'), await rig.clone('bo')];
  await ada.register(1, { version: version('1.0.0') });
  await push(ada.workspace, ALL);
  await pull(bo.workspace, ALL);
  return { rig, ada, bo };
}

test('events of both sides end up in one log: the second pusher replays its own', async () => {
  const { rig, ada, bo } = await pair();
  const mine = await bo.register(3);
  await ada.register(2);
  await push(ada.workspace, ALL);
  const before = bo.ref('refs/registry/log/m');
  const pushed = await push(bo.workspace, ALL);
  expect(pushed.settled).toMatchObject([{ model: 'm', kind: 'replay', unpublished: 1, voided: [] }]);
  await pull(ada.workspace, ALL);
  expect(ada.ref('refs/registry/log/m')).toBe(bo.ref('refs/registry/log/m'));
  expect(bo.ref('refs/registry/log/m')).not.toBe(before);
  expect(eventsIn(rig.remote).map(({ kind, by }) => [kind, (by as { name: string }).name])).toEqual([
    ['create', 'ada'],
    ['register', 'ada'],
    ['register', 'ada'],
    ['register', 'bo'],
  ]);
  expect(ada.ref(`refs/registry/sha/${mine.sha256}`)).toBeDefined();
});

test('two clones that began the same model apart become one log', async () => {
  const rig = syncRig();
  const [ada, bo] = [await rig.clone('ada'), await rig.clone('bo')];
  await ada.register(1);
  await bo.register(2);
  await push(ada.workspace, ALL);
  await push(bo.workspace, ALL);
  await pull(ada.workspace, ALL);
  expect(ada.events()).toHaveLength(3);
  expect(ada.ref('refs/registry/log/m')).toBe(bo.ref('refs/registry/log/m'));
});

test('a version that was given elsewhere meanwhile: the entry is kept without it, and both SHAs are named', async () => {
  const { ada, bo } = await pair();
  const first = await ada.register(2, { version: version('2.0.0') });
  const second = await bo.register(3, { version: version('2.0.0') });
  await push(ada.workspace, ALL);
  const pushed = await push(bo.workspace, ALL);
  expect(pushed.issues.map(({ code }) => code)).toEqual(['version-taken']);
  expect(pushed.issues[0]?.data).toMatchObject({ sha256: second.sha256, holder: first.sha256, version: 'v2.0.0' });
  expect(bo.ref('refs/registry/semver/m/v2.0.0')).toBe(bo.ref(`refs/registry/sha/${first.sha256}`));
  expect(bo.ref(`refs/registry/sha/${second.sha256}`)).toBeDefined();
  expect(bo.repository.git(['for-each-ref', 'refs/registry-lost'])).not.toBe('');
});

test('a stage move decided on stale state becomes void, and the slot is what the remote says', async () => {
  const { ada, bo } = await pair();
  const theirs = await ada.register(2, { version: version('2.0.0') });
  await push(ada.workspace, ALL);
  await pull(bo.workspace, ALL);
  await promote(bo.workspace, { spec: 'v1.0.0', model: 'm', to: 'production' });
  await promote(ada.workspace, { spec: 'v2.0.0', model: 'm', to: 'production' });
  await push(ada.workspace, ALL);
  const pushed = await push(bo.workspace, ALL);
  expect(pushed.issues.map(({ code }) => code)).toEqual(['voided']);
  expect(bo.ref('refs/registry/stage/m/production')).toBe(bo.ref(`refs/registry/sha/${theirs.sha256}`));
  expect(bo.events().map(({ kind }) => kind)).toContain('void');
  await pull(ada.workspace, ALL);
  expect(ada.ref('refs/registry/log/m')).toBe(bo.ref('refs/registry/log/m'));
});

test('a clone shared by two people never replays what the other did', async () => {
  const { ada, bo } = await pair();
  const parent = await bo.register(3);
  await bo.register(4, { model: 'child', parents: [parent.sha256] });
  const before = bo.ref('refs/registry/log/m');
  await ada.register(2);
  await push(ada.workspace, ALL);
  Object.assign(bo.repository.environment, {
    GIT_COMMITTER_NAME: 'cy',
    GIT_COMMITTER_EMAIL: 'cy@example.org',
    GIT_AUTHOR_NAME: 'cy',
    GIT_AUTHOR_EMAIL: 'cy@example.org',
  });
  const shared = await bo.reopen();
  const pulled = await pull(shared, ALL);
  expect(pulled.issues.map(({ code }) => code)).toEqual(['diverged']);
  expect(bo.ref('refs/registry/log/m')).toBe(before);
  expect(await push(shared, ALL)).toMatchObject({ logs: [] });
  // What needs an event that is left alone waits with it.
  expect((await status(shared, ALL)).models).toMatchObject([
    { model: 'child', heldBack: [{ relation: parent.sha256 }] },
    { model: 'm', kind: 'diverged', heldBack: [] },
  ]);
  const adopted = await pull(shared, { words: [], adopt: true });
  expect(adopted.issues).toEqual([]);
  const last = bo.events().at(-1);
  expect(last).toMatchObject({ by: { email: 'cy@example.org' }, onBehalfOf: { email: 'bo@example.org' } });
});

test('a push that was cut after the server took the log is completed by the next, with one event', async () => {
  const { rig, ada, bo } = await pair();
  const entry = await ada.register(2, { version: version('2.0.0') });
  // What such a push leaves behind: log there, views not.
  ada.repository.git(['push', '--quiet', 'origin', 'refs/registry/log/m:refs/registry/log/m']);
  const pulled = await pull(bo.workspace, ALL);
  expect(pulled.issues).toEqual([]);
  expect(bo.ref('refs/registry/semver/m/v2.0.0')).toBeDefined();
  const pushed = await push(ada.workspace, ALL);
  expect(pushed).toMatchObject({ logs: [], views: 2, issues: [] });
  expect(eventsIn(rig.remote)).toHaveLength(3);
  expect(rig.remote.git(['rev-parse', `refs/registry/sha/${entry.sha256}`])).toBe(
    ada.ref(`refs/registry/sha/${entry.sha256}`),
  );
});

test('a second remote gets what the registry remote holds, by fast-forward alone', async () => {
  const { rig, ada } = await pair();
  const second = syncRig().remote;
  await ada.register(2);
  const unpublished = ada.ref('refs/registry/log/m');
  await push(ada.workspace, { words: [second.folder] });
  expect(second.git(['rev-parse', 'refs/registry/log/m'])).toBe(rig.remote.git(['rev-parse', 'refs/registry/log/m']));
  expect(second.git(['rev-parse', 'refs/registry/log/m'])).not.toBe(unpublished);
});

/** Ada follows origin and has pushed it on to a mirror, which Bo has as the remote of his registry. */
async function mirrored() {
  const { rig, ada } = await pair();
  const mirror = syncRig().remote;
  await push(ada.workspace, { words: [mirror.folder] });
  const bo = await rig.clone('bo', mirror.folder);
  await pull(bo.workspace, ALL);
  return { rig, ada, bo, mirror };
}

test('a mirror with an event of its own is no mirror any more: push and pull say so, exit 3, and leave it', async () => {
  const { ada, bo, mirror } = await mirrored();
  await bo.register(30);
  await push(bo.workspace, ALL);
  await ada.register(31);
  await push(ada.workspace, ALL);
  const [ours, theirs] = [ada.ref('refs/registry/log/m'), mirror.git(['rev-parse', 'refs/registry/log/m'])];
  const hint =
    `what was made on ${mirror.folder} goes to the registry's remote first, from where it was made; ` +
    `see git registry status ${mirror.folder} m`;
  for (const dryRun of [true, false]) {
    const pushed = await push(ada.workspace, { words: [mirror.folder], dryRun });
    expect(pushed).toMatchObject({ logs: [], views: 0, issues: [{ code: 'diverged', hint, data: { model: 'm' } }] });
    expect(pushed.issues[0]?.message).toContain('it has 1 event that origin has not');
    expect(exitCodeOfIssues(pushed.issues)).toBe(3);
  }
  const pulled = await pull(ada.workspace, { words: [mirror.folder] });
  expect(pulled.issues).toMatchObject([{ code: 'diverged', hint }]);
  expect(await status(ada.workspace, { words: [mirror.folder, 'm'] })).toMatchObject({
    models: [{ kind: 'diverged', ahead: 1, behind: 1 }],
  });
  expect(ada.ref('refs/registry/log/m')).toBe(ours);
  expect(mirror.git(['rev-parse', 'refs/registry/log/m'])).toBe(theirs);
  expect((await push(ada.workspace, { words: [mirror.folder], repair: true })).issues).toMatchObject([{ hint }]);
  expect(mirror.git(['rev-parse', 'refs/registry/log/m'])).toBe(theirs);
});

test('a mirror that was set back by whoever runs it is followed again, once it is trusted', async () => {
  const { rig, ada, bo, mirror } = await mirrored();
  await bo.register(30);
  await push(bo.workspace, ALL);
  await ada.register(31);
  await push(ada.workspace, ALL);
  const words = [mirror.folder];
  await push(ada.workspace, { words });
  const tip = rig.remote.git(['rev-parse', 'refs/registry/log/m']);
  mirror.git(['fetch', '--quiet', rig.remote.folder, `+refs/registry/log/m:refs/registry/log/m`]);
  await ada.register(32);
  const unpublished = ada.ref('refs/registry/log/m');
  await push(ada.workspace, ALL);
  expect((await push(ada.workspace, { words })).issues).toMatchObject([
    { hint: expect.stringContaining(`git registry pull --trust-remote m ${mirror.folder}`) as string },
  ]);
  await pull(ada.workspace, { words, trust: 'm' });
  expect(mirror.git(['rev-parse', 'refs/registry/log/m'])).toBe(tip);
  await pull(ada.workspace, ALL);
  expect(ada.ref('refs/registry/log/m')).toBe(unpublished);
  await push(ada.workspace, { words });
  expect(mirror.git(['rev-parse', 'refs/registry/log/m'])).toBe(unpublished);
  // What is left of Bo's event there.
  expect((await push(ada.workspace, { words })).issues.map(({ code }) => code)).toEqual(['unlogged-view']);
});

test('a mirror that diverged in one model gets the others', async () => {
  const { ada, bo, mirror } = await mirrored();
  await bo.register(30);
  await push(bo.workspace, ALL);
  await ada.register(31);
  await ada.register(32, { model: 'other' });
  await push(ada.workspace, ALL);
  const pushed = await push(ada.workspace, { words: [mirror.folder] });
  expect(pushed.logs).toEqual([{ model: 'other', events: 2 }]);
  expect(pushed.issues.map(({ code }) => code)).toEqual(['diverged']);
});

test('a mirror that is ahead of the registry remote has not diverged: nothing is sent, and a pull takes what is new', async () => {
  const { rig, ada, bo, mirror } = await mirrored();
  await bo.register(30);
  await push(bo.workspace, ALL);
  const pushed = await push(ada.workspace, { words: [mirror.folder] });
  expect(pushed).toMatchObject({ logs: [], issues: [], mirror: { of: 'origin', ahead: [{ model: 'm', events: 1 }] } });
  expect((await pull(ada.workspace, { words: [mirror.folder] })).issues).toEqual([]);
  await push(ada.workspace, { words: [], noWeights: true });
  expect(rig.remote.git(['rev-parse', 'refs/registry/log/m'])).toBe(mirror.git(['rev-parse', 'refs/registry/log/m']));
  const after = await push(ada.workspace, { words: [mirror.folder] });
  expect(after).toMatchObject({ issues: [], mirror: { ahead: [] } });
});

test('a remote of layout log gets logs and candidates; a pull from it derives the rest', async () => {
  const rig = syncRig();
  const [ada, bo] = [await rig.clone('ada'), await rig.clone('bo')];
  ada.repository.git(['config', 'registry.remoteLayout', 'log']);
  const workspace = await ada.reopen();
  await ada.register(1, { version: version('1.0.0') });
  await ada.register(2, { pending: true });
  await push(workspace, ALL);
  const there = rig.remote.git(['for-each-ref', '--format=%(refname)']).split('\n');
  expect(there.map((name) => name.split('/')[2])).toEqual(['log', 'pending']);
  await pull(bo.workspace, ALL);
  expect(bo.ref('refs/registry/semver/m/v1.0.0')).toBeDefined();
  await bo.register(3);
  await push(bo.workspace, ALL);
  expect(rig.remote.git(['for-each-ref', 'refs/registry/sha'])).toBe('');
});

test('a model whose parent would be missing on the remote is held back', async () => {
  const rig = syncRig();
  const ada = await rig.clone('ada');
  const base = await ada.register(1, { model: 'base' });
  const tuned = await ada.register(2, { model: 'tuned', parents: [base.sha256] });
  const missing = [{ sha256: tuned.sha256, relation: base.sha256 }];
  expect((await status(ada.workspace, { words: ['tuned'] })).models).toMatchObject([{ heldBack: missing }]);
  expect((await status(ada.workspace, ALL)).models).toMatchObject([{ heldBack: [] }, { heldBack: [] }]);
  const alone = await push(ada.workspace, { words: ['tuned'] });
  expect(alone.issues.map(({ code }) => code)).toEqual(['held-back']);
  expect(alone.logs).toEqual([]);
  const both = await push(ada.workspace, ALL);
  expect(both.issues).toEqual([]);
  expect(both.logs.map(({ model }) => model).sort()).toEqual(['base', 'tuned']);
});

test('a model whose name collides with one of the remote is not pushed, and makes room on request', async () => {
  const { rig, ada, bo } = await pair();
  await ada.register(4, { model: 'Tagger' });
  await bo.register(5, { model: 'tagger' });
  await push(ada.workspace, ALL);
  const alone = await push(bo.workspace, { words: ['tagger'] });
  expect(alone).toMatchObject({ logs: [], issues: [{ code: 'model-collides' }] });
  const settled = await sync(bo.workspace, { words: ['tagger'], adopt: false, as: 'tagger-2' });
  expect(settled.issues).toEqual([]);
  expect((await push(bo.workspace, ALL)).logs).toEqual([{ model: 'tagger-2', events: 2 }]);
  const logs = rig.remote.git(['for-each-ref', '--format=%(refname:lstrip=3)', 'refs/registry/log']).split('\n');
  expect(logs).toEqual(['Tagger', 'm', 'tagger-2']);
  expect((await verify(await bo.reopen(), { specs: [], weights: false })).ok).toBe(true);
});

test('logs that one push cannot hold go in several, parents first', async () => {
  const rig = syncRig();
  const [ada, bo] = [await rig.clone('ada'), await rig.clone('bo')];
  const base = await ada.register(1, { model: 'z-base' });
  const tuned = await ada.register(2, { model: 'a-tuned', parents: [base.sha256] });
  await ada.register(3, { model: 'z-base', parents: [tuned.sha256] });
  const real = await ada.workspace.gitRemote();
  const pushes: string[] = [];
  // The real remote, but for what an argument list holds: one ref.
  const narrow: GitRemote = {
    find: (word) => real.find(word),
    list: (target, caps) => real.list(target, caps),
    listSome: (target, wishes, caps) => real.listSome(target, wishes, caps),
    listTags: (target, caps) => real.listTags(target, caps),
    download: (target, request) => real.download(target, request),
    downloadEntry: (target, ...rest) => real.downloadEntry(target, ...rest),
    downloadTags: (target, request) => real.downloadTags(target, request),
    createTags: (target, tags) => real.createTags(target, tags),
    tryCreate: (target, ...rest) => real.tryCreate(target, ...rest),
    tagBatches: (tags, most) => real.tagBatches(tags, most),
    batches: (updates) => updates.map((update) => [update]),
    push: (target, updates) => {
      pushes.push(updates.flatMap(({ key }) => (key.kind === 'log' ? [key.model] : [])).join());
      return real.push(target, updates);
    },
  };
  const pushed = await push({ ...ada.workspace, gitRemote: () => Promise.resolve(narrow) }, ALL);
  expect(pushed.issues).toEqual([]);
  // Views follow, each beside the log that it comes from.
  expect(pushes.filter((logs) => logs !== '').slice(0, 4)).toEqual(['a-tuned', 'z-base', 'a-tuned', 'z-base']);
  expect((await pull(bo.workspace, ALL)).issues).toEqual([]);
  expect(bo.events('z-base')).toHaveLength(3);
});
