/** Web servers that are reached through the proxy that the environment names, a real one. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { RegistryError } from '../../src/domain/errors.ts';
import { makeCertificate } from '../support/certificate.ts';
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

/** Writes and asks, and returns the code of the fault, if there is one. */
async function roundTrip(remote: RemoteServer): Promise<string> {
  return (await faultOf(remote))?.code ?? 'done';
}

async function faultOf(remote: RemoteServer): Promise<RegistryError | undefined> {
  const object = sample(300_000);
  try {
    const opened = await openAt(remote);
    await opened.write(object, object.path, {});
    expect(readFileSync(pathOn(remote, 'md5', object.md5)).equals(object.body)).toBe(true);
    expect(await opened.inspect(object)).toEqual({ kind: 'present' });
    return undefined;
  } catch (error) {
    if (error instanceof RegistryError) return error;
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
    const remote = await fileServer({ http_proxy: `ada:secret@127.0.0.1:${port}` });
    expect(await faultOf(remote)).toMatchObject({
      code: 'weights-remote-refused',
      message: `${remote.url}: proxy 127.0.0.1:${port}: HTTP status 407, wrong user or password`,
      hint: `export http_proxy=http://USER:PASSWORD@127.0.0.1:${port}`,
    });
    expect(asked).toHaveLength(1);
  });

  test('may have a password with a percent sign of its own', async () => {
    const proxy = await startHttpProxy(`Basic ${Buffer.from('ada:100%').toString('base64')}`);
    expect(await roundTrip(await fileServer({ http_proxy: `http://ada:100%@127.0.0.1:${proxy.port}` }))).toBe('done');
  });

  test('that is not there makes the remote unreachable', async () => {
    const remote = await fileServer({ http_proxy: 'http://127.0.0.1:9' });
    expect(await faultOf(remote)).toMatchObject({
      code: 'weights-remote-unreachable',
      message: `${remote.url}: proxy 127.0.0.1:9: ECONNREFUSED`,
    });
  });

  test('that finds no host has not said that there is no such file', async () => {
    const server = createServer().on('connect', (_request, socket) => socket.end('HTTP/1.1 404 Not Found\r\n\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.close();
    });
    const proxy = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const env = { https_proxy: proxy };
    const remote = { url: 'https://models.test', options: {}, env, folder: temporaryFolder() };
    expect(await faultOf(remote)).toMatchObject({
      code: 'weights-remote-refused',
      message: `https://models.test: proxy ${proxy}: HTTP status 404`,
      hint: 'export no_proxy="$no_proxy,models.test"',
    });
  });

  test('that opens no tunnel, and says nothing, is waited for no longer than the server would be', async () => {
    const proxy = await startHttpProxy();
    const network = await startNetwork(proxy.port);
    network.stallAfter(0);
    const env = { https_proxy: `http://127.0.0.1:${network.port}` };
    const url = `https://127.0.0.1:${proxy.port}`;
    const remote = { url, options: { read_timeout: '1' }, env, folder: temporaryFolder() };
    expect(await faultOf(remote)).toMatchObject({
      code: 'weights-remote-unreachable',
      message: `${url}: proxy 127.0.0.1:${network.port}: ETIMEDOUT`,
    });
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
      const { key, cert } = makeCertificate('IP:127.0.0.1');
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
