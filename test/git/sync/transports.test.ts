/** The same through real servers: `git http-backend` behind a web server, `sshd` on loopback. */
import { appendFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import type { RegistryError } from '../../../src/domain/errors.ts';
import { pull } from '../../../src/operations/pull.ts';
import { push } from '../../../src/operations/push.ts';
import { httpGitServer } from '../../support/http-git-server.ts';
import { lacksSshd, startSshd } from '../../support/servers/ssh-server.ts';
import { eventsIn, syncRig } from '../../support/sync-rig.ts';

const ALL = { words: [] };

async function httpTeam() {
  const rig = syncRig();
  rig.remote.git(['config', 'http.receivepack', 'true']);
  const server = await httpGitServer(dirname(rig.remote.folder), rig.remote.environment);
  const url = server.url('remote.git');
  return { rig, server, ada: await rig.clone('ada', url), bo: await rig.clone('bo', url) };
}

test('over HTTP: one pushes, the other pulls, both push', async () => {
  const { rig, ada, bo } = await httpTeam();
  await ada.register(1);
  expect((await push(ada.workspace, ALL)).issues).toEqual([]);
  await bo.register(2);
  expect((await push(bo.workspace, ALL)).issues).toEqual([]);
  expect((await pull(ada.workspace, ALL)).issues).toEqual([]);
  expect(eventsIn(rig.remote)).toHaveLength(3);
  expect(ada.ref('refs/registry/log/m')).toBe(rig.remote.git(['rev-parse', 'refs/registry/log/m']));
});

test('a line that is cut after the server took the logs: the push goes on by itself, with one event each', async () => {
  const { rig, server, ada } = await httpTeam();
  await ada.register(1);
  server.cutAfter(0);
  const pushed = await push(ada.workspace, ALL);
  expect(pushed.issues).toEqual([]);
  expect(eventsIn(rig.remote)).toHaveLength(2);
  expect(rig.remote.git(['for-each-ref', '--format=%(refname)', 'refs/registry/sha'])).not.toBe('');
});

test('a server that is not there is a matter of trying later', async () => {
  const rig = syncRig();
  const ada = await rig.clone('ada', 'http://127.0.0.1:9/none.git');
  await ada.register(1);
  await expect(push(ada.workspace, ALL)).rejects.toMatchObject({ code: 'remote-unreachable' });
  await expect(pull(ada.workspace, ALL)).rejects.toMatchObject({ code: 'remote-unreachable' });
});

test('a fetch with nothing new downloads nothing but the listing', async () => {
  const { server, ada, bo } = await httpTeam();
  await ada.register(1);
  await push(ada.workspace, ALL);
  await pull(bo.workspace, ALL);
  const before = server.sent();
  await pull(bo.workspace, ALL);
  expect(server.sent() - before).toBeLessThan(4000);
});

test('what a remote says never reaches a terminal as it is', async () => {
  const { rig, ada } = await httpTeam();
  await ada.register(1);
  const hook = join(rig.remote.folder, 'hooks', 'pre-receive');
  writeFileSync(hook, '#!/bin/sh\nprintf "\\033[31mred\\033[0m\\a\\n" >&2\nexit 1\n', { mode: 0o755 });
  const failure = await push(ada.workspace, ALL).catch((error: unknown) => error as RegistryError);
  expect(failure).toMatchObject({ code: 'remote-refused' });
  const said = JSON.stringify([(failure as RegistryError).message, (failure as RegistryError).data]);
  expect(said).toContain('red');
  expect(said).not.toMatch(/\\u001b|\\u0007/);
});

test('what git of a remote does not know is named, though it says so on a line of its own', async () => {
  const rig = syncRig();
  const ada = await rig.clone('ada');
  await ada.register(1);
  appendFileSync(
    join(rig.remote.folder, 'config'),
    '[core]\n\trepositoryFormatVersion = 1\n[extensions]\n\tfromTomorrow = true\n',
  );
  const failure = await push(ada.workspace, ALL).catch((error: unknown) => error as RegistryError);
  expect((failure as RegistryError).message).toMatch(
    /^remote origin: unknown repository extension found: fromtomorrow$/,
  );
});

test.skipIf(lacksSshd())('over ssh: one pushes, the other pulls', async () => {
  const rig = syncRig();
  const sshd = await startSshd();
  const [ada, bo] = [
    await rig.clone('ada', sshd.url(rig.remote.folder)),
    await rig.clone('bo', sshd.url(rig.remote.folder)),
  ];
  for (const { repository } of [ada, bo]) Object.assign(repository.environment, sshd.gitEnvironment);
  await ada.register(1);
  await push(await ada.reopen(), ALL);
  await pull(await bo.reopen(), ALL);
  expect(bo.ref('refs/registry/log/m')).toBe(ada.ref('refs/registry/log/m'));
});
