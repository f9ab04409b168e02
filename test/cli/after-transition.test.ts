/** What a move triggers: git's hook and the command of registry.yaml, run by the built program. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sha256Of } from '../../src/domain/digest.ts';
import { runCli } from '../support/cli.ts';
import { type CliRegistry, cliRegistry } from '../support/cli-registry.ts';
import { lmBundle } from '../support/registry-rig.ts';

const HOOK = '.git/hooks/registry-post-transition';
/** Keeps what it gets, and talks on both streams. */
const RECORDER = `#!/bin/sh
cat > "$0.event"
env | grep ^REGISTRY_ | sort > "$0.env"
echo heard
echo heard too >&2
`;

function write(registry: CliRegistry, path: string, text: string, mode = 0o755): void {
  const file = join(registry.repository.folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, mode);
}

function read(registry: CliRegistry, path: string): string {
  return readFileSync(join(registry.repository.folder, path), 'utf8');
}

/** Two versions, the first one in production. */
function withTwo(): CliRegistry {
  const registry = cliRegistry();
  for (const seed of [1, 2])
    registry.must('register', registry.bundle(`b${seed}`, lmBundle(seed)), '--model', 'm', '--as', `1.${seed}.0`);
  registry.must('promote', 'm@v1.1.0', '--to', 'production');
  return registry;
}

function allow(registry: CliRegistry): void {
  const { folder } = registry.repository;
  registry.repository.git([
    ...['config', '--local', '--add', 'registry.allowExec'],
    sha256Of(readFileSync(join(folder, 'registry.yaml'))),
  ]);
}

describe('the hook registry-post-transition', () => {
  test('gets the event of every kind of move, and no other event', () => {
    const registry = withTwo();
    write(registry, HOOK, RECORDER);
    const steps: readonly (readonly string[])[] = [
      ['promote', 'm@v1.2.0', '--to', 'production'],
      ['rollback', 'm', '--reason', 'answers with goed'],
      ['demote', 'm@production', '--to', 'staging'],
      ['archive', 'm@staging'],
    ];
    for (const step of steps) {
      const ran = registry.must(...step);
      const event = registry.newestEvent('m');
      expect(ran).toMatchObject({
        event: event['id'],
        published: null,
        afterTransition: [{ kind: 'hook', name: 'registry-post-transition', outcome: 'done', exitCode: 0 }],
      });
      const line = read(registry, `${HOOK}.event`);
      expect(JSON.parse(line)).toEqual(event);
      expect(registry.must('history', 'm', '--at', sha256Of(line.trimEnd()))).toEqual(registry.must('history', 'm'));
    }
    const last = read(registry, `${HOOK}.event`);
    registry.must('annotate', 'm@v1.1.0', 'a=b');
    registry.must('promote', 'm@v1.1.0', '--as', '1.1.1');
    registry.must('promote', 'm@v1.1.0', '--to', 'production', '--dry-run');
    registry.must('archive', 'm@v1.1.0');
    expect(read(registry, `${HOOK}.event`)).toBe(last);
  });

  test('finds the move in its environment too; what it prints goes to stderr', () => {
    const registry = withTwo();
    write(registry, HOOK, RECORDER);
    const { repository } = registry;
    const options = { cwd: repository.folder, env: repository.environment };
    const { stdout, stderr } = runCli(['promote', 'm@v1.2.0', '--to', 'production'], options);
    expect(stdout).toMatch(/^m production: v1\.2\.0 .*\n$/);
    expect(stderr.split('\n').sort()).toEqual(['', 'heard', 'heard too']);
    const event = registry.newestEvent('m');
    expect(read(registry, `${HOOK}.env`).trimEnd().split('\n')).toEqual([
      'REGISTRY_CAUSE=promote',
      `REGISTRY_EVENT=${event['id']}`,
      'REGISTRY_FROM=',
      'REGISTRY_MODEL=m',
      'REGISTRY_PUBLISHED=false',
      `REGISTRY_REPLACED=${event['replaced']}`,
      `REGISTRY_SHA256=${event['sha256']}`,
      'REGISTRY_TO=production',
      'REGISTRY_VERSION=v1.2.0',
    ]);
  });

  test('that fails, or cannot be started, is reported; the move stands and the exit code is that of the move', () => {
    const registry = withTwo();
    write(registry, HOOK, '#!/bin/sh\nexit 3\n');
    const failed = registry.run('promote', 'm@v1.2.0', '--to', 'production');
    expect(failed).toMatchObject({ exitCode: 0, document: { afterTransition: [{ outcome: 'failed', exitCode: 3 }] } });
    expect(failed.stderr).toContain('registry-post-transition: exit 3; the move stands\n');
    chmodSync(join(registry.repository.folder, HOOK), 0o644);
    const ignored = registry.run('rollback', 'm');
    expect(ignored).toMatchObject({ exitCode: 0, document: { afterTransition: [{ outcome: 'not-started' }] } });
    expect(ignored.stderr).toContain('it is not executable');
    expect(registry.must('resolve', 'm@production')['version']).toBe('v1.1.0');
  });

  test('is not run for a move that somebody else was faster than: publishing found it void', () => {
    const registry = withTwo();
    const { folder, git } = registry.repository;
    git(['init', '--quiet', '--bare', '../remote.git']);
    git(['remote', 'add', 'origin', '../remote.git']);
    registry.must('push');
    git(['clone', '--quiet', '../remote.git', '../other']);
    const other = join(dirname(folder), 'other');
    registry.runIn({ cwd: other }, 'pull');
    const theirs = registry.runIn({ cwd: other }, 'archive', 'm@production', '--push');
    expect(theirs.document).toMatchObject({ published: true });
    write(registry, HOOK, RECORDER);
    const ours = registry.run('promote', 'm@v1.2.0', '--to', 'production', '--push');
    expect(ours).toMatchObject({ exitCode: 3, document: { published: false, afterTransition: [] } });
    const again = registry.run('promote', 'm@v1.2.0', '--to', 'production', '--push');
    expect(again).toMatchObject({ exitCode: 0, document: { published: true, afterTransition: [{ outcome: 'done' }] } });
    expect(read(registry, `${HOOK}.env`)).toContain('REGISTRY_PUBLISHED=true\n');
  });
});

test('a move that publishing put behind events of others is told as the log has it then', () => {
  const registry = withTwo();
  const { folder, git } = registry.repository;
  git(['init', '--quiet', '--bare', '../remote.git']);
  git(['remote', 'add', 'origin', '../remote.git']);
  registry.must('push');
  git(['clone', '--quiet', '../remote.git', '../other']);
  const other = join(dirname(folder), 'other');
  registry.runIn({ cwd: other }, 'pull');
  registry.runIn({ cwd: other }, 'annotate', 'm@v1.1.0', 'a=b', '--push');
  write(registry, HOOK, RECORDER);
  const moved = registry.must('promote', 'm@v1.2.0', '--to', 'production', '--push');
  const event = registry.newestEvent('m');
  expect(event).toMatchObject({ id: moved['event'], seq: 5 });
  expect(JSON.parse(read(registry, `${HOOK}.event`))).toEqual(event);
});

describe('after_transition of registry.yaml', () => {
  test('runs only where this repository allows exactly these bytes, and says how', () => {
    const registry = withTwo();
    write(registry, 'ops/deploy.sh', RECORDER);
    write(registry, 'registry.yaml', 'after_transition:\n  production: ./ops/deploy.sh\n', 0o644);
    const digest = sha256Of(read(registry, 'registry.yaml'));
    const refused = registry.run('promote', 'm@v1.2.0', '--to', 'production');
    const command = { kind: 'command', name: './ops/deploy.sh' };
    expect(refused.document['afterTransition']).toEqual([
      { ...command, outcome: 'not-allowed', exitCode: null, detail: digest },
    ]);
    expect(refused.stderr).toContain(`git config --local --add registry.allowExec ${digest}\n`);
    const users = join(dirname(registry.repository.folder), 'users-config');
    writeFileSync(users, `[registry]\n\tallowExec = ${digest}\n`);
    const again = registry.runIn({ env: { GIT_CONFIG_GLOBAL: users } }, 'rollback', 'm');
    expect(again.document['afterTransition']).toMatchObject([{ outcome: 'not-allowed' }]);
    allow(registry);
    registry.must('promote', 'm@v1.2.0', '--to', 'production');
    expect(JSON.parse(read(registry, 'ops/deploy.sh.event'))).toEqual(registry.newestEvent('m'));
    write(registry, 'registry.yaml', 'after_transition:\n  production: ./ops/deploy.sh # changed\n', 0o644);
    expect(registry.must('rollback', 'm')['afterTransition']).toMatchObject([{ outcome: 'not-allowed' }]);
  });

  test('runs after the hook, for its own stage only, and from anywhere in the work tree', () => {
    const registry = withTwo();
    write(registry, HOOK, '#!/bin/sh\nexit 1\n');
    write(registry, 'deploy.sh', '#!/bin/sh\npwd > where\n');
    const commands = '{ staging: deploy.sh, rollback: back.sh, constructor: no.sh }';
    write(registry, 'registry.yaml', `after_transition: ${commands}\n`, 0o644);
    allow(registry);
    const { folder } = registry.repository;
    mkdirSync(join(folder, 'deep'));
    const staged = registry.runIn({ cwd: join(folder, 'deep') }, 'promote', 'm@v1.2.0', '--to', 'staging');
    expect(staged.document['afterTransition']).toMatchObject([
      { kind: 'hook', outcome: 'failed' },
      { kind: 'command', outcome: 'done' },
    ]);
    expect(read(registry, 'where')).toBe(`${folder}\n`);
    expect(registry.must('promote', 'm@v1.2.0', '--to', 'production')['afterTransition']).toHaveLength(1);
    expect(registry.must('rollback', 'm')['afterTransition']).toMatchObject([
      { kind: 'hook' },
      { kind: 'command', name: 'back.sh', outcome: 'not-started' },
    ]);
  });

  test('is a path below the top of the work tree, without arguments', () => {
    const registry = withTwo();
    for (const [name, detail] of [
      ['/bin/true', 'expected a path from the top of the work tree'],
      ['../out.sh', 'expected a path from the top of the work tree'],
      ['deploy.sh --now', 'there is no such file'],
    ] as const) {
      write(registry, 'registry.yaml', `after_transition: { staging: "${name}" }\n`, 0o644);
      allow(registry);
      expect(registry.must('promote', 'm@v1.2.0', '--to', 'staging')['afterTransition']).toEqual([
        { kind: 'command', name, outcome: 'not-started', exitCode: null, detail },
      ]);
      registry.must('archive', 'm@v1.2.0');
    }
  });
});

describe('rollback at night', () => {
  test('says whether others see it: no remote, not published, published, and what another clone did already', () => {
    const registry = withTwo();
    registry.must('promote', 'm@v1.2.0', '--to', 'production');
    const { folder, git } = registry.repository;
    const alone = registry.run('rollback', 'm', '--dry-run');
    expect(alone).toMatchObject({ exitCode: 0, stderr: '', document: { published: null } });
    git(['init', '--quiet', '--bare', '../remote.git']);
    git(['remote', 'add', 'origin', '../remote.git']);
    registry.must('push');
    git(['clone', '--quiet', '../remote.git', '../other']);
    const other = join(dirname(folder), 'other');
    registry.runIn({ cwd: other }, 'pull');
    const local = registry.run('rollback', 'm');
    expect(local).toMatchObject({ document: { published: false } });
    expect(local.stderr).toBe('not published: git registry push\n');
    const theirs = registry.runIn({ cwd: other }, 'rollback', 'm', '--push');
    expect(theirs).toMatchObject({ exitCode: 0, document: { published: true, version: 'v1.1.0' } });
    write(registry, HOOK, RECORDER);
    registry.must('push');
    expect(registry.must('resolve', 'm@production')['version']).toBe('v1.1.0');
    expect(registry.must('history', 'm')['moves']).toHaveLength(3);
  });

  test('in a repository without a remote says so', () => {
    const registry = withTwo();
    registry.must('promote', 'm@v1.2.0', '--to', 'production');
    expect(registry.run('rollback', 'm').stderr).toBe('in this repository only: it has no remote\n');
  });

  test('that meets a slip of the fingers says what to type', () => {
    const registry = withTwo();
    registry.must('promote', 'm@v1.2.0', '--to', 'production');
    const hintOf = (...args: readonly string[]) =>
      (registry.run('rollback', ...args).document['error'] as { readonly hint: string }).hint;
    expect(hintOf('v1.1.0')).toBe('git registry rollback --to v1.1.0');
    expect(hintOf('m@v1.1.0')).toBe('git registry rollback m --to v1.1.0');
    registry.must('archive', 'm@v1.1.0');
    registry.must('archive', 'm@production');
    registry.must('rollback', 'm');
    registry.must('archive', 'm@production');
    expect(hintOf('m')).toBe('git registry rollback m --to v1.1.0');
    registry.must('rollback', 'm', '--to', 'v1.1.0');
    registry.must('model', 'create', 'other');
    expect(registry.run('rollback').document['error']).toMatchObject({
      code: 'no-default-model',
      message: expect.stringContaining(': m, other'),
    });
  });
});
