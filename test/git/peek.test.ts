/** Looking at a registry without a clone: over HTTP, ssh and from a folder, on both layouts, and at remotes that lie. */
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openPeek } from '../../src/cli/compose.ts';
import { readVersionRequest, type VersionRequest } from '../../src/operations/choose-version.ts';
import { listRemoteEntries, listRemoteModels, showRemote } from '../../src/operations/peek/look-remote.ts';
import type { OpenPeek } from '../../src/operations/peek/remote-registry.ts';
import { resolveRemote } from '../../src/operations/peek/resolve-remote.ts';
import { promote } from '../../src/operations/promote.ts';
import { push } from '../../src/operations/push.ts';
import { tombstone } from '../../src/operations/tombstone.ts';
import { SILENT } from '../../src/ports/progress.ts';
import { type HttpGitServer, httpGitServer } from '../support/http-git-server.ts';
import { setVariable } from '../support/process-variable.ts';
import { lacksSshd, startSshd } from '../support/servers/ssh-server.ts';
import { type SyncClone, type SyncRig, syncRig } from '../support/sync-rig.ts';
import { readEvents, rewriteEntry, writeEvents } from '../support/tamper.ts';
import { temporaryFolder } from '../support/temporary-repository.ts';

const ALL = { words: [] };
const LIST = { model: 'm', pending: false, all: false, limit: 20 };
const version = (text: string): VersionRequest => readVersionRequest(text, undefined) as VersionRequest;

interface Published {
  readonly rig: SyncRig;
  readonly ada: SyncClone;
  readonly server: HttpGitServer;
  readonly url: string;
  /** SHAs of v1.0.0 (in production), v1.1.0 and v2.0.0 (tombstoned) of model `m`. */
  readonly shas: readonly string[];
  /** Looks from a folder that no repository is around. */
  readonly open: OpenPeek;
  /** The folder that temporary files go to. */
  readonly temporary: string;
}

async function published(layout: 'all' | 'log' = 'all', format: 'sha1' | 'sha256' = 'sha1'): Promise<Published> {
  const rig = syncRig(format);
  const ada = await rig.clone('ada');
  ada.repository.git(['config', 'registry.remoteLayout', layout]);
  const first = await ada.register(1, { version: version('1.0.0') });
  const second = await ada.register(2, { version: version('1.1.0'), parents: [first.sha256] });
  const third = await ada.register(3, { version: version('2.0.0') });
  await ada.register(4, { model: 'other', version: version('1.0.0') });
  await promote(ada.workspace, { spec: 'v1.0.0', model: 'm', to: 'production' });
  await tombstone(ada.workspace, { spec: 'm@v2.0.0', reason: 'leak', purgeWeights: false });
  expect((await push(await ada.reopen(), ALL)).issues).toEqual([]);
  const server = await httpGitServer(dirname(rig.remote.folder), rig.remote.environment);
  const temporary = mkdtempSync(join(temporaryFolder(), 'tmp-'));
  const shas = [first.sha256, second.sha256, third.sha256];
  const open = openIn(temporaryFolder(), rig.remote.environment, temporary);
  return { rig, ada, server, url: server.url('remote.git'), shas, open, temporary };
}

function openIn(cwd: string, env: Readonly<Record<string, string>>, temporary: string): OpenPeek {
  setVariable('TMPDIR', temporary);
  return (objectFormat) => openPeek({ cwd, env, progress: SILENT, signal: new AbortController().signal }, objectFormat);
}

const ask = (
  open: OpenPeek,
  remote: string,
  spec: string,
  told: { verify?: boolean; allowTombstoned?: boolean } = {},
) => resolveRemote(open, { spec, remote, allowTombstoned: false, verify: false, ...told });

test.each(['all', 'log'] as const)(
  'over HTTP, layout %s: versions, stages, ranges and SHAs are resolved',
  async (layout) => {
    const { open, url, shas, temporary } = await published(layout);
    const [first = '', second = '', third = ''] = shas;
    const isQuick = layout === 'all';
    const quick = {
      label: url,
      ...(isQuick ? { verified: false, checked: 'entry' } : { verified: true, checked: 'log' }),
    };
    const whole = { label: url, verified: true, checked: 'log' };
    expect(await ask(open, url, 'm@v1.1.0')).toMatchObject({
      sha256: second,
      version: 'v1.1.0',
      model: 'm',
      remote: quick,
    });
    expect(await ask(open, url, 'm@1.0.0')).toMatchObject({ sha256: first, remote: quick });
    expect(await ask(open, url, 'm@latest')).toMatchObject({ sha256: second, version: 'v1.1.0', remote: quick });
    expect(await ask(open, url, 'm@production')).toMatchObject({ sha256: first, remote: quick });
    expect(await ask(open, url, 'm@^1.0')).toMatchObject({ sha256: second, remote: whole });
    expect(await ask(open, url, `m@${first.slice(0, 12)}`)).toMatchObject({ sha256: first, remote: whole });
    expect(await ask(open, url, first.slice(0, 12))).toMatchObject({ sha256: first, model: 'm', remote: whole });
    expect(await ask(open, url, 'm@v1.1.0', { verify: true })).toMatchObject({ sha256: second, remote: whole });
    await expect(ask(open, url, 'm@v2.0.0')).rejects.toMatchObject({ code: 'tombstoned' });
    expect(await ask(open, url, 'm@v2.0.0', { allowTombstoned: true })).toMatchObject({ sha256: third });
    expect(readdirSync(temporary)).toEqual([]);
  },
);

test('what is not there is named: a version, a model, a remote', async () => {
  const { open, url } = await published();
  await expect(ask(open, url, 'm@v9.0.0')).rejects.toMatchObject({ code: 'unknown-spec' });
  await expect(ask(open, url, 'n@v1.0.0')).rejects.toMatchObject({ code: 'unknown-model' });
  await expect(ask(open, url, 'othre@latest')).rejects.toMatchObject({ data: { near: ['other'] } });
  await expect(ask(open, url, 'latest')).rejects.toMatchObject({ code: 'no-default-model' });
  await expect(ask(open, 'nowhere', 'm@latest')).rejects.toMatchObject({ code: 'no-remote' });
  await expect(ask(open, 'http://127.0.0.1:9/x.git', 'm@v1.0.0')).rejects.toMatchObject({ code: 'remote-unreachable' });
  await expect(ask(open, url.replace('remote', 'none'), 'm@v1.0.0')).rejects.toMatchObject({ code: 'remote-failed' });
});

test.each(['all', 'log'] as const)('list and show, layout %s, say what the registry itself says', async (layout) => {
  const { open, url, ada, temporary } = await published(layout);
  const listed = await listRemoteEntries(open, url, LIST);
  expect(listed.entries.map(({ versions, stage }) => [versions, stage])).toEqual([
    [['v1.1.0'], 'development'],
    [['v1.0.0'], 'production'],
  ]);
  expect(listed.remote).toEqual({ label: url, verified: true, checked: 'log' });
  const { models } = await listRemoteModels(open, { remote: url, all: false });
  expect(models.map(({ model, latest }) => [model, latest])).toEqual([
    ['m', 'v1.1.0'],
    ['other', 'v1.0.0'],
  ]);
  const shown = await showRemote(open, url, 'm@v1.1.0');
  expect(shown).toMatchObject({ commit: ada.ref('refs/registry/semver/m/v1.1.0'), number: 2, profile: 'lm/1' });
  expect(shown.files.find(({ role }) => role === 'weights')).toMatchObject({ here: false });
  expect(readdirSync(temporary)).toEqual([]);
});

test('only the log of the model that was asked for travels', async () => {
  const { ada, open, url, server } = await published('log');
  const cost = async (): Promise<number> => {
    const before = server.sent();
    await listRemoteEntries(open, url, LIST);
    return server.sent() - before;
  };
  const alone = await cost();
  for (let seed = 20; seed < 30; seed += 1)
    await ada.register(seed, { model: 'other', version: version(`2.${seed}.0`) });
  await push(await ada.reopen(), ALL);
  expect(await cost()).toBeLessThan(alone * 1.1);
});

test('the listing of one version costs the same whatever else the registry has', async () => {
  const { rig, open, url, server } = await published();
  const cost = async (): Promise<number> => {
    const before = server.sent();
    await ask(open, url, 'm@v1.0.0');
    return server.sent() - before;
  };
  const small = await cost();
  const commit = rig.remote.git(['rev-parse', 'refs/registry/semver/other/v1.0.0']);
  const lines = Array.from({ length: 5000 }, (_, n) => `create refs/registry/semver/other/v9.${n}.0 ${commit}\n`);
  rig.remote.git(['update-ref', '--stdin'], lines.join(''));
  rig.remote.git(['pack-refs', '--all']);
  expect(await cost()).toBeLessThan(small + 2000);
  expect(small).toBeLessThan(10_000);
});

test('a folder, and a configured remote inside a repository, in which nothing changes', async () => {
  const { rig, ada, open, shas, temporary } = await published();
  expect(await ask(open, rig.remote.folder, 'm@latest')).toMatchObject({ sha256: shas[1] });
  const bo = await rig.clone('bo', '../remote.git');
  const state = (): string =>
    bo.repository.git(['for-each-ref']) + readdirSync(join(bo.repository.folder, '.git')).sort();
  const before = state();
  const inside = openIn(bo.repository.folder, bo.repository.environment, temporary);
  expect(await ask(inside, 'origin', 'm@production')).toMatchObject({ sha256: shas[0], remote: { label: 'origin' } });
  expect((await listRemoteEntries(inside, 'origin', LIST)).total).toBe(2);
  bo.repository.git(['config', 'registry.model', 'm']);
  expect(await ask(inside, 'origin', 'latest')).toMatchObject({ sha256: shas[1] });
  expect(state()).toBe(before);
  expect(ada.ref('refs/registry-remote/origin/log/m')).toBeDefined();
});

test.skipIf(lacksSshd())('over ssh', async () => {
  const { rig, shas, temporary } = await published();
  const sshd = await startSshd();
  const open = openIn(temporaryFolder(), { ...rig.remote.environment, ...sshd.gitEnvironment }, temporary);
  const url = sshd.url(rig.remote.folder);
  expect(await ask(open, url, 'm@production')).toMatchObject({ sha256: shas[0] });
  expect((await listRemoteEntries(open, url, LIST)).total).toBe(2);
});

test('a registry whose objects have SHA-256 names', async () => {
  const { open, url, shas } = await published('all', 'sha256');
  expect(await ask(open, url, 'm@v1.0.0')).toMatchObject({ sha256: shas[0] });
  expect((await showRemote(open, url, 'm@latest')).sha256).toBe(shas[1]);
});

test('what git is configured to do with HTTP holds: then git lists', async () => {
  const { rig, ada, url, shas, temporary } = await published();
  ada.repository.git(['config', `url.${dirname(url)}/.insteadOf`, 'http://team.invalid/']);
  const open = openIn(ada.repository.folder, rig.remote.environment, temporary);
  expect(await ask(open, 'http://team.invalid/remote.git', 'm@v1.0.0')).toMatchObject({ sha256: shas[0] });
});

test('an entry that is not what its SHA says is refused, and a rewritten log too', async () => {
  const { rig, open, url } = await published();
  const { remote } = rig;
  const commit = remote.git(['rev-parse', 'refs/registry/semver/m/v1.0.0']);
  const forged = rewriteEntry(remote, commit, (lines, blob) => [
    ...lines,
    `100644 blob ${blob('x')}\tbundle/extra.txt`,
  ]);
  remote.git(['update-ref', 'refs/registry/semver/m/v1.0.0', forged]);
  await expect(ask(open, url, 'm@v1.0.0')).rejects.toMatchObject({ code: 'remote-tampered' });
  const events = readEvents(remote);
  writeEvents(remote, events.slice(1));
  await expect(listRemoteEntries(open, url, LIST)).rejects.toMatchObject({ code: 'remote-tampered' });
  await expect(ask(open, url, 'm@^1.0')).rejects.toMatchObject({ code: 'remote-tampered' });
});

test('a listing that names another entry is believed by the short way, which says so, and not with --verify', async () => {
  const { rig, open, url, shas } = await published();
  const { remote } = rig;
  remote.git([
    'update-ref',
    'refs/registry/semver/m/v1.0.0',
    remote.git(['rev-parse', 'refs/registry/semver/m/v1.1.0']),
  ]);
  expect(await ask(open, url, 'm@v1.0.0')).toMatchObject({ sha256: shas[1], remote: { verified: false } });
  expect(await ask(open, url, 'm@v1.0.0', { verify: true })).toMatchObject({ sha256: shas[0] });
});

test('a server that answers what nobody asked, in control characters, or without an end', async () => {
  const { rig, temporary } = await published();
  const line = (text: string): string => (text.length + 4).toString(16).padStart(4, '0') + text;
  const id = 'a'.repeat(40);
  const answers: readonly (readonly [answer: string, code: RegExp])[] = [
    [
      [line(`${id} refs/registry/log/\u001b[2Jm\n`), line(`${id} refs/heads/main\n`), '0000'].join(''),
      /^unknown-model$/,
    ],
    ['garbage\u001b[31m', /^remote-(?:failed|unreachable)$/],
    [`${line(`${id} refs/registry/log/m\n`).repeat(200_000)}0000`, /^remote-too-large$/],
  ];
  for (const [answer, code] of answers) {
    const server = createServer((request, response) => {
      const isDiscovery = request.method === 'GET';
      response.setHeader('content-type', `application/x-git-upload-pack-${isDiscovery ? 'advertisement' : 'result'}`);
      response.end(
        isDiscovery
          ? [
              line('# service=git-upload-pack\n'),
              '0000',
              line('version 2\n'),
              line('ls-refs\n'),
              line('fetch\n'),
              '0000',
            ].join('')
          : answer,
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    writeFileSync(join(temporary, 'config'), '[registry]\n\tmaxRemoteRefs = 100\n');
    const env = { ...rig.remote.environment, GIT_CONFIG_GLOBAL: join(temporary, 'config') };
    const open = openIn(temporaryFolder(), env, temporary);
    const asked = ask(open, `http://127.0.0.1:${port}/x.git`, 'm@v1.0.0');
    await expect(asked).rejects.toMatchObject({ code: expect.stringMatching(code) });
  }
});
