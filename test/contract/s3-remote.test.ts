/** What only an S3 remote has: DVC's options for it, each against a real server, and uploads that are resumed. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { dirname, join } from 'node:path';
import { PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { RegistryError } from '../../src/domain/errors.ts';
import { makeCertificate } from '../support/certificate.ts';
import { setVariable } from '../support/process-variable.ts';
import { type Network, startNetwork } from '../support/servers/network.ts';
import { findS3Server, type S3Server, startS3 } from '../support/servers/s3-server.ts';
import { temporaryFolder } from '../support/temporary-repository.ts';
import { openAt, pathOn, type RemoteServer, sample } from './weights-remote.ts';

interface Rig extends RemoteServer {
  readonly server: S3Server;
  readonly network: Network;
}

/** Starts a server and returns a remote on it with these options, `undefined` for none. */
async function rig(
  told: Readonly<Record<string, string | undefined>> = {},
  args: readonly string[] = [],
): Promise<Rig> {
  const server = await startS3({ args });
  const network = await startNetwork(server.port);
  const scheme = args.includes('--cert') ? 'https' : 'http';
  const usual = {
    endpointurl: `${scheme}://127.0.0.1:${network.port}`,
    access_key_id: server.accessKey,
    secret_access_key: server.secretKey,
  };
  const options = Object.entries({ ...usual, ...told }).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value]],
  );
  return {
    server,
    network,
    url: 's3://models/team',
    options: Object.fromEntries(options),
    env: {},
    folder: join(server.bucket, 'team'),
  };
}

async function faultOfWrite(remote: RemoteServer): Promise<string> {
  const object = sample(100);
  const error = await (await openAt(remote)).write(object, object.path, {}).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof RegistryError ? error.code : `no fault: ${String(error)}`;
}

async function expectWritten(remote: RemoteServer): Promise<void> {
  const object = sample(1000);
  await (await openAt(remote)).write(object, object.path, {});
  expect(readFileSync(pathOn(remote, 'md5', object.md5)).equals(object.body)).toBe(true);
}

/** Has connections to a port of Amazon's names end at a server here, until the test ends: only their address is another. */
function leadAmazonTo({ port }: Network, amazonPort: number): void {
  for (const { prototype } of [HttpAgent, HttpsAgent]) {
    const { createConnection } = prototype;
    prototype.createConnection = function lead(options, ...rest) {
      const host = options.host ?? '';
      const isAmazon = host.endsWith('.amazonaws.com') && Number(options.port) === amazonPort;
      return createConnection.call(this, isAmazon ? { ...options, host: '127.0.0.1', port } : options, ...rest);
    };
    onTestFinished(() => {
      prototype.createConnection = createConnection;
    });
  }
}

describe.skipIf(findS3Server() === undefined)('an S3 remote', () => {
  test.each([
    ['waits for answers', 0],
    ['was in the middle of them', 1_000_000],
  ])('a read that %s when the remote is closed fails, and asks for nothing more', async (_where, stall) => {
    const remote = await rig();
    const object = sample(40 * 1024 * 1024);
    mkdirSync(dirname(pathOn(remote, 'md5', object.md5)), { recursive: true });
    writeFileSync(pathOn(remote, 'md5', object.md5), object.body);
    const opened = await openAt(remote);
    const bytes = await opened.read(object, 0);
    remote.network.stallAfter(stall);
    const asked = (): number => remote.network.up().split('GET /models').length - 1;
    const reading = bytes?.[Symbol.asyncIterator]().next();
    const outcome = reading?.then(
      () => 'bytes',
      () => 'a fault',
    );
    await expect.poll(asked, { timeout: 100_000 }).toBe(3);
    await expect.poll(remote.network.down, { timeout: 100_000 }).toBeGreaterThanOrEqual(3 * stall);
    await opened.close();
    expect(await outcome).toBe('a fault');
    expect(asked()).toBe(3);
  });

  test('however many requests are under way, nobody is warned of a leak', async () => {
    const warnings: string[] = [];
    const hear = ({ message }: Error): unknown => warnings.push(message);
    process.on('warning', hear);
    onTestFinished(() => void process.off('warning', hear));
    const opened = await openAt(await rig());
    const objects = Array.from({ length: 20 }, () => sample(10));
    const states = await Promise.all(objects.map((object) => opened.inspect(object)));
    expect(states).toEqual(objects.map(() => ({ kind: 'absent' })));
    expect(warnings).toEqual([]);
  });

  test('goes on with an upload in parts that was cut short: parts that are there are not sent again', async () => {
    const remote = await rig();
    const object = sample(90 * 1024 * 1024);
    const stop = new AbortController();
    let moved = 0;
    const first = openAt(remote, 'dvc', { signal: stop.signal });
    const cut = (await first).write(object, object.path, {
      parts: 1,
      moved: (bytes) => {
        moved += bytes;
        if (moved > 60 * 1024 * 1024) stop.abort(new Error('stopped'));
      },
    });
    await expect(cut).rejects.toThrow();
    expect(existsSync(pathOn(remote, 'md5', object.md5))).toBe(false);
    const before = remote.network.sent();
    await (await openAt(remote)).write(object, object.path, {});
    expect(remote.network.sent() - before).toBeLessThan(40 * 1024 * 1024);
    expect(readFileSync(pathOn(remote, 'md5', object.md5)).equals(object.body)).toBe(true);
  });

  test('uses the keys, and says so when they are refused', async () => {
    expect(await faultOfWrite(await rig({ secret_access_key: 'wrong' }))).toBe('weights-remote-refused');
    await expect(rig({ secret_access_key: undefined }).then((remote) => openAt(remote))).rejects.toMatchObject({
      code: 'bad-weights-remote',
    });
  });

  test('sends a session token', async () => {
    const remote = await rig({ session_token: 'token-of-the-session' });
    await faultOfWrite(remote);
    expect(remote.network.up()).toContain('x-amz-security-token: token-of-the-session');
  });

  test('uses the keys of a profile', async () => {
    const remote = await rig({ access_key_id: undefined, secret_access_key: undefined, profile: 'team' });
    const file = join(temporaryFolder(), 'credentials');
    const { accessKey, secretKey } = remote.server;
    writeFileSync(file, `[team]\naws_access_key_id = ${accessKey}\naws_secret_access_key = ${secretKey}\n`);
    setVariable('AWS_SHARED_CREDENTIALS_FILE', file);
    await expectWritten(remote);
  });

  test('signs for the region', async () => {
    const remote = await rig({ region: 'eu-central-1' }, ['--region', 'eu-central-1']);
    await expectWritten(remote);
    expect(remote.network.up()).toContain('/eu-central-1/s3/aws4_request');
  });

  test('signs nothing where it is anonymous', async () => {
    const remote = await rig({ access_key_id: undefined, secret_access_key: undefined, allow_anonymous_login: 'true' });
    expect(await faultOfWrite(remote)).toBe('weights-remote-refused');
    expect(remote.network.up().toLowerCase()).not.toContain('authorization:');
  });

  test('reads a public bucket without any credentials', async () => {
    const remote = await rig();
    const object = sample(1000);
    await (await openAt(remote)).write(object, object.path, {});
    const { accessKey: accessKeyId, secretKey: secretAccessKey } = remote.server;
    const owner = new S3Client({
      endpoint: remote.options['endpointurl'] ?? '',
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId, secretAccessKey },
    });
    const resources = ['arn:aws:s3:::models/*'];
    const statement = { Effect: 'Allow', Principal: '*', Action: ['s3:GetObject'], Resource: resources };
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    await owner.send(new PutBucketPolicyCommand({ Bucket: 'models', Policy }));
    owner.destroy();
    const { endpointurl = '' } = remote.options;
    const anybody = await openAt({ ...remote, options: { endpointurl, allow_anonymous_login: 'true' } });
    const before = remote.network.up().length;
    expect(await anybody.inspect(object)).toEqual({ kind: 'present' });
    expect(remote.network.up().slice(before)).toMatch(/^HEAD /);
    expect(remote.network.up().slice(before).toLowerCase()).not.toContain('authorization:');
  });

  test('asks for encryption and access as configured, also in parts', async () => {
    const remote = await rig({ sse: 'AES256', acl: 'bucket-owner-full-control' });
    await expectWritten(remote);
    const object = sample(20 * 1024 * 1024);
    await (await openAt(remote)).write(object, object.path, {});
    const requests = remote.network.up().split(/(?=(?:PUT|POST|GET|HEAD) \/models)/);
    const made = requests.filter((request) => /^(?:PUT|POST) /.test(request) && !request.includes('uploadId='));
    expect(made).toHaveLength(2);
    for (const request of made) {
      expect(request).toContain('x-amz-server-side-encryption: AES256');
      expect(request).toContain('x-amz-acl: bucket-owner-full-control');
    }
  });

  test('trusts the certificates that it is told to', async () => {
    const { cert, key } = makeCertificate('IP:127.0.0.1');
    const tls = ['--cert', cert, '--key', key];
    expect(await faultOfWrite(await rig({}, tls))).toBe('weights-remote-refused');
    await expectWritten(await rig({ ssl_verify: 'false' }, tls));
    await expectWritten(await rig({ ssl_verify: cert }, tls));
  });

  test('without an endpoint asks Amazon over TLS, and in the clear where use_ssl is off', async () => {
    const amazon = ['--virtual-domain', 's3.us-east-1.amazonaws.com'];
    const clear = await rig({ endpointurl: undefined, region: 'us-east-1', use_ssl: 'false' }, amazon);
    leadAmazonTo(clear.network, 80);
    await expectWritten(clear);
    expect(clear.network.up()).toMatch(/^(?:HEAD|PUT) \/team\/.* HTTP\/1\.1\r\n/);
    expect(clear.network.up()).toMatch(/host: models\.s3\.us-east-1\.amazonaws\.com\r\n/i);
    const { cert, key } = makeCertificate('DNS:*.s3.us-east-1.amazonaws.com');
    const told = { endpointurl: undefined, region: 'us-east-1', ssl_verify: cert };
    for (const options of [told, { ...told, use_ssl: 'true' }]) {
      const secure = await rig(options, [...amazon, '--cert', cert, '--key', key]);
      leadAmazonTo(secure.network, 443);
      await expectWritten(secure);
      // The record of a TLS handshake.
      expect(secure.network.up().startsWith('\u0016\u0003')).toBe(true);
    }
  });

  test('says that a server is not there', async () => {
    expect(await faultOfWrite(await rig({ endpointurl: 'http://127.0.0.1:9' }))).toBe('weights-remote-unreachable');
  });

  test('says that a bucket is not there', async () => {
    expect(await faultOfWrite({ ...(await rig()), url: 's3://no-such-bucket/x' })).toBe('weights-remote-refused');
  });
});
