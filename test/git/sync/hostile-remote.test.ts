/** A remote that lies: what is known here stays as it is, what is good arrives, and the exit code says so (format §7.4). */
import { randomBytes } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exitCodeOfIssues } from '../../../src/cli/render/sync.ts';
import { readVersionRequest, type VersionRequest } from '../../../src/operations/choose-version.ts';
import { pull } from '../../../src/operations/pull.ts';
import { push } from '../../../src/operations/push.ts';
import { type SyncClone, syncRig } from '../../support/sync-rig.ts';
import { editJson, readEvents, rewriteEntry, writeEvents } from '../../support/tamper.ts';
import type { TemporaryRepository } from '../../support/temporary-repository.ts';

const ALL = { words: [] };
const version = (text: string): VersionRequest => readVersionRequest(text, undefined) as VersionRequest;

interface Team {
  readonly remote: TemporaryRepository;
  readonly ada: SyncClone;
  readonly bo: SyncClone;
}

/** Bo knows model `m` with v1.0.0; `ok` is published after that, and must arrive whatever happens to `m`. */
async function team(): Promise<Team> {
  const rig = syncRig();
  const [ada, bo] = [await rig.clone('ada'), await rig.clone('bo')];
  await ada.register(1, { version: version('1.0.0') });
  await push(ada.workspace, ALL);
  await pull(bo.workspace, ALL);
  await ada.register(9, { model: 'ok', version: version('1.0.0') });
  await push(ada.workspace, ALL);
  return { remote: rig.remote, ada, bo };
}

function refsOf(clone: SyncClone): string {
  return clone.repository.git([
    'for-each-ref',
    '--format=%(refname) %(objectname)',
    'refs/registry',
    'refs/registry-remote',
  ]);
}

/** Pulls, and returns what was said; model `ok` has arrived and nothing that Bo knew has changed. */
async function pullUnharmed({ bo }: Team): Promise<{ codes: readonly string[]; exitCode: number }> {
  const known = refsOf(bo).split('\n');
  const { issues } = await pull(bo.workspace, ALL);
  const after = new Set(refsOf(bo).split('\n'));
  expect(known.filter((line) => !after.has(line))).toEqual([]);
  expect(bo.ref('refs/registry/semver/ok/v1.0.0')).toBeDefined();
  return { codes: issues.map(({ code }) => code), exitCode: exitCodeOfIssues(issues) };
}

function entryOf({ remote }: Team): { readonly name: string; readonly commit: string } {
  const commit = remote.git(['rev-parse', 'refs/registry/semver/m/v1.0.0']);
  const name = remote.git(['for-each-ref', '--format=%(refname)', `--points-at=${commit}`, 'refs/registry/sha']);
  return { name, commit };
}

const TAMPERED = { codes: ['remote-tampered'], exitCode: 5 };

test('an entry that was moved on', async () => {
  const told = await team();
  const { name, commit } = entryOf(told);
  const next = told.remote.git(['commit-tree', `${commit}^{tree}`, '-p', commit], 'forward\n');
  told.remote.git(['update-ref', name, next]);
  expect(await pullUnharmed(told)).toEqual(TAMPERED);
});

test('an entry and a version that are gone', async () => {
  const told = await team();
  told.remote.git(['update-ref', '-d', entryOf(told).name]);
  told.remote.git(['update-ref', '-d', 'refs/registry/semver/m/v1.0.0']);
  expect(await pullUnharmed(told)).toEqual({ ...TAMPERED, codes: ['remote-tampered', 'remote-tampered'] });
});

test('a version that names another entry', async () => {
  const told = await team();
  const other = told.remote.git(['rev-parse', 'refs/registry/semver/ok/v1.0.0']);
  told.remote.git(['update-ref', 'refs/registry/semver/m/v1.0.0', other]);
  expect(await pullUnharmed(told)).toEqual(TAMPERED);
});

test('a log that was rewritten, cut back, or taken away', async () => {
  const told = await team();
  const tip = told.remote.git(['rev-parse', 'refs/registry/log/m']);
  writeEvents(
    told.remote,
    editJson(readEvents(told.remote), 1, (event) => Object.assign(event, { description: 'other' })),
  );
  expect(await pullUnharmed(told)).toEqual(TAMPERED);
  told.remote.git(['update-ref', 'refs/registry/log/m', `${tip}^1`]);
  expect((await pull(told.bo.workspace, ALL)).issues.map(({ code }) => code)).toContain('remote-tampered');
  told.remote.git(['update-ref', '-d', 'refs/registry/log/m']);
  expect((await pull(told.bo.workspace, ALL)).issues.map(({ code }) => code)).toContain('remote-tampered');
  expect(told.bo.ref('refs/registry/log/m')).toBe(tip);
});

test('an event that does not hold up, though it descends from the log', async () => {
  const told = await team();
  await told.ada.register(2);
  await push(told.ada.workspace, ALL);
  writeEvents(
    told.remote,
    editJson(readEvents(told.remote), 2, (event) => Object.assign(event, { seq: 7 })),
  );
  expect((await pullUnharmed(told)).exitCode).toBe(5);
});

test.each([
  [
    'a file too many',
    (lines: string[], blob: (text: string) => string) => [...lines, `100644 ${blob('x')} 0\tbundle/extra.txt`],
  ],
  [
    'an executable file',
    (lines: string[]) => lines.map((line) => line.replace(/^100644(.*config\.json)$/, '100755$1')),
  ],
  [
    'a symbolic link',
    (lines: string[], blob: (text: string) => string) => [...lines, `120000 ${blob('/etc/passwd')} 0\tbundle/link`],
  ],
] as const)('an entry whose tree has %s', async (_what, change) => {
  const told = await team();
  const { sha256 } = await told.ada.register(2);
  await push(told.ada.workspace, ALL);
  const commit = told.remote.git(['rev-parse', `refs/registry/sha/${sha256}`]);
  const forged = rewriteEntry(told.remote, commit, (lines, blob) =>
    change(
      lines.map((line) => line.replace(/^(\d+) \w+ (\w+)\t/, '$1 $2 0\t')),
      blob,
    ),
  );
  const events = readEvents(told.remote);
  writeEvents(
    told.remote,
    events.map((event) => (event.entry === commit ? { ...event, entry: forged } : event)),
  );
  told.remote.git(['update-ref', `refs/registry/sha/${sha256}`, forged]);
  expect((await pullUnharmed(told)).exitCode).toBe(5);
  expect(told.bo.ref(`refs/registry/sha/${sha256}`)).toBeUndefined();
  expect(told.bo.repository.tryGit(['cat-file', '-e', forged]).exitCode).not.toBe(0);
});

test('a log that points to nothing stops no other', async () => {
  const told = await team();
  const tip = told.remote.git(['rev-parse', 'refs/registry/log/ok']);
  const broken = told.remote.git(
    ['hash-object', '-t', 'commit', '-w', '--stdin', '--literally'],
    `tree ${'1'.repeat(40)}\nparent ${tip}\nauthor a <a> 1 +0000\ncommitter a <a> 1 +0000\n\nx\n`,
  );
  told.remote.git(['update-ref', 'refs/registry/log/broken', broken]);
  const { exitCode } = await pullUnharmed(told);
  expect([4, 5]).toContain(exitCode);
});

test('a ref that no log gives is reported and not fetched', async () => {
  const told = await team();
  told.remote.git(['update-ref', 'refs/registry/semver/m/v6.6.6', entryOf(told).commit]);
  expect(await pullUnharmed(told)).toEqual({ codes: ['unlogged-view'], exitCode: 1 });
  expect(told.bo.ref('refs/registry/semver/m/v6.6.6')).toBeUndefined();
});

test('odd names are left alone', async () => {
  const told = await team();
  told.remote.git(['update-ref', 'refs/registry/semver/m/not-a-version', entryOf(told).commit]);
  told.remote.git(['update-ref', 'refs/registry/log/%41b', entryOf(told).commit]);
  const { odd, issues } = await pull(told.bo.workspace, ALL);
  expect(issues).toEqual([]);
  expect(odd).toHaveLength(2);
});

/** Makes a log of the remote one of these bytes more; a model that is not there begins so. */
function enlarge({ remote }: Team, model: string, bytes: Uint8Array): void {
  const file = join(remote.folder, 'large');
  writeFileSync(file, bytes);
  const blob = remote.git(['hash-object', '-w', file]);
  const tree = remote.git(['mktree'], `100644 blob ${blob}\tlarge\n`);
  const tip = remote.tryGit(['rev-parse', '--verify', '--quiet', `refs/registry/log/${model}`]).stdout.trim();
  const commit = remote.git(['commit-tree', tree, ...(tip === '' ? [] : ['-p', tip])], 'large\n');
  remote.git(['update-ref', `refs/registry/log/${model}`, commit]);
}

const CAP = 150_000;
const random = (): Uint8Array => randomBytes(2 * CAP);

/** Pulls under the cap; returns the models that were too large. Nothing of them may be left on the disk. */
async function pullCapped(told: Team): Promise<readonly unknown[]> {
  told.bo.repository.git(['config', 'registry.maxFetchBytes', String(CAP)]);
  const { issues } = await pull(await told.bo.reopen(), ALL);
  expect(issues.map(({ code }) => code)).toEqual(issues.map(() => 'remote-too-large'));
  expect(exitCodeOfIssues(issues)).toBe(issues.length === 0 ? 0 : 4);
  const left = readdirSync(join(told.bo.repository.gitDir, 'registry', 'incoming'));
  expect(left).toEqual([]);
  return issues.map(({ data, message }) => {
    expect(message).toContain(String(data['model']));
    return data['model'];
  });
}

test.each([
  ['packed', random],
  ['unpacked', () => new Uint8Array(2 * CAP)],
] as const)('a log that is too large %s is named, and the good ones arrive', async (_when, bytes) => {
  const told = await team();
  enlarge(told, 'big', bytes());
  expect(await pullCapped(told)).toEqual(['big']);
  expect(told.bo.ref('refs/registry/semver/ok/v1.0.0')).toBeDefined();
  expect(told.bo.ref('refs/registry-remote/origin/log/big')).toBeUndefined();
  // Nothing is new but the log that nobody can have.
  expect(await pullCapped(told)).toEqual(['big']);
});

test('two oversized logs among several good ones, one of them of a model that is known', async () => {
  const told = await team();
  const good = ['a1', 'c1', 'n1', 'z1'];
  for (const [index, model] of good.entries())
    await told.ada.register(20 + index, { model, version: version('1.0.0') });
  await push(told.ada.workspace, ALL);
  const tip = told.bo.ref('refs/registry/log/m');
  enlarge(told, 'm', random());
  enlarge(told, 'big', random());
  expect((await pullCapped(told)).toSorted()).toEqual(['big', 'm']);
  for (const model of ['ok', ...good]) expect(told.bo.ref(`refs/registry/semver/${model}/v1.0.0`)).toBeDefined();
  expect(told.bo.ref('refs/registry/log/m')).toBe(tip);
});

test('logs that are too large together arrive in as many pulls as it takes', async () => {
  const told = await team();
  for (let index = 0; index < 4; index += 1) await told.ada.register(20 + index, { model: `n${index}` });
  await push(told.ada.workspace, ALL);
  told.bo.repository.git(['config', 'registry.maxFetchBytes', '12000']);
  const left: number[] = [];
  do left.push((await pull(await told.bo.reopen(), ALL)).issues.length);
  while (left.at(-1) !== 0 && left.length < 6);
  expect(left[0]).toBeGreaterThan(0);
  expect(left.toSorted((a, b) => b - a)).toEqual(left);
  expect(left.at(-1)).toBe(0);
});

test('what many oversized logs cost is bounded, and what is known comes before what is new', async () => {
  const told = await team();
  await told.ada.register(2, { version: version('2.0.0') });
  await push(told.ada.workspace, ALL);
  for (let index = 0; index < 6; index += 1) enlarge(told, `big${index}`, random());
  const left = await pullCapped(told);
  expect(left).toEqual(expect.arrayContaining(['big0', 'big5']));
  expect(told.bo.ref('refs/registry/semver/m/v2.0.0')).toBeDefined();
  const { issues } = await pull(await told.bo.reopen(), ALL);
  expect(issues.filter(({ message }) => message.includes('expected at most')).length).toBeLessThanOrEqual(3);
  expect(issues.at(-1)?.hint).toBe('git registry pull origin ok');
  expect((await pull(told.bo.workspace, { words: ['origin', 'ok'] })).issues).toEqual([]);
  expect(told.bo.ref('refs/registry/semver/ok/v1.0.0')).toBeDefined();
});

test('a log that nobody could download is not overwritten by a repair', async () => {
  const told = await team();
  enlarge(told, 'm', random());
  const theirs = told.remote.git(['rev-parse', 'refs/registry/log/m']);
  told.bo.repository.git(['config', 'registry.maxFetchBytes', String(CAP)]);
  const { logs, issues } = await push(await told.bo.reopen(), { words: [], repair: true });
  expect(logs).toEqual([]);
  expect(exitCodeOfIssues(issues)).toBe(4);
  expect(told.remote.git(['rev-parse', 'refs/registry/log/m'])).toBe(theirs);
});

test('a remote that lists more refs than the caps allow is refused', async () => {
  const told = await team();
  told.bo.repository.git(['config', 'registry.maxRemoteRefs', '2']);
  await expect(pull(await told.bo.reopen(), ALL)).rejects.toMatchObject({ code: 'remote-too-large' });
  expect(told.bo.ref('refs/registry/log/ok')).toBeUndefined();
});

const HINTS = {
  rewritten: 'what is known here is kept; to accept theirs: git registry pull --trust-remote m origin',
  broken: 'what is known here is kept; to put ours back: git registry push --repair origin',
  junk: 'nothing of it was taken; to delete it there: git push origin :refs/registry/log/evil',
};

async function hintsOf({ bo }: Team): Promise<readonly unknown[]> {
  return (await pull(bo.workspace, ALL)).issues.map(({ hint }) => hint);
}

test('a broken log of a model that nobody here ever accepted: the hint is to delete it, and that ends it', async () => {
  const told = await team();
  told.remote.git(['update-ref', 'refs/registry/log/evil', entryOf(told).commit]);
  expect(await hintsOf(told)).toEqual([HINTS.junk]);
  expect((await push(told.bo.workspace, ALL)).issues.map(({ hint }) => hint)).toEqual([HINTS.junk]);
  told.bo.repository.git(HINTS.junk.slice(HINTS.junk.indexOf('git push') + 'git '.length).split(' '));
  expect(await hintsOf(told)).toEqual([]);
});

test('a log that was rewritten soundly can be trusted; where trust does not help the hint says so', async () => {
  const told = await team();
  const tip = told.remote.git(['rev-parse', 'refs/registry/log/m']);
  told.remote.git(['update-ref', 'refs/registry/log/m', `${tip}^1`]);
  expect(await hintsOf(told)).toEqual([HINTS.rewritten]);
  told.remote.git(['update-ref', '-d', 'refs/registry/log/m']);
  expect(await hintsOf(told)).toContain(HINTS.broken);
  told.remote.git(['update-ref', 'refs/registry/log/m', entryOf(told).commit]);
  const { issues } = await pull(told.bo.workspace, { words: [], trust: 'm' });
  expect(issues.map(({ hint }) => hint)).toEqual([HINTS.broken]);
  await push(told.bo.workspace, { words: [], repair: true });
  expect(told.remote.git(['rev-parse', 'refs/registry/log/m'])).toBe(tip);
  expect(await hintsOf(told)).toEqual([]);
});

test('a broken log of a model that is here and was never published gives way to ours on request', async () => {
  const told = await team();
  await told.bo.register(4, { model: 'evil' });
  told.remote.git(['update-ref', 'refs/registry/log/evil', entryOf(told).commit]);
  expect(await hintsOf(told)).toEqual([HINTS.broken]);
  await push(told.bo.workspace, { words: [], repair: true });
  expect(await hintsOf(told)).toEqual([]);
});

test('ours is put back on request, and theirs is taken on request', async () => {
  const told = await team();
  const { name } = entryOf(told);
  const tip = told.remote.git(['rev-parse', 'refs/registry/log/m']);
  told.remote.git(['update-ref', '-d', name]);
  writeEvents(
    told.remote,
    editJson(readEvents(told.remote), 1, (event) => Object.assign(event, { description: 'other' })),
  );
  const theirs = told.remote.git(['rev-parse', 'refs/registry/log/m']);
  await pullUnharmed(told);
  await pull(told.ada.workspace, ALL);
  const trusted = await pull(told.ada.workspace, { words: [], trust: 'm' });
  expect(trusted.models).toContainEqual(
    expect.objectContaining({ model: 'm', kind: 'replay', received: 0, unpublished: 0, lost: true }),
  );
  expect(told.ada.ref('refs/registry/log/m')).toBe(theirs);
  expect(told.ada.repository.git(['for-each-ref', '--format=%(objectname)', 'refs/registry-lost'])).toBe(tip);
  await push(told.bo.workspace, { words: [], repair: true });
  expect(told.remote.git(['rev-parse', 'refs/registry/log/m'])).toBe(tip);
  expect(told.remote.tryGit(['rev-parse', '--verify', name]).exitCode).toBe(0);
  expect((await pull(told.bo.workspace, ALL)).issues).toEqual([]);
});
