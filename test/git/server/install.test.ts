/** `hooks install --server`: what it writes, what it leaves, and that a server is protected afterwards. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { LAUNCHER, runCli } from '../../support/cli.ts';
import { cliRegistryAt, type Ran, sharedCliRegistry } from '../../support/cli-registry.ts';
import { lmBundle } from '../../support/registry-rig.ts';
import { copyRig, type ServerRig, serverBeside } from '../../support/server-rig.ts';

const EVERYTHING = 'refs/registry/*:refs/registry/*';
const VERSION = 'refs/registry/semver/m/v1.0.0';

const registry = sharedCliRegistry();
serverBeside(registry, 'without hooks');
registry.must('register', registry.bundle('a', lmBundle(1)), '--model', 'm', '--as', '1.0.0');
registry.must('register', registry.bundle('b', lmBundle(2)), '--model', 'm', '--as', '1.1.0');
registry.repository.git(['commit', '--quiet', '--allow-empty', '-m', 'code']);

function install({ server }: ServerRig, ...words: readonly string[]): Ran {
  return cliRegistryAt(server).run('hooks', 'install', '--server', ...words);
}

const hookOf = ({ server }: ServerRig, name: string): string => join(server.folder, 'hooks', name);

test('a server is protected after one command, and the command again changes nothing', () => {
  const rig = copyRig(registry);
  const { exitCode, document } = install(rig);
  expect(exitCode).toBe(0);
  expect(document['hooks']).toMatchObject([
    { hook: 'update', outcome: 'installed' },
    { hook: 'pre-receive', outcome: 'installed' },
  ]);
  const settings = {
    'receive.fsckObjects': 'true',
    'core.fsync': 'committed',
    'core.logAllRefUpdates': 'always',
    'gc.reflogExpire': 'never',
    'gc.pruneExpire': 'never',
    'receive.maxInputSize': '1g',
  };
  for (const [key, value] of Object.entries(settings)) expect(rig.server.git(['config', key])).toBe(value);
  for (const name of ['update', 'pre-receive']) {
    const text = readFileSync(hookOf(rig, name), 'utf8');
    if (name === 'pre-receive') for (const path of [process.execPath, LAUNCHER]) expect(text).toContain(path);
  }
  expect(rig.push([EVERYTHING, 'HEAD:refs/heads/main']).exitCode).toBe(0);
  expect(rig.push([`:${VERSION}`]).stderr).toContain('(never-deleted)');
  expect(rig.server.git(['reflog', 'exists', VERSION])).toBe('');
  const again = install(rig).document;
  expect(again['settings']).toEqual([]);
  expect(again['kept']).toEqual([]);
  expect(again['hooks']).toMatchObject([{ outcome: 'unchanged' }, { outcome: 'unchanged' }]);
});

test('settings that are others already stay and are named', () => {
  const rig = copyRig(registry);
  rig.server.git(['config', 'receive.fsckObjects', 'false']);
  rig.server.git(['config', 'receive.advertiseAtomic', 'false']);
  rig.server.git(['config', 'receive.maxInputSize', '2g']);
  const { document } = install(rig);
  expect(document['kept']).toEqual([
    { key: 'receive.fsckObjects', value: 'false', advised: 'true' },
    { key: 'receive.advertiseAtomic', value: 'false', advised: 'true' },
  ]);
  expect(rig.server.git(['config', 'receive.maxInputSize'])).toBe('2g');
  expect(rig.server.git(['config', 'receive.fsckObjects'])).toBe('false');
});

test('the largest push can be set, and a larger one is refused', () => {
  const rig = copyRig(registry);
  expect(install(rig, '--max-input-size', 'lots').code).toBe('usage');
  expect(install(rig, '--max-input-size', '20k').document['settings']).toContainEqual({
    key: 'receive.maxInputSize',
    value: '20k',
  });
  expect(rig.push([EVERYTHING]).exitCode).toBe(0);
  const noise = Buffer.concat(
    Array.from({ length: 1000 }, (_, index) => createHash('sha256').update(`${index}`).digest()),
  );
  const blob = rig.client.git(['hash-object', '-w', '--stdin'], noise);
  rig.client.git(['update-index', '--add', '--cacheinfo', `100644,${blob},noise`]);
  rig.client.git(['commit', '--quiet', '-m', 'large']);
  expect(rig.push(['HEAD:refs/heads/main']).stderr).toMatch(/exceeds maximum allowed size/);
});

test('hooks that are there run first, and come back when ours go', () => {
  const rig = copyRig(registry);
  mkdirSync(join(rig.server.folder, 'hooks'), { recursive: true });
  const text = '#!/bin/sh\nprintf seen > seen\n';
  writeFileSync(hookOf(rig, 'update'), text, { mode: 0o755 });
  expect(install(rig).document['hooks']).toMatchObject([{ outcome: 'chained' }, { outcome: 'installed' }]);
  expect(rig.push([EVERYTHING]).exitCode).toBe(0);
  expect(existsSync(join(rig.server.folder, 'seen'))).toBe(true);
  const gone = cliRegistryAt(rig.server).must('hooks', 'uninstall', '--server');
  expect(gone['hooks']).toMatchObject([
    { hook: 'pre-receive', outcome: 'removed' },
    { hook: 'update', outcome: 'restored' },
  ]);
  expect(readFileSync(hookOf(rig, 'update'), 'utf8')).toBe(text);
  expect(readdirSync(join(rig.server.folder, 'hooks')).filter((name) => !name.endsWith('.sample'))).toEqual(['update']);
});

test("a folder of hooks that is this repository's own is used, one for all repositories is not", () => {
  const rig = copyRig(registry);
  rig.server.git(['config', 'core.hooksPath', 'own']);
  expect(install(rig).exitCode).toBe(0);
  rig.push([EVERYTHING]);
  expect(rig.push([`:${VERSION}`]).stderr).toContain('(never-deleted)');
  const other = copyRig(registry);
  const config = join(dirname(other.server.folder), 'config');
  writeFileSync(config, '[core]\n\thooksPath = /etc/hooks\n');
  other.server.environment['GIT_CONFIG_GLOBAL'] = config;
  expect(install(other).code).toBe('hooks-managed');
});

test('a repository with a work tree is refused', () => {
  const rig = copyRig(registry);
  expect(cliRegistryAt(rig.client).run('hooks', 'install', '--server').code).toBe('usage');
  expect(cliRegistryAt(rig.client).run('hooks', 'install', '--print').code).toBe('usage');
});

test('the printed hook refuses damage alone, in a folder that is run by another program', () => {
  const rig = copyRig(registry);
  const { stdout } = runCli(['hooks', 'install', '--server', '--print'], { cwd: '/', env: rig.client.environment });
  const folder = hookOf(rig, 'pre-receive.d');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'registry'), stdout, { mode: 0o755 });
  // What forges run in place of a hook: every program of a folder, each with the same input.
  const runner =
    '#!/bin/sh\ninput=$(cat)\nfor hook in "$0".d/*; do printf "%s\\n" "$input" | "$hook" || exit 1; done\n';
  writeFileSync(hookOf(rig, 'pre-receive'), runner, { mode: 0o755 });
  expect(rig.push([EVERYTHING, 'HEAD:refs/heads/main']).exitCode).toBe(0);
  const before = rig.refs();
  const { stderr } = rig.push([`:${VERSION}`, 'HEAD:refs/heads/other']);
  expect(stderr).toContain('(never-deleted)');
  expect(stderr).toContain('nothing of this push was taken');
  expect(rig.refs()).toEqual(before);
  expect(rig.push(['HEAD:refs/heads/other']).exitCode).toBe(0);
});
