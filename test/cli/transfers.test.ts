/** Transfers of weights run beside each other, as many as `-j` says: the servers here see them at the same time. */
import { randomFillSync } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeCertificate } from '../support/certificate.ts';
import { startCli } from '../support/cli.ts';
import { type CliRegistry, cliRegistry } from '../support/cli-registry.ts';
import { safetensors } from '../support/registry-rig.ts';
import { startFileServer } from '../support/servers/child-server.ts';
import { startHttpProxy } from '../support/servers/http-proxy.ts';
import { startMeetingPoint } from '../support/servers/meeting-point.ts';
import { findS3Server, startS3 } from '../support/servers/s3-server.ts';
import { temporaryFolder, temporaryRepository } from '../support/temporary-repository.ts';

/** Makes a registry with one entry, v1.0.0 of `m`, and a git remote; the weights remote is a DVC remote with these options. */
function registryWith(
  files: Readonly<Record<string, Uint8Array>>,
  options: Readonly<Record<string, string>>,
): CliRegistry {
  const registry = cliRegistry();
  const { folder, git } = registry.repository;
  git(['remote', 'add', 'origin', temporaryRepository({ bare: true }).folder]);
  mkdirSync(join(folder, '.dvc'));
  const lines = Object.entries(options).map(([key, value]) => `    ${key} = ${value}\n`);
  writeFileSync(join(folder, '.dvc', 'config'), `[core]\n    remote = store\n['remote "store"']\n${lines.join('')}`);
  registry.must('register', registry.bundle('b', files), '--model', 'm', '--as', '1.0.0');
  return registry;
}

/** Runs beside this process, which has the server. */
async function must({ repository }: CliRegistry, ...args: readonly string[]): Promise<void> {
  const ran = await startCli(args, { cwd: repository.folder, env: repository.environment });
  expect(ran, ran.stderr).toMatchObject({ exitCode: 0 });
}

function loseWeights({ repository }: CliRegistry): void {
  rmSync(join(repository.folder, '.dvc', 'cache'), { recursive: true });
}

test.each([2, 6])(
  '-j %i of a push and of a pull reaches a web server: questions, uploads and downloads',
  async (jobs) => {
    const meeting = await startMeetingPoint(Number(new URL(await startFileServer(temporaryFolder())).port));
    const names = Array.from({ length: 6 }, (_, index) => `${index}.safetensors`);
    const files = Object.fromEntries(names.map((name, index) => [name, safetensors([index])]));
    const registry = registryWith(files, { url: `http://127.0.0.1:${meeting.port}` });
    meeting.await(jobs, 'HEAD', 'POST');
    await must(registry, 'push', '-j', `${jobs}`);
    expect([meeting.most('HEAD'), meeting.most('POST')]).toEqual([jobs, jobs]);
    meeting.await(jobs, 'HEAD', 'POST');
    await must(registry, 'push', '--weights', '-j', `${jobs}`);
    expect([meeting.most('HEAD'), meeting.most('POST')]).toEqual([jobs, 0]);
    loseWeights(registry);
    meeting.await(jobs, 'GET');
    await must(registry, 'pull', '--weights', '-j', `${jobs}`);
    expect(meeting.most('GET')).toBe(jobs);
    loseWeights(registry);
    meeting.await(jobs, 'GET');
    const out = join(dirname(registry.repository.folder), 'out');
    await must(registry, 'get', 'm@v1.0.0', '--output', out, '-j', `${jobs}`);
    expect(meeting.most('GET')).toBe(jobs);
  },
);

describe.skipIf(findS3Server() === undefined)('a bucket', () => {
  test('gets and gives the parts of one large file beside each other, as many as -j says', async () => {
    const server = await startS3();
    const meeting = await startMeetingPoint(server.port);
    const registry = registryWith(
      // Four parts.
      { 'large.bin': randomFillSync(Buffer.alloc(60 * 1024 * 1024)) },
      {
        url: 's3://models/team',
        endpointurl: `http://127.0.0.1:${meeting.port}`,
        access_key_id: server.accessKey,
        secret_access_key: server.secretKey,
      },
    );
    meeting.await(2, 'PUT');
    await must(registry, 'push', '-j', '2');
    expect(meeting.most('PUT')).toBe(2);
    loseWeights(registry);
    meeting.await(2, 'GET');
    await must(registry, 'pull', '--weights', '-j', '2');
    expect(meeting.most('GET')).toBe(2);
  });

  test('is reached through the proxy of the environment, whose refusal says what to do', async () => {
    const { key, cert } = makeCertificate('IP:127.0.0.1');
    const server = await startS3({ args: ['--keep-alive', '--cert', cert, '--key', key] });
    const proxy = await startHttpProxy(`Basic ${Buffer.from('ada:right').toString('base64')}`);
    const registry = registryWith(
      { 'a.safetensors': safetensors([1]), 'b.safetensors': safetensors([2]) },
      {
        url: 's3://models/team',
        endpointurl: `https://127.0.0.1:${server.port}`,
        access_key_id: server.accessKey,
        secret_access_key: server.secretKey,
        ssl_verify: cert,
      },
    );
    const run = (user: string, ...args: readonly string[]): ReturnType<typeof startCli> => {
      const env = { ...registry.repository.environment, https_proxy: `http://${user}@127.0.0.1:${proxy.port}` };
      return startCli(args, { cwd: registry.repository.folder, env });
    };
    const refused = await run('ada:wrong', 'push');
    expect(refused.exitCode).toBe(4);
    expect(refused.stderr).toContain(`proxy 127.0.0.1:${proxy.port}: HTTP status 407, wrong user or password\n`);
    expect(refused.stderr).toContain(`hint: export https_proxy=http://USER:PASSWORD@127.0.0.1:${proxy.port}\n`);
    expect(refused.stderr).not.toContain('ada');
    expect(await run('ada:right', 'push')).toMatchObject({ exitCode: 0 });
    loseWeights(registry);
    expect(await run('ada:right', 'pull', '--weights')).toMatchObject({ exitCode: 0 });
    expect(new Set(proxy.asked)).toEqual(new Set([`CONNECT 127.0.0.1:${server.port}`]));
  });
});
