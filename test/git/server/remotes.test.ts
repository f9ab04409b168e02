/** The same hooks behind a web server (git http-backend), and in a repository of SHA-256 objects. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { cliRegistry, sharedCliRegistry } from '../../support/cli-registry.ts';
import { httpGitServer } from '../../support/http-git-server.ts';
import { lmBundle } from '../../support/registry-rig.ts';
import { copyRig, refsOf, serverBeside } from '../../support/server-rig.ts';

const EVERYTHING = 'refs/registry/*:refs/registry/*';
const VERSION = 'refs/registry/semver/m/v1.0.0';

const registry = sharedCliRegistry();
serverBeside(registry);
registry.must('register', registry.bundle('a', lmBundle(1)), '--model', 'm', '--as', '1.0.0');
registry.must('register', registry.bundle('b', lmBundle(2)), '--model', 'm', '--as', '1.1.0');

/** Some systems package it apart from git. Under CI nothing is skipped. */
const lacksBackend =
  process.env['CI'] !== 'true' &&
  !existsSync(join(spawnSync('git', ['--exec-path'], { encoding: 'utf8' }).stdout.trim(), 'git-http-backend'));

test.skipIf(lacksBackend)('behind git http-backend a registry lands, and damage is refused with a reason', async () => {
  const rig = copyRig(registry);
  rig.server.git(['config', 'http.receivepack', 'true']);
  const url = (await httpGitServer(dirname(rig.server.folder), rig.client.environment)).url('server');
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
