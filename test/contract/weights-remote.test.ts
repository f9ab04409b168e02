import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startFileServer } from '../support/servers/child-server.ts';
import { startNetwork } from '../support/servers/network.ts';
import { findS3Server, startS3 } from '../support/servers/s3-server.ts';
import { lacksSshd, startSshd } from '../support/servers/ssh-server.ts';
import { temporaryFolder } from '../support/temporary-repository.ts';
import { describeWeightsRemote, openAt, type RemoteServer, sample } from './weights-remote.ts';

/** Returns a folder whose path a URL must escape. */
function storeFolder(): string {
  const folder = join(temporaryFolder(), 'team store');
  mkdirSync(folder);
  return folder;
}

async function folderServer(): Promise<RemoteServer> {
  const folder = storeFolder();
  return { url: folder, options: {}, env: {}, folder };
}

async function httpServer(
  options: Readonly<Record<string, string>>,
  ...flags: readonly string[]
): Promise<RemoteServer> {
  const root = temporaryFolder();
  const folder = join(root, 'models');
  mkdirSync(folder);
  const network = await startNetwork(Number(new URL(await startFileServer(root, ...flags)).port));
  return { url: `http://127.0.0.1:${network.port}/models`, options, env: {}, folder, network };
}

async function s3Server(): Promise<RemoteServer> {
  const server = await startS3();
  const network = await startNetwork(server.port);
  const folder = join(server.bucket, 'team');
  const options = {
    endpointurl: `http://127.0.0.1:${network.port}`,
    access_key_id: server.accessKey,
    secret_access_key: server.secretKey,
  };
  return { url: 's3://models/team', options, env: {}, folder, network, cutAfter: 10 * 1024 * 1024 };
}

async function sshServer(): Promise<RemoteServer> {
  const server = await startSshd();
  const network = await startNetwork(server.port);
  const folder = storeFolder();
  const options = { user: server.user, port: String(network.port), keyfile: server.key };
  return { url: `ssh://127.0.0.1${folder}`, options, env: server.environment, folder, network };
}

test('a folder does not take an object that is written to meanwhile', async () => {
  const remote = await openAt(await folderServer());
  const object = sample(5 * 1024 * 1024);
  const moved = (): void => {
    const file = openSync(object.path, 'r+');
    writeSync(file, 'other bytes', object.bytes - 11);
    closeSync(file);
  };
  await expect(remote.write(object, object.path, { moved })).rejects.toMatchObject({ code: 'changed-while-reading' });
  expect(await remote.inspect(object)).toEqual({ kind: 'absent' });
});

describeWeightsRemote('a folder', folderServer, { isLocal: true });
describeWeightsRemote('a web server that takes POST', () => httpServer({}));
describeWeightsRemote('a web server without HEAD that takes PUT', () => httpServer({ method: 'PUT' }, 'no-head'));
describeWeightsRemote('an S3 server', s3Server, { isSkipped: findS3Server() === undefined });
describeWeightsRemote('a host reached by ssh', sshServer, { isSkipped: lacksSshd() });
