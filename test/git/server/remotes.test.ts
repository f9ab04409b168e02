/** The same hooks behind a web server (git http-backend), and in a repository of SHA-256 objects. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { cliRegistry, sharedCliRegistry } from '../../support/cli-registry.ts';
import { lmBundle } from '../../support/registry-rig.ts';
import { copyRig, refsOf, type ServerRig, serverBeside } from '../../support/server-rig.ts';

const EVERYTHING = 'refs/registry/*:refs/registry/*';
const VERSION = 'refs/registry/semver/m/v1.0.0';

const registry = sharedCliRegistry();
serverBeside(registry);
registry.must('register', registry.bundle('a', lmBundle(1)), '--model', 'm', '--as', '1.0.0');
registry.must('register', registry.bundle('b', lmBundle(2)), '--model', 'm', '--as', '1.1.0');

/** Answers one request with `git http-backend`, as a web server does by CGI. */
function answer(rig: ServerRig, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const {
    'content-type': type = '',
    'content-encoding': encoding = '',
    'git-protocol': protocol = '',
  } = request.headers;
  const child = spawn('git', ['http-backend'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: {
      ...rig.client.environment,
      GIT_PROJECT_ROOT: dirname(rig.server.folder),
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_PROTOCOL: String(protocol),
      PATH_INFO: pathname,
      QUERY_STRING: searchParams.toString(),
      REQUEST_METHOD: request.method,
      REMOTE_USER: 'ada',
      REMOTE_ADDR: '127.0.0.1',
      CONTENT_TYPE: type,
      HTTP_CONTENT_ENCODING: encoding,
    },
  });
  request.pipe(child.stdin);
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.on('close', () => {
    const all = Buffer.concat(chunks);
    const end = all.indexOf('\r\n\r\n');
    for (const line of all.subarray(0, end).toString().split('\r\n')) {
      const [name = '', value = ''] = line.split(': ');
      if (name === 'Status') response.statusCode = Number.parseInt(value, 10);
      else response.setHeader(name, value);
    }
    response.end(all.subarray(end + 4));
  });
}

/** Some systems package it apart from git. Under CI nothing is skipped. */
const lacksBackend =
  process.env['CI'] !== 'true' &&
  !existsSync(join(spawnSync('git', ['--exec-path'], { encoding: 'utf8' }).stdout.trim(), 'git-http-backend'));

test.skipIf(lacksBackend)('behind git http-backend a registry lands, and damage is refused with a reason', async () => {
  const rig = copyRig(registry);
  rig.server.git(['config', 'http.receivepack', 'true']);
  const web = createServer((request, response) => answer(rig, request, response));
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void web.close());
  const url = `http://127.0.0.1:${(web.address() as AddressInfo).port}/server`;
  const push = (...refspecs: readonly string[]): Promise<{ readonly code: number | null; readonly said: string }> =>
    new Promise((resolve) => {
      const child = spawn('git', ['push', url, ...refspecs], { cwd: rig.client.folder, env: rig.client.environment });
      let said = '';
      child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
      child.on('close', (code) => resolve({ code, said }));
    });
  expect(await push(EVERYTHING)).toMatchObject({ code: 0 });
  expect(rig.refs()).toEqual(refsOf(rig.client));
  const { code, said } = await push(
    `:${VERSION}`,
    `+refs/registry/semver/m/v1.1.0:${VERSION.replace('1.0.0', '9.0.0')}`,
  );
  expect(code).not.toBe(0);
  expect(said).toContain('(never-deleted)');
  expect(said).toContain('(not-in-log)');
  expect(rig.refs()).toEqual(refsOf(rig.client));
});

test('a repository of SHA-256 objects is judged the same way', () => {
  const own = cliRegistry({ objectFormat: 'sha256' });
  const folder = join(dirname(own.repository.folder), 'server');
  own.repository.git(['init', '--quiet', '--bare', '--object-format=sha256', folder]);
  const rig = serverBeside(own);
  own.must('register', own.bundle('a', lmBundle(1)), '--model', 'm', '--as', '1.0.0');
  own.must('register', own.bundle('b', lmBundle(2)), '--model', 'm', '--as', '1.1.0');
  expect(rig.push([EVERYTHING])).toMatchObject({ exitCode: 0 });
  expect(rig.push([`refs/registry/semver/m/v1.1.0:${VERSION}`], '--force').stderr).toContain('(write-once)');
  expect(rig.push([`:${VERSION}`]).stderr).toContain('(never-deleted)');
  expect(rig.refs()).toEqual(refsOf(rig.client));
});
