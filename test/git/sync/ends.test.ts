/** What both sides have is not gone through again: git sends and keeps what is new, and is told where it may stop. */
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readVersionRequest, type VersionRequest } from '../../../src/operations/choose-version.ts';
import { runCli } from '../../support/cli.ts';
import { readTrace } from '../../support/git-trace.ts';
import { lmBundle, writeBundle } from '../../support/registry-rig.ts';
import { type SyncClone, type SyncRig, syncRig } from '../../support/sync-rig.ts';

type Layout = 'all' | 'log';

const LOG = 'refs/registry/log/m';

const version = (text: string): VersionRequest => readVersionRequest(text, undefined) as VersionRequest;

function run({ repository }: SyncClone, words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return runCli(words, { cwd: repository.folder, env: { ...repository.environment, ...env } });
}

/** A team whose remote is of a layout, and a lineage in it: m v1.0.0, its child v1.1.0, and that one's v1.2.0. */
async function team(layout: Layout): Promise<{ rig: SyncRig; ada: SyncClone; bo: SyncClone }> {
  const rig = syncRig();
  const [ada, bo] = [await rig.clone('ada'), await rig.clone('bo')];
  ada.repository.git(['config', 'registry.remoteLayout', layout]);
  await ada.register(1, { version: version('1.0.0') });
  await ada.register(2, { version: version('1.1.0'), parents: ['m@v1.0.0'] });
  await ada.register(3, { version: version('1.2.0'), parents: ['m@v1.1.0'] });
  expect(run(ada, ['push'])).toMatchObject({ exitCode: 0, stderr: '' });
  expect(run(bo, ['pull'])).toMatchObject({ exitCode: 0 });
  for (const clone of [ada, bo]) enlarge(clone);
  return { rig, ada, bo };
}

/** Gives a clone as many refs as one of a large registry has: with few git is left to look for itself. */
function enlarge({ repository }: SyncClone): void {
  repository.git(['pack-refs', '--all']);
  const path = join(repository.gitDir, 'packed-refs');
  const [header = '', first = '', ...others] = readFileSync(path, 'utf8').split('\n');
  const name = 'refs/heads/a-branch-with-a-name-of-some-length/and-some-more-of-it-as-people-have-them';
  // Sorted, as the header says: branches come before the registry.
  const branches = Array.from({ length: 9000 }, (_, at) => `${first.split(' ')[0]} ${name}/${10_000 + at}`);
  writeFileSync(path, [header, ...branches, first, ...others].join('\n'));
}

function refsOf(clone: SyncClone): string {
  return clone.repository.git(['for-each-ref', '--format=%(refname) %(objectname)', 'refs/registry']);
}

/** Returns how many objects a ref has that others have not. */
function objectsOf({ repository }: SyncClone, ref: string, ...others: readonly string[]): number {
  const args = ['rev-list', '--objects', ref, ...others.map((other) => `^${other}`)];
  return repository.git(args).trimEnd().split('\n').length;
}

/** Runs a verb, and returns how many objects each `pack-objects` in it packed. */
function packedBy(clone: SyncClone, ...words: readonly string[]): readonly number[] {
  const trace = join(dirname(clone.repository.folder), `trace-${Math.random()}`);
  expect(run(clone, words, { GIT_TRACE2_EVENT: trace })).toMatchObject({ exitCode: 0 });
  return readTrace(trace).flatMap(({ key, value }) => (key === 'write_pack_file/wrote' ? [Number(value)] : []));
}

/** Runs a verb, and returns the commits that its git was told to look at nothing behind. */
function endsOf(clone: SyncClone, service: 'receive-pack' | 'upload-pack', verb: string): ReadonlySet<string> {
  const { folder, gitDir, git } = clone.repository;
  const [script, seen] = ['script', 'seen'].map((name) => join(dirname(folder), name)) as [string, string];
  const grafts = `'${join(gitDir, 'registry', 'incoming')}'/*/grafts`;
  writeFileSync(script, `#!/bin/sh\ncat ${grafts} >> '${seen}' 2> /dev/null\nexec git-${service} "$@"\n`);
  chmodSync(script, 0o755);
  writeFileSync(seen, '');
  git(['config', `remote.origin.${service.replace('-', '')}`, script]);
  expect(run(clone, [verb])).toMatchObject({ exitCode: 0 });
  return new Set(
    readFileSync(seen, 'utf8')
      .split('\n')
      .filter((line) => line !== ''),
  );
}

describe.each<Layout>(['all', 'log'])('with a remote of layout %s', (layout) => {
  test('an entry travels without the lineage that is there already, and so do those that come from it', async () => {
    const { ada, bo } = await team(layout);
    const before = ada.ref(LOG) ?? '';
    await ada.register(4, { version: version('1.3.0'), parents: ['m@v1.2.0'] });
    const fourth = objectsOf(ada, LOG, before);
    // Layout `all` has views beside the log, of objects that have arrived.
    expect(packedBy(ada, 'push').filter((count) => count > 0)).toEqual([fourth]);
    expect(packedBy(bo, 'pull')).toEqual([fourth, fourth]);
    const between = ada.ref(LOG) ?? '';
    await ada.register(5, { version: version('1.4.0'), parents: ['m@v1.3.0'] });
    await ada.register(6, { version: version('1.5.0'), parents: ['m@v1.4.0'] });
    const two = objectsOf(ada, LOG, between);
    expect(packedBy(bo, 'pull')).toEqual([]);
    run(ada, ['push']);
    expect(packedBy(bo, 'pull')).toEqual([two, two]);
    for (const clone of [ada, bo]) expect(run(clone, ['verify'])).toMatchObject({ exitCode: 0 });
  });

  test('an entry that comes from another model too, also where that model is not named', async () => {
    const { rig, ada, bo } = await team(layout);
    await ada.register(4, { model: 'tuned', version: version('0.1.0'), parents: ['m@v1.2.0'] });
    const tuned = 'refs/registry/log/tuned';
    const objects = objectsOf(ada, tuned, LOG);
    expect(packedBy(ada, 'push', 'origin', 'tuned').filter((count) => count > 0)).toEqual([objects]);
    expect(packedBy(bo, 'pull', 'origin', 'tuned')).toEqual([objects, objects]);
    expect(rig.remote.tryGit(['fsck', '--connectivity-only']).exitCode).toBe(0);
    for (const clone of [ada, bo]) expect(run(clone, ['verify'])).toMatchObject({ exitCode: 0 });
  });

  test('a bundle that another model has too stays where it is', async () => {
    const { ada, bo } = await team(layout);
    await ada.register(7, { model: 'twin', version: version('0.1.0') });
    run(ada, ['push']);
    run(bo, ['pull']);
    const twin = 'refs/registry/log/twin';
    const before = ada.ref(twin) ?? '';
    await ada.register(3, { model: 'twin', version: version('0.2.0'), parents: ['m@v1.1.0'] });
    const objects = objectsOf(ada, twin, LOG, before);
    expect(packedBy(ada, 'push').filter((count) => count > 0)).toEqual([objects]);
    expect(packedBy(bo, 'pull')).toEqual([objects, objects]);
    expect(refsOf(bo)).toBe(refsOf(ada));
  });

  test('a clone that fetches and never pulls keeps what is new, and nothing twice', async () => {
    const { rig, ada } = await team(layout);
    const cy = await rig.clone('cy');
    expect(run(cy, ['fetch'])).toMatchObject({ exitCode: 0 });
    enlarge(cy);
    await ada.register(4, { model: 'tuned', version: version('0.1.0'), parents: ['m@v1.2.0'] });
    run(ada, ['push']);
    const objects = objectsOf(ada, 'refs/registry/log/tuned', LOG);
    expect(packedBy(cy, 'fetch')).toEqual([objects, objects]);
  });

  test('an event about an entry that is there takes nothing of it along, nor does a candidate that is promoted', async () => {
    const { rig, ada, bo } = await team(layout);
    // By the clock of this machine, which the program is run by.
    const bundle = writeBundle(join(dirname(ada.repository.folder), 'candidate'), lmBundle(4));
    const words = ['register', bundle, '--model', 'm', '--pending', '--parent', 'm@v1.2.0', '--json'];
    const { sha256 } = JSON.parse(run(ada, words).stdout) as { readonly sha256: string };
    run(ada, ['push']);
    run(bo, ['pull']);
    for (const event of [
      ['annotate', 'm@v1.2.0', 'owner=ada'],
      ['promote', 'm@v1.2.0', '--to', 'staging'],
      ['promote', sha256, '--as', '2.0.0'],
      ['tombstone', 'm@v1.1.0', '--reason', 'tests'],
    ]) {
      const before = ada.ref(LOG) ?? '';
      expect(run(ada, event)).toMatchObject({ exitCode: 0 });
      // Git counts evidence too; trees and commits of entries are none of it.
      const objects = objectsOf(ada, LOG, before);
      expect(packedBy(ada, 'push').filter((count) => count > 0)).toEqual([objects]);
      expect(packedBy(bo, 'pull')).toEqual([objects, objects]);
    }
    expect(rig.remote.tryGit(['fsck', '--connectivity-only']).exitCode).toBe(0);
    for (const clone of [ada, bo]) expect(run(clone, ['verify'])).toMatchObject({ exitCode: 0 });
    expect(refsOf(bo)).toBe(refsOf(ada));
  });
});

test('behind what the remote has git looks for nothing: its logs, and entries in them that new ones come from', async () => {
  const { ada, bo } = await team('log');
  const before = ada.ref(LOG) ?? '';
  const parent = ada.ref('refs/registry/semver/m/v1.2.0') ?? '';
  await ada.register(4, { version: version('1.3.0'), parents: ['m@v1.2.0'] });
  const grandchild = await ada.register(5, { version: version('1.4.0'), parents: ['m@v1.3.0'] });
  expect(endsOf(ada, 'receive-pack', 'push')).toEqual(new Set([`${before} ${parent}`, parent]));
  expect(endsOf(bo, 'upload-pack', 'pull')).toEqual(new Set([before]));
  expect(bo.ref(`refs/registry/sha/${grandchild.sha256}`)).toBe(ada.ref(`refs/registry/sha/${grandchild.sha256}`));
});

test('of a remote that lists its entries git needs no word', async () => {
  const { ada } = await team('all');
  await ada.register(4, { version: version('1.3.0'), parents: ['m@v1.2.0'] });
  expect(endsOf(ada, 'receive-pack', 'push')).toEqual(new Set());
});

describe('what the remote has lost meanwhile', () => {
  test('goes with an entry that comes from it', async () => {
    const { rig, ada } = await team('log');
    await ada.register(9, { model: 'kept', version: version('1.0.0') });
    expect(run(ada, ['push'])).toMatchObject({ exitCode: 0 });
    await ada.register(4, { model: 'tuned', version: version('0.1.0'), parents: ['m@v1.2.0'] });
    rig.remote.git(['update-ref', '-d', LOG]);
    rig.remote.git(['gc', '--quiet', '--prune=now']);
    // `m` is not looked at: that it is gone is another command's news.
    expect(run(ada, ['push', 'origin', 'tuned'])).toMatchObject({ exitCode: 0 });
    expect(rig.remote.tryGit(['fsck', '--connectivity-only']).exitCode).toBe(0);
    const entry = rig.remote.git(['rev-parse', 'refs/registry/log/tuned^2']).trim();
    expect(rig.remote.git(['rev-list', '--count', entry]).trim()).toBe('4');
  });

  test('goes with it also where it is lost while the push is under way', async () => {
    const { rig, ada } = await team('log');
    await ada.register(4, { model: 'tuned', version: version('0.1.0'), parents: ['m@v1.2.0'] });
    const script = join(dirname(ada.repository.folder), 'thief');
    const bare = `git -C '${rig.remote.folder}'`;
    const theft = `${bare} update-ref -d ${LOG}; ${bare} gc --quiet --prune=now`;
    writeFileSync(script, `#!/bin/sh\n${theft}\nexec git-receive-pack "$@"\n`);
    chmodSync(script, 0o755);
    ada.repository.git(['config', 'remote.origin.receivepack', script]);
    // The listing that git pushes by is made after the theft; the one that the push was planned by, before.
    expect(run(ada, ['push', 'origin', 'tuned'])).toMatchObject({ exitCode: 0 });
    const entry = rig.remote.git(['rev-parse', 'refs/registry/log/tuned^2']).trim();
    expect(rig.remote.git(['rev-list', '--count', entry]).trim()).toBe('4');
  });
});

test('what a hook of the remote refuses, in whatever words, is pushed once', async () => {
  const { rig, ada } = await team('log');
  const count = join(dirname(rig.remote.folder), 'count');
  const hook = `#!/bin/sh\necho x >> '${count}'\necho missing approval, unpack it >&2\nexit 1\n`;
  writeFileSync(join(rig.remote.folder, 'hooks', 'pre-receive'), hook, { mode: 0o755 });
  await ada.register(4, { version: version('1.3.0'), parents: ['m@v1.2.0'] });
  const refused = run(ada, ['push', '--json']);
  expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'remote-refused' } });
  expect(refused.stdout).toContain('missing approval');
  expect(readFileSync(count, 'utf8')).toBe('x\n');
});

test('where refs are few git is left to look for itself', async () => {
  const rig = syncRig();
  const ada = await rig.clone('ada');
  ada.repository.git(['config', 'registry.remoteLayout', 'log']);
  await ada.register(1, { version: version('1.0.0') });
  run(ada, ['push']);
  await ada.register(2, { version: version('1.1.0'), parents: ['m@v1.0.0'] });
  expect(endsOf(ada, 'receive-pack', 'push')).toEqual(new Set());
});

describe('what another URL lacks that is pushed to', () => {
  test.each(['pushurl', 'url'])('goes there too, where it is a %s', async (variable) => {
    const { rig, ada } = await team('log');
    const second = `${rig.remote.folder}.second`;
    rig.remote.git(['init', '--quiet', '--bare', second]);
    const urls = variable === 'url' ? [second] : [rig.remote.folder, second];
    for (const url of urls) ada.repository.git(['config', '--add', `remote.origin.${variable}`, url]);
    await ada.register(4, { model: 'tuned', version: version('0.1.0'), parents: ['m@v1.2.0'] });
    expect(run(ada, ['push', 'origin', 'tuned'])).toMatchObject({ exitCode: 0 });
    const there = (...args: readonly string[]): string => rig.remote.git(['-C', second, ...args]).trim();
    expect(there('rev-parse', 'refs/registry/log/tuned')).toBe(ada.ref('refs/registry/log/tuned'));
    expect(there('rev-list', '--count', 'refs/registry/log/tuned^2')).toBe('4');
  });
});

test('a clone that lacks something behind what it has goes on to pull', async () => {
  const { ada, bo } = await team('log');
  const tree = bo.repository.git(['rev-parse', 'refs/registry/semver/m/v1.0.0^{tree}']).trim();
  // Git wrote each object of so few into a file of its own.
  rmSync(join(bo.repository.gitDir, 'objects', tree.slice(0, 2), tree.slice(2)));
  await ada.register(4, { version: version('1.3.0'), parents: ['m@v1.2.0'] });
  run(ada, ['push']);
  expect(run(bo, ['pull'])).toMatchObject({ exitCode: 0 });
  expect(bo.ref(LOG)).toBe(ada.ref(LOG));
  // Who looks is told.
  expect(run(bo, ['verify']).exitCode).not.toBe(0);
  expect(run(bo, ['pull', '--refetch'])).toMatchObject({ exitCode: 0 });
  expect(run(bo, ['verify'])).toMatchObject({ exitCode: 0 });
});

test('a clone without blobs is left to git: nothing behind an entry is fetched for its sake', async () => {
  const { rig, ada } = await team('log');
  rig.remote.git(['config', 'uploadpack.allowFilter', 'true']);
  const cy = await rig.clone('cy', `file://${rig.remote.folder}`);
  cy.repository.git(['fetch', '--quiet', '--filter=blob:none', 'origin', 'refs/registry/*:refs/registry/*']);
  expect(run(cy, ['pull'])).toMatchObject({ exitCode: 0 });
  enlarge(cy);
  const lacking = (): number =>
    cy.repository
      .git(['rev-list', '--objects', '--missing=print', LOG])
      .split('\n')
      .filter((line) => line.startsWith('?')).length;
  const [before, tip] = [lacking(), ada.ref(LOG) ?? ''];
  await ada.register(4, { version: version('1.3.0'), parents: ['m@v1.2.0'] });
  expect(run(ada, ['push'])).toMatchObject({ exitCode: 0 });
  expect(endsOf(cy, 'upload-pack', 'pull')).toEqual(new Set());
  expect(cy.ref(LOG)).toBe(ada.ref(LOG));
  expect(cy.ref(LOG)).not.toBe(tip);
  expect(lacking()).toBe(before);
});
