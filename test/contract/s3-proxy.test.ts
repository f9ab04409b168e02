/** Buckets that are reached through the proxy that the environment names, a real one, as those of a company are. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { RegistryError } from '../../src/domain/errors.ts';
import { type Certificate, makeCertificate } from '../support/certificate.ts';
import { setVariable } from '../support/process-variable.ts';
import { type HttpProxy, startHttpProxy } from '../support/servers/http-proxy.ts';
import { startNetwork } from '../support/servers/network.ts';
import { findS3Server, type S3Server, startS3 } from '../support/servers/s3-server.ts';
import { temporaryFolder } from '../support/temporary-repository.ts';
import { describeWeightsRemote, openAt, pathOn, type RemoteServer, sample } from './weights-remote.ts';

type Variables = Readonly<Record<string, string>>;

const isSkipped = findS3Server() === undefined;
const SECRET = 'pass word%';
const BASIC = `Basic ${Buffer.from(`ada:${SECRET}`).toString('base64')}`;
const USER = 'ada:pass%20word%25';

interface Bucket extends RemoteServer {
  readonly server: S3Server;
  readonly endpoint: string;
}

/** Starts a server, with TLS where it has a certificate. */
async function bucket(env: Variables, told: Variables = {}, tls?: Certificate): Promise<Bucket> {
  const secure = tls === undefined ? [] : ['--cert', tls.cert, '--key', tls.key];
  const server = await startS3({ args: ['--keep-alive', ...secure] });
  const endpoint = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${server.port}`;
  const keys = { access_key_id: server.accessKey, secret_access_key: server.secretKey };
  const options = { endpointurl: endpoint, ...keys, ...told };
  return { server, endpoint, url: 's3://models/team', options, env, folder: join(server.bucket, 'team') };
}

/** Writes, in parts where it is told to, reads, and returns what broke, if anything did. */
async function roundTrip(remote: RemoteServer, bytes = 300_000): Promise<RegistryError | undefined> {
  const object = sample(bytes);
  try {
    const opened = await openAt(remote);
    await opened.write(object, object.path, {});
    expect(readFileSync(pathOn(remote, 'md5', object.md5)).equals(object.body)).toBe(true);
    const chunks: Uint8Array[] = [];
    for await (const chunk of (await opened.read(object, 1000)) ?? []) chunks.push(chunk);
    expect(Buffer.concat(chunks).equals(object.body.subarray(1000))).toBe(true);
    return undefined;
  } catch (error) {
    if (error instanceof RegistryError) return error;
    throw error;
  }
}

/** Says all that a fault would show, and what is under it. */
function textOf(fault: RegistryError | undefined): string {
  let text = '';
  for (let at: unknown = fault; at instanceof Error; at = at.cause) text += `${at.message} ${JSON.stringify(at)}\n`;
  return text;
}

async function behind(secure: boolean): Promise<RemoteServer> {
  const { port } = await startHttpProxy();
  // Between here and the proxy.
  const network = await startNetwork(port);
  const env = { [secure ? 'https_proxy' : 'http_proxy']: `http://127.0.0.1:${network.port}` };
  const tls = secure ? makeCertificate('IP:127.0.0.1') : undefined;
  const trust: Variables = tls === undefined ? {} : { ssl_verify: tls.cert };
  return { ...(await bucket(env, trust, tls)), network, cutAfter: 10 * 1024 * 1024 };
}

describeWeightsRemote('an S3 server behind a proxy', () => behind(false), { isSkipped });
describeWeightsRemote('an S3 server with TLS behind a proxy', () => behind(true), { isSkipped });

describe.skipIf(isSkipped)('a proxy before S3', () => {
  test.each(['http_proxy', 'HTTP_PROXY', 'all_proxy'])('is taken from %s, with its user and password', async (name) => {
    const proxy = await startHttpProxy(BASIC);
    const remote = await bucket({ [name]: `http://${USER}@127.0.0.1:${proxy.port}` });
    expect(await roundTrip(remote)).toBeUndefined();
    expect(new Set(proxy.asked.map((asked) => asked.replace(/(models\/).*/, '$1')))).toEqual(
      new Set(['HEAD', 'PUT', 'GET'].map((method) => `${method} ${remote.endpoint}/models/`)),
    );
  });

  test('opens a tunnel to a server with TLS, with user and password, and keeps it', async () => {
    const tls = makeCertificate('IP:127.0.0.1');
    const proxy = await startHttpProxy(BASIC);
    const env = { https_proxy: `http://${USER}@127.0.0.1:${proxy.port}`, http_proxy: 'http://127.0.0.1:9' };
    const remote = await bucket(env, { ssl_verify: tls.cert }, tls);
    const objects = [sample(1000), sample(1000), sample(1000)];
    const opened = await openAt(remote);
    for (const object of objects) await opened.write(object, object.path, {});
    expect(proxy.asked).toEqual([`CONNECT ${new URL(remote.endpoint).host}`]);
  });

  test('changes nothing about whose certificate counts', async () => {
    const tls = makeCertificate('IP:127.0.0.1');
    const proxy = await startHttpProxy();
    const env = { https_proxy: `127.0.0.1:${proxy.port}` };
    expect(await roundTrip(await bucket(env, { ssl_verify: 'false' }, tls))).toBeUndefined();
    expect(await roundTrip(await bucket(env, {}, tls))).toMatchObject({ code: 'weights-remote-refused' });
    const other = makeCertificate('IP:127.0.0.1');
    const misled = await roundTrip(await bucket(env, { ssl_verify: other.cert }, tls));
    expect(misled).toMatchObject({ code: 'weights-remote-refused' });
    expect(misled?.message).not.toContain('proxy');
  });

  test('may itself be spoken to over TLS', async () => {
    const tls = makeCertificate('IP:127.0.0.1');
    const proxy = await startHttpProxy(BASIC, tls);
    const url = `https://${USER}@127.0.0.1:${proxy.port}`;
    expect(await roundTrip(await bucket({ http_proxy: url }, { ssl_verify: tls.cert }))).toBeUndefined();
    expect(await roundTrip(await bucket({ https_proxy: url }, { ssl_verify: tls.cert }, tls))).toBeUndefined();
    expect(new Set(proxy.asked.map((asked) => asked.split(' ')[0]))).toEqual(
      new Set(['HEAD', 'PUT', 'GET', 'CONNECT']),
    );
    const distrusted = await roundTrip(await bucket({ http_proxy: url }));
    expect(distrusted).toMatchObject({ code: 'weights-remote-refused' });
    expect(distrusted?.message).toContain(`proxy 127.0.0.1:${proxy.port}: `);
  });

  test.each(['*', '127.0.0.1', 'example.org, 127.0.0.1'])('is passed by where no_proxy is %s', async (exempt) => {
    const tls = makeCertificate('IP:127.0.0.1');
    const env = { all_proxy: 'http://127.0.0.1:9', no_proxy: exempt };
    expect(await roundTrip(await bucket(env))).toBeUndefined();
    expect(await roundTrip(await bucket(env, { ssl_verify: tls.cert }, tls))).toBeUndefined();
  });

  test('is not passed by where no_proxy names another host', async () => {
    const proxy = await startHttpProxy();
    const env = { http_proxy: `http://127.0.0.1:${proxy.port}`, no_proxy: '127.0.0.1:1,example.org' };
    expect(await roundTrip(await bucket(env))).toBeUndefined();
    expect(proxy.asked.length).toBeGreaterThan(0);
  });

  test.each(['http', 'https'])(
    'over %s that wants another user says so, what to do, and no password',
    async (scheme) => {
      const tls = scheme === 'https' ? makeCertificate('IP:127.0.0.1') : undefined;
      const trust: Variables = tls === undefined ? {} : { ssl_verify: tls.cert };
      const proxy = await startHttpProxy('Basic another');
      const host = `127.0.0.1:${proxy.port}`;
      const named = `${scheme}_proxy`;
      const fault = await roundTrip(await bucket({ [named]: `http://${USER}@${host}` }, trust, tls));
      expect(fault).toMatchObject({
        code: 'weights-remote-refused',
        message: `s3://models/team: proxy ${host}: HTTP status 407, wrong user or password`,
        hint: `export ${named}=http://USER:PASSWORD@${host}`,
      });
      expect(textOf(fault)).not.toMatch(/pass( |%20)word|cGFzcy/);
      expect(proxy.asked).toHaveLength(1);
      const unnamed = await roundTrip(await bucket({ [named]: `http://${host}` }, trust, tls));
      expect(unnamed?.message).toContain('HTTP status 407, it wants a user and a password');
    },
  );

  test.each(['http', 'https'])('over %s that is not there is named, and it is worth another try', async (scheme) => {
    const tls = scheme === 'https' ? makeCertificate('IP:127.0.0.1') : undefined;
    expect(await roundTrip(await bucket({ all_proxy: `http://${USER}@127.0.0.1:9` }, {}, tls))).toMatchObject({
      code: 'weights-remote-unreachable',
      message: 's3://models/team: proxy 127.0.0.1:9: ECONNREFUSED',
    });
  });

  test.each(['http', 'https'])('over %s that does not reach the server is asked again', async (scheme) => {
    const proxy: HttpProxy = await startHttpProxy();
    const env = { all_proxy: `http://127.0.0.1:${proxy.port}` };
    const remote = await bucket(env, { endpointurl: `${scheme}://127.0.0.1:9` });
    const fault = await roundTrip(remote);
    expect(fault).toMatchObject({ code: 'weights-remote-unreachable' });
    expect(fault?.message).toContain('HTTP status 502');
    expect(proxy.asked.length).toBeGreaterThan(1);
  });

  test('of another kind is refused by name, without a try', async () => {
    const fault = await roundTrip(await bucket({ all_proxy: `socks5://${USER}@127.0.0.1:9` }));
    expect(fault).toMatchObject({ code: 'weights-remote-refused' });
    expect(fault?.message).toContain('expected http://HOST:PORT');
    expect(textOf(fault)).not.toContain('pass');
  });

  test('is also the way to the credentials of SSO', async () => {
    const proxy = await startHttpProxy();
    const remote = await bucket({ http_proxy: `http://127.0.0.1:${proxy.port}` });
    const portal = await signIn(remote.server);
    const { endpointurl = '' } = remote.options;
    const fault = await roundTrip({ ...remote, options: { endpointurl, profile: 'team' } });
    // The server knows no sessions; that it was asked shows that there were credentials.
    expect(fault).toMatchObject({ code: 'weights-remote-refused' });
    expect(proxy.asked[0]).toMatch(new RegExp(`^GET ${portal}/federation/credentials\\?`));
    expect(proxy.asked[1]).toMatch(new RegExp(`^HEAD ${remote.endpoint}/models/`));
  });

  test('brings credentials of nobody whose certificate is wrong, whatever the bucket may have', async () => {
    const tls = makeCertificate('IP:127.0.0.1');
    const proxy = await startHttpProxy();
    const remote = await bucket({ all_proxy: `http://127.0.0.1:${proxy.port}` });
    const portal = await signIn(remote.server, tls);
    const { endpointurl = '' } = remote.options;
    const options = { endpointurl, profile: 'team' };
    for (const careless of [options, { ...options, ssl_verify: 'false' }]) {
      const fault = await roundTrip({ ...remote, options: careless });
      expect(fault?.message).toContain('no credentials: ');
    }
    expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT ${new URL(portal).host}`]));
    await roundTrip({ ...remote, options: { ...options, ssl_verify: tls.cert } });
    expect(proxy.asked.at(-1)).toMatch(new RegExp(`^HEAD ${remote.endpoint}/models/`));
  });

  test('is not the way to the credentials of the machine', async () => {
    const proxy = await startHttpProxy();
    const remote = await bucket({ http_proxy: `http://127.0.0.1:${proxy.port}` });
    const machine = await startKeyServer(({ accessKey, secretKey }, time) => {
      const Expiration = new Date(time).toISOString();
      return { AccessKeyId: accessKey, SecretAccessKey: secretKey, Token: 'x', Expiration };
    }, remote.server);
    const none = join(temporaryFolder(), 'none');
    setVariable('AWS_CONFIG_FILE', none);
    setVariable('AWS_SHARED_CREDENTIALS_FILE', none);
    setVariable('AWS_CONTAINER_CREDENTIALS_FULL_URI', machine);
    const { endpointurl = '' } = remote.options;
    expect(await roundTrip({ ...remote, options: { endpointurl } })).toMatchObject({ code: 'weights-remote-refused' });
    expect(proxy.asked[0]).toMatch(new RegExp(`^HEAD ${remote.endpoint}/models/`));
  });
});

/** Starts AWS's portal, and leaves what a login to it would for a profile `team`. Returns its URL. */
async function signIn(server: S3Server, tls?: Certificate): Promise<string> {
  const form: KeyForm = ({ accessKey, secretKey }, time) => {
    const keys = { accessKeyId: accessKey, secretAccessKey: secretKey, sessionToken: 'x', expiration: time };
    return { roleCredentials: keys };
  };
  const portal = await startKeyServer(form, server, tls);
  const [home, start] = [temporaryFolder(), 'https://sso.test/start'];
  const cache = join(home, '.aws', 'sso', 'cache');
  mkdirSync(cache, { recursive: true });
  const settings = { sso_start_url: start, sso_region: 'us-east-1', sso_account_id: '1', sso_role_name: 'team' };
  const lines = Object.entries(settings).map(([key, value]) => `${key} = ${value}\n`);
  writeFileSync(join(home, 'config'), `[profile team]\n${lines.join('')}`);
  const token = { accessToken: 'token', expiresAt: new Date(Date.now() + 3_600_000).toISOString() };
  const name = createHash('sha1').update(start).digest('hex');
  writeFileSync(join(cache, `${name}.json`), JSON.stringify(token));
  setVariable('HOME', home);
  setVariable('AWS_CONFIG_FILE', join(home, 'config'));
  setVariable('AWS_SHARED_CREDENTIALS_FILE', join(home, 'none'));
  setVariable('AWS_ENDPOINT_URL_SSO', portal);
  return portal;
}

type KeyForm = (server: S3Server, time: number) => unknown;

/** Starts what gives out the keys of a server, for an hour, in a form of AWS's, and returns its URL. */
async function startKeyServer(form: KeyForm, keys: S3Server, tls?: Certificate): Promise<string> {
  const answer: RequestListener = (_request, response) => {
    const body = JSON.stringify(form(keys, Date.now() + 3_600_000));
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);
  };
  const pems = tls === undefined ? undefined : { key: readFileSync(tls.key), cert: readFileSync(tls.cert) };
  const server = pems === undefined ? createServer(answer) : createSecureServer(pems, answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
