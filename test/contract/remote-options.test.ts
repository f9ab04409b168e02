/** DVC's options for web servers and ssh, what is refused, and how many transfers run at a time. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { forEach } from '../../src/operations/for-each.ts';
import { makeCertificate } from '../support/certificate.ts';
import { startFileServer } from '../support/servers/child-server.ts';
import { startNetwork } from '../support/servers/network.ts';
import { lacksSshd, startSshd } from '../support/servers/ssh-server.ts';
import { temporaryFolder } from '../support/temporary-repository.ts';
import { openAt, pathOn, type RemoteServer, sample } from './weights-remote.ts';

async function webServer(
  options: Readonly<Record<string, string>>,
  ...flags: readonly string[]
): Promise<RemoteServer & { readonly port: number }> {
  const folder = temporaryFolder();
  const url = await startFileServer(folder, ...flags);
  return { url, options, env: {}, folder, port: Number(new URL(url).port) };
}

async function expectExchange(server: RemoteServer): Promise<void> {
  const [object, remote] = [sample(100_000), await openAt(server)];
  await remote.write(object, object.path, {});
  expect(readFileSync(pathOn(server, 'md5', object.md5)).equals(object.body)).toBe(true);
  const chunks: Uint8Array[] = [];
  for await (const chunk of (await remote.read(object, 60_000)) ?? []) chunks.push(chunk);
  expect(Buffer.concat(chunks).equals(object.body.subarray(60_000))).toBe(true);
}

async function codeOf(server: RemoteServer): Promise<unknown> {
  const object = sample(10);
  const fault: unknown = await openAt(server)
    .then((remote) => remote.inspect(object))
    .then(
      () => undefined,
      (error: unknown) => error,
    );
  return (fault as { readonly code?: unknown } | undefined)?.code;
}

describe('a web server', () => {
  const basic = `auth=Basic ${Buffer.from('ada:p w').toString('base64')}`;

  test('is told user and password, from options or URL', async () => {
    const server = await webServer({ auth: 'basic', user: 'ada', password: 'p w' }, basic);
    await expectExchange(server);
    await expectExchange({ ...server, options: {}, url: server.url.replace('://', '://ada:p%20w@') });
    expect(await codeOf({ ...server, options: {} })).toBe('weights-remote-refused');
  });

  test('is told a header of its own', async () => {
    const options = { auth: 'custom', custom_auth_header: 'x-token', password: 'abc' };
    await expectExchange(await webServer(options, 'header=x-token:abc'));
    expect(await codeOf(await webServer({ auth: 'custom' }, 'header=x-token:abc'))).toBe('bad-weights-remote');
    expect(await codeOf(await webServer({ auth: 'digest', user: 'a' }))).toBe('bad-weights-remote');
  });

  test('may send whole files where a part was asked for', async () => {
    await expectExchange(await webServer({}, 'no-range'));
  });

  test('that closes a kept connection just when it is used again is asked on another one', async () => {
    const server = await webServer({}, 'closes');
    await expectExchange(server);
    const [object, remote] = [sample(3_000_000), await openAt(server)];
    let moved = 0;
    await remote.write(object, object.path, { moved: (bytes) => (moved += bytes) });
    expect(moved).toBe(object.bytes);
    expect(await remote.inspect(object)).toEqual({ kind: 'present' });
  });

  test('that hangs up is unreachable', async () => {
    const server = await webServer({ read_timeout: '100' });
    const network = await startNetwork(server.port);
    network.cutAfter(0, 100);
    expect(await codeOf({ ...server, url: `http://127.0.0.1:${network.port}` })).toBe('weights-remote-unreachable');
  });

  test('is trusted by its certificate', async () => {
    const { key, cert } = makeCertificate('IP:127.0.0.1');
    const server = await webServer({}, `tls=${key}:${cert}`);
    expect(await codeOf(server)).toBe('weights-remote-refused');
    await expectExchange({ ...server, options: { ssl_verify: 'false' } });
    await expectExchange({ ...server, options: { ssl_verify: cert } });
  });

  test.each([{ method: 'PATCH' }, { jobs: 'many' }, { ssl_verify: 'false', method: 'GET' }])(
    'with options %o is refused',
    async (options) => {
      expect(await codeOf(await webServer(options as unknown as Readonly<Record<string, string>>))).toBe(
        'bad-weights-remote',
      );
    },
  );
});

describe.skipIf(lacksSshd())('a host', () => {
  test('that refuses the key, or whose key is unknown, says so', async () => {
    const server = await startSshd();
    const folder = temporaryFolder();
    const other = join(folder, 'other');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', other]);
    const options = { user: server.user, port: String(server.port), keyfile: other };
    const remote = { url: `ssh://127.0.0.1${folder}`, options, env: server.environment, folder };
    expect(await codeOf(remote)).toBe('weights-remote-refused');
    const strict = {
      ...remote,
      options: { ...options, keyfile: server.key },
      env: { GIT_SSH_COMMAND: 'ssh -F /dev/null -o UserKnownHostsFile=/dev/null' },
    };
    expect(await codeOf(strict)).toBe('weights-remote-refused');
  });

  test('takes a path from the user, with a keyfile relative to the configuration', async () => {
    const server = await startSshd();
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'id'), readFileSync(server.key), { mode: 0o600 });
    mkdirSync(join(folder, 'store'));
    const options = { keyfile: 'id', allow_agent: 'false', timeout: '100', max_sessions: '3' };
    const url = `ssh://${server.user}@127.0.0.1:${server.port}${folder}/store/`;
    const env = server.environment;
    await expectRelative({ url, options, env, folder });
  });

  test('is named by sftp:// as well', async () => {
    const server = await startSshd();
    const folder = temporaryFolder();
    const options = { keyfile: server.key };
    const url = `sftp://${server.user}@127.0.0.1:${server.port}${folder}/store`;
    await expectRelative({ url, options, env: server.environment, folder });
  });

  test('that ends the connection for good is unreachable', async () => {
    const remote = {
      url: 'ssh://127.0.0.1:9/x',
      options: {},
      env: { GIT_SSH_COMMAND: 'ssh -F /dev/null' },
      folder: '/x',
    };
    expect(await codeOf(remote)).toBe('weights-remote-unreachable');
  });
});

async function expectRelative(remote: RemoteServer): Promise<void> {
  const object = sample(100);
  await (await openAt(remote)).write(object, object.path, {});
  const path = pathOn({ ...remote, folder: join(remote.folder, 'store') }, 'md5', object.md5);
  expect(readFileSync(path).equals(object.body)).toBe(true);
}

test('work on many things runs so many at a time, and stops at the first failure', async () => {
  let [running, most] = [0, 0];
  const begun: number[] = [];
  const work = async (item: number): Promise<void> => {
    begun.push(item);
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, 5));
    running -= 1;
    if (item === 12) throw new Error('twelve');
  };
  const items = Array.from({ length: 40 }, (_, index) => index);
  await expect(forEach(5, items, work)).rejects.toThrow('twelve');
  expect(most).toBe(5);
  expect(begun.length).toBeLessThan(20);
});
