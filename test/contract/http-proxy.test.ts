/** Web servers that are reached through the proxy that the environment names, a real one. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { RegistryError } from '../../src/domain/errors.ts';
import { startFileServer } from '../support/servers/child-server.ts';
import { startHttpProxy } from '../support/servers/http-proxy.ts';
import { startNetwork } from '../support/servers/network.ts';
import { temporaryFolder } from '../support/temporary-repository.ts';
import { lacks } from '../support/tools.ts';
import { describeWeightsRemote, openAt, pathOn, type RemoteServer, sample } from './weights-remote.ts';

type Variables = Readonly<Record<string, string>>;

async function fileServer(env: Variables, told: Variables = {}, ...flags: readonly string[]): Promise<RemoteServer> {
  const folder = temporaryFolder();
  return { url: await startFileServer(folder, ...flags), options: told, env, folder };
}

/** Writes and reads, and returns the code of the fault, if there is one. */
async function roundTrip(remote: RemoteServer): Promise<string> {
  const object = sample(300_000);
  try {
    const opened = await openAt(remote);
    await opened.write(object, object.path, {});
    expect(readFileSync(pathOn(remote, 'md5', object.md5)).equals(object.body)).toBe(true);
    expect(await opened.inspect(object)).toEqual({ kind: 'present' });
    return 'done';
  } catch (error) {
    if (error instanceof RegistryError) return error.code;
    throw error;
  }
}

describeWeightsRemote('a web server behind a proxy', async () => {
  const { port } = await startHttpProxy();
  // Between here and the proxy.
  const network = await startNetwork(port);
  return { ...(await fileServer({ http_proxy: `http://127.0.0.1:${network.port}` })), network };
});

describe('a proxy', () => {
  test.each(['http_proxy', 'HTTP_PROXY', 'all_proxy'])('is taken from %s, with its user and password', async (name) => {
    const proxy = await startHttpProxy(`Basic ${Buffer.from('ada:pass word').toString('base64')}`);
    const remote = await fileServer({ [name]: `http://ada:pass%20word@127.0.0.1:${proxy.port}` });
    expect(await roundTrip(remote)).toBe('done');
    expect(proxy.asked[0]).toMatch(new RegExp(`^HEAD ${remote.url}/`));
  });

  test('that refuses is named, and nothing goes around it', async () => {
    const { port, asked } = await startHttpProxy('Basic another');
    expect(await roundTrip(await fileServer({ http_proxy: `127.0.0.1:${port}` }))).toBe('weights-remote-refused');
    expect(asked).toHaveLength(1);
  });

  test('that is not there makes the remote unreachable', async () => {
    expect(await roundTrip(await fileServer({ http_proxy: 'http://127.0.0.1:9' }))).toBe('weights-remote-unreachable');
  });

  test('of another kind is refused by name', async () => {
    expect(await roundTrip(await fileServer({ all_proxy: 'socks5://127.0.0.1:9' }))).toBe('weights-remote-refused');
  });

  test.each(['*', '127.0.0.1', 'example.org, 127.0.0.1', '0.0.1'])(
    'is passed by where no_proxy is %s',
    async (exempt) => {
      const proxy = await startHttpProxy();
      const env = { http_proxy: `http://127.0.0.1:${proxy.port}`, no_proxy: exempt };
      expect(await roundTrip(await fileServer(env))).toBe('done');
      expect(proxy.asked).toEqual([]);
    },
  );

  test.each(['', '127.0.0.1:1', 'example.org', '7.0.0.1'])(
    'is not passed by where no_proxy is "%s"',
    async (exempt) => {
      const proxy = await startHttpProxy();
      const env = { http_proxy: `http://127.0.0.1:${proxy.port}`, NO_PROXY: exempt };
      expect(await roundTrip(await fileServer(env))).toBe('done');
      expect(proxy.asked.length).toBeGreaterThan(0);
    },
  );

  test.skipIf(lacks('openssl', 'version'))(
    'opens a tunnel to a server with TLS, whose certificate counts',
    async () => {
      const folder = temporaryFolder();
      const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
      const words = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, '-days', '2'];
      execFileSync('openssl', [...words, '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'], {
        stdio: 'ignore',
      });
      const tls = `tls=${key}:${cert}`;
      const proxy = await startHttpProxy();
      const env = { https_proxy: `http://127.0.0.1:${proxy.port}`, http_proxy: 'http://127.0.0.1:9' };
      const remote = await fileServer(env, { ssl_verify: cert }, tls);
      expect(await roundTrip(remote)).toBe('done');
      expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT ${new URL(remote.url).host}`]));
      expect(await roundTrip(await fileServer(env, {}, tls))).toBe('weights-remote-refused');
      expect(await roundTrip(await fileServer(env, { ssl_verify: 'false' }, tls))).toBe('done');
      const closed = await startHttpProxy('Basic another');
      const refusing = { https_proxy: `http://127.0.0.1:${closed.port}` };
      expect(await roundTrip(await fileServer(refusing, { ssl_verify: cert }, tls))).toBe('weights-remote-refused');
    },
  );
});
