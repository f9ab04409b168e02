/** The hooks as programs: what they start, what they do where something is missing, and races. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { serverHookText } from '../../../src/operations/server-hook-text.ts';
import { LAUNCHER } from '../../support/cli.ts';
import { cliRegistryAt, sharedCliRegistry } from '../../support/cli-registry.ts';
import { lmBundle } from '../../support/registry-rig.ts';
import { copyRig, refsOf, type ServerRig, serverBeside } from '../../support/server-rig.ts';

const EVERYTHING = 'refs/registry/*:refs/registry/*';
const LOG = 'refs/registry/log/m';
const VERSION = 'refs/registry/semver/m/v1.1.0';
const both = [LOG, VERSION].map((ref) => `${ref}:${ref}`);

const registry = sharedCliRegistry();
serverBeside(registry);
registry.must('register', registry.bundle('a', lmBundle(1)), '--model', 'm', '--as', '1.0.0');
registry.repository.git(['commit', '--quiet', '--allow-empty', '-m', 'code']);
registry.repository.git(['push', '--quiet', '../server', EVERYTHING]);
registry.must('register', registry.bundle('b', lmBundle(2)), '--model', 'm', '--as', '1.1.0');

function writeHook({ server }: ServerRig, name: string, text: string): void {
  writeFileSync(join(server.folder, 'hooks', name), text, { mode: 0o755 });
}

/** Hooks whose node is a program that counts its starts. */
function countStarts(rig: ServerRig): () => number {
  const log = join(dirname(rig.server.folder), 'starts');
  const node = join(dirname(rig.server.folder), 'counting node');
  writeFileSync(node, `#!/bin/sh\necho x >> '${log}'\nexec '${process.execPath}' "$@"\n`, { mode: 0o755 });
  writeHook(rig, 'pre-receive', serverHookText('pre-receive', { node, program: LAUNCHER }));
  return () => (existsSync(log) ? readFileSync(log, 'utf8').split('\n').length - 1 : 0);
}

/** A PATH with git and what the hooks need of POSIX, and no node. */
function pathWithoutNode({ server }: ServerRig): string {
  const folder = join(dirname(server.folder), 'bin');
  mkdirSync(folder);
  for (const name of ['git', 'sh', 'cat', 'grep']) {
    const found = (process.env['PATH'] ?? '').split(':').find((path) => existsSync(join(path, name))) ?? '';
    symlinkSync(join(found, name), join(folder, name));
  }
  return folder;
}

describe('what the hooks start', () => {
  test('a push of branches starts no node; one of many views starts it once', () => {
    const rig = copyRig(registry);
    const starts = countStarts(rig);
    expect(rig.push(['HEAD:refs/heads/main', 'HEAD:refs/heads/refs/registry/x']).exitCode).toBe(0);
    expect(starts()).toBe(0);
    expect(rig.push([EVERYTHING]).exitCode).toBe(0);
    expect(starts()).toBe(1);
    expect(rig.refs().get(VERSION)).toBe(rig.client.git(['rev-parse', VERSION]));
  });

  test('without node on PATH the hooks find theirs by its absolute path', () => {
    const rig = copyRig(registry);
    rig.client.environment['PATH'] = pathWithoutNode(rig);
    expect(rig.push(both).exitCode).toBe(0);
  });

  test('where node or the program is gone, pushes to the registry are refused and say why; branches land', () => {
    for (const program of [
      { node: '/nowhere/node', program: LAUNCHER },
      { node: process.execPath, program: '/nowhere/git-registry.cjs' },
    ]) {
      const rig = copyRig(registry);
      const before = rig.refs();
      writeHook(rig, 'pre-receive', serverHookText('pre-receive', program));
      const { stderr } = rig.push(both);
      expect(stderr).toMatch(/cannot judge a push to its registry: .*\/nowhere\/.* is gone; nothing was taken/);
      expect(stderr).toContain('hint: on the server: git registry hooks install --server');
      expect(rig.refs()).toEqual(before);
      expect(rig.push(['HEAD:refs/heads/main']).exitCode).toBe(0);
    }
  });

  test('a program that fails refuses the whole push', () => {
    const rig = copyRig(registry);
    const before = rig.refs();
    const program = join(dirname(rig.server.folder), 'broken.cjs');
    writeFileSync(program, 'throw new Error("broken")');
    writeHook(rig, 'pre-receive', serverHookText('pre-receive', { node: process.execPath, program }));
    expect(rig.push([...both, 'HEAD:refs/heads/main']).exitCode).not.toBe(0);
    expect(rig.refs()).toEqual(before);
  });
});

describe('one hook without the other', () => {
  test('update alone takes nothing of a registry, and says why', () => {
    const rig = copyRig(registry);
    const before = rig.refs();
    rmSync(join(rig.server.folder, 'hooks', 'pre-receive'));
    expect(rig.push(both).stderr).toContain('pre-receive did not judge this push');
    expect(rig.refs()).toEqual(before);
    expect(rig.push(['HEAD:refs/heads/main']).exitCode).toBe(0);
  });

  for (const [what, change] of [
    ['is missing', (rig: ServerRig) => rmSync(join(rig.server.folder, 'hooks', 'update'))],
    ['is another', (rig: ServerRig) => writeHook(rig, 'update', '#!/bin/sh\nexit 0\n')],
  ] as const) {
    test(`where update ${what}, pre-receive refuses a push for one bad ref`, () => {
      const rig = copyRig(registry);
      const before = rig.refs();
      change(rig);
      const { stderr } = rig.push([`:${LOG}`, 'HEAD:refs/heads/main']);
      expect(stderr).toContain('(log-deleted)');
      expect(stderr).toContain('nothing of this push was taken');
      expect(rig.refs()).toEqual(before);
      expect(rig.push(both).exitCode).toBe(0);
    });
  }
});

test('the hooks that were there before run first, with the same input, and may refuse', () => {
  const rig = copyRig(registry);
  const seen = join(dirname(rig.server.folder), 'seen');
  writeHook(rig, 'pre-receive.before-git-registry', `#!/bin/sh\ncat >> '${seen}'\n`);
  writeHook(
    rig,
    'update.before-git-registry',
    `#!/bin/sh\necho "$@" >> '${seen}'\ncase "$1" in refs/heads/no) exit 1;; esac\n`,
  );
  const { refs } = rig.push(['HEAD:refs/heads/no', ...both]);
  expect(refs.get('refs/heads/no')).toContain('hook declined');
  expect(refs.get(LOG)).toBe('ok');
  const lines = readFileSync(seen, 'utf8').trim().split('\n');
  expect(lines.filter((line) => line.endsWith(LOG))).toHaveLength(1);
  expect(lines.filter((line) => line.startsWith(LOG))).toHaveLength(1);
  expect(lines.filter((line) => line.includes('refs/heads/no'))).toHaveLength(2);
});

describe('races', () => {
  test('a view is refused when its log lost a race after the push was judged', () => {
    const rig = copyRig(registry);
    const other = copyRig(registry);
    cliRegistryAt(other.client).must('annotate', 'm@v1.0.0', 'note=other');
    const theirs = other.client.git(['rev-parse', LOG]);
    rig.client.git(['fetch', '--quiet', other.client.folder, theirs]);
    rig.server.git(['fetch', '--quiet', rig.client.folder, theirs]);
    // Somebody else's push lands between the judging and the moving.
    writeHook(
      rig,
      'update.before-git-registry',
      `#!/bin/sh\ncase "$1" in ${LOG}) git update-ref ${LOG} ${theirs};; esac\n`,
    );
    const { refs, stderr } = rig.push(both);
    expect(refs.get(LOG)).not.toBe('ok');
    expect(refs.get(VERSION)).toContain('hook declined');
    expect(stderr).toContain(`${LOG} did not move as this push asked`);
    expect(rig.refs().has(VERSION)).toBe(false);
  });

  test('of clients that push to one log at once one wins, and no view of a loser lands', async () => {
    const rig = copyRig(registry);
    rig.server.git(['config', 'core.filesRefLockTimeout', '10000']);
    const clients = [1, 2, 3].map(() => copyRig(registry).client);
    for (const [index, client] of clients.entries())
      cliRegistryAt(client).must(
        'register',
        registry.bundle(`race-${index}`, lmBundle(50 + index)),
        '--model',
        'm',
        '--as',
        '2.0.0',
      );
    const name = 'refs/registry/semver/m/v2.0.0';
    const { spawn } = await import('node:child_process');
    const codes = await Promise.all(
      clients.map(
        (client) =>
          new Promise<number | null>((resolve) => {
            const args = ['push', '--quiet', rig.server.folder, ...[name, LOG].map((ref) => `${ref}:${ref}`)];
            spawn('git', args, { cwd: client.folder, env: client.environment, stdio: 'ignore' }).on('close', resolve);
          }),
      ),
    );
    expect(codes.filter((code) => code === 0)).toHaveLength(1);
    const winner = clients[codes.indexOf(0)];
    expect(rig.refs().get(LOG)).toBe(winner?.git(['rev-parse', LOG]));
    expect(rig.refs().get(name)).toBe(winner?.git(['rev-parse', name]));
  });
});

test('what a pusher reads holds no control characters and no overrides of direction', () => {
  const rig = copyRig(registry);
  const { stderr } = rig.push(['HEAD:refs/registry/x\u202e\u009b31m']);
  expect(stderr).toContain('\\u202e\\x9b31m');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
  expect(stderr.match(/^remote: error: refs.*$/m)?.[0]).not.toMatch(/[\u0000-\u0009\u007f-\u009f\u202e]/);
});

test('a refused log leaves the server neither objects nor a cached state of it', () => {
  const rig = copyRig(registry);
  const tip = rig.client.git(['commit-tree', 'HEAD^{tree}', '-p', LOG, '-m', 'odd']);
  rig.push([`${tip}:${LOG}`]);
  const fold = join(rig.server.folder, 'registry', 'fold');
  const kept = readdirSync(fold).map((name) => readFileSync(join(fold, name), 'utf8'));
  expect(kept.join('')).not.toContain(tip);
  expect(kept.join('')).toContain(rig.refs().get(LOG));
  expect(rig.push(both).exitCode).toBe(0);
  expect(refsOf(rig.server).get(LOG)).toBe(rig.client.git(['rev-parse', LOG]));
});

test('verdicts of pushes that ended hours ago go', () => {
  const rig = copyRig(registry);
  expect(rig.push([`${LOG}:${LOG}`]).exitCode).toBe(0);
  const verdicts = join(rig.server.folder, 'registry', 'verdicts');
  const [first = ''] = readdirSync(verdicts);
  utimesSync(join(verdicts, first), new Date(0), new Date(0));
  expect(rig.push([`${VERSION}:${VERSION}`]).exitCode).toBe(0);
  expect(readdirSync(verdicts)).not.toContain(first);
});

test('where the log on the server is damaged, its pushes are refused and say where to look; other models go on', () => {
  const rig = copyRig(registry);
  const client = cliRegistryAt(rig.client);
  client.must('register', registry.bundle('other', lmBundle(9)), '--model', 'other', '--as', '1.0.0');
  rig.client.git(['push', '--quiet', rig.server.folder, 'HEAD:refs/heads/main']);
  const stage = 'refs/registry/stage/m/production';
  rig.server.git(['update-ref', stage, 'refs/registry/semver/m/v1.0.0']);
  rig.server.git(['update-ref', LOG, 'refs/heads/main']);
  const { refs, stderr } = rig.push([`+${LOG}:${LOG}`, `:${stage}`, 'refs/registry/log/other:refs/registry/log/other']);
  expect(stderr).toContain('(log-unreadable)');
  expect(stderr).toContain('hint: on the server: git registry verify');
  expect(refs.get(LOG)).toContain('hook declined');
  expect(refs.get(stage)).toContain('hook declined');
  expect(refs.get('refs/registry/log/other')).toBe('ok');
});
