import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Sha256 } from '../../src/domain/digest.ts';
import { GitLocalPrograms } from '../../src/git/git-local-programs.ts';
import { openRepository } from '../../src/git/open-repository.ts';
import type { ProgramEnd } from '../../src/ports/local-programs.ts';
import { type TemporaryRepository, temporaryRepository } from '../support/temporary-repository.ts';

const DIGEST = 'a1'.repeat(32) as Sha256;

async function programsOf(
  repository: TemporaryRepository,
  environment = repository.environment,
  signal = new AbortController().signal,
): Promise<GitLocalPrograms> {
  return new GitLocalPrograms(await openRepository(repository.folder, environment), environment, signal);
}

function script(repository: TemporaryRepository, path: string, text: string, mode = 0o755): string {
  const file = join(repository.folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${text}\n`, { mode });
  return file;
}

async function runIn(
  repository: TemporaryRepository,
  text: string,
  { milliseconds = 600_000, input = '', signal = new AbortController().signal } = {},
): Promise<ProgramEnd> {
  const programs = await programsOf(repository, repository.environment, signal);
  const file = script(repository, 'tools/run', text);
  return programs.run({ file, input, milliseconds, environment: { REGISTRY_TO: 'production' } });
}

/** Waits until a program has written the number of a process, and returns it. */
async function writtenPid(repository: TemporaryRepository, name: string): Promise<number> {
  const path = join(repository.folder, name);
  while (!existsSync(path) || !readFileSync(path, 'utf8').endsWith('\n')) await sleep(20);
  return Number(readFileSync(path, 'utf8'));
}

/** Waits until a process is gone: the kernel tells it to end, and then it does. */
async function goneFrom(pid: number): Promise<void> {
  while (isRunning(pid)) await sleep(20);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A killed orphan stays in the table until the one that adopted it has looked.
    return !/ Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch (cause) {
    // Where there is no /proc the kernel's word counts.
    return (cause as NodeJS.ErrnoException).code !== 'ESRCH' && !existsSync('/proc/self');
  }
}

describe('a program of the user', () => {
  test('reads its input to the last byte, at the top of the work tree, with our environment and its own', async () => {
    const repository = temporaryRepository();
    const input = 'x'.repeat(300_000);
    const end = await runIn(repository, 'cat > got; printf %s "$REGISTRY_TO $HOME" > words', { input });
    expect(end).toEqual({ kind: 'exited', exitCode: 0 });
    expect(readFileSync(join(repository.folder, 'got'), 'utf8')).toBe(input);
    expect(readFileSync(join(repository.folder, 'words'), 'utf8')).toBe(`production ${repository.environment['HOME']}`);
  });

  test('need not read its input, and its exit code or signal is told', async () => {
    const repository = temporaryRepository();
    const input = 'x'.repeat(300_000);
    expect(await runIn(repository, 'exit 7', { input })).toEqual({ kind: 'exited', exitCode: 7 });
    expect(await runIn(repository, 'kill -TERM $$')).toEqual({ kind: 'exited', exitCode: 143 });
  });

  test('is killed when its time is over, with what it started', async () => {
    const repository = temporaryRepository();
    // Its time is over when we say so: by then it has begun, however slow the machine.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const ended = runIn(repository, 'sleep 300 & echo $! > child; wait', { milliseconds: 1500 });
    const child = await writtenPid(repository, 'child');
    vi.advanceTimersByTime(1499);
    expect(isRunning(child)).toBe(true);
    vi.advanceTimersByTime(1);
    expect(await ended).toEqual({ kind: 'timed-out' });
    await goneFrom(child);
  });

  test('is killed when we are interrupted', async () => {
    const repository = temporaryRepository();
    const interruption = new AbortController();
    const ended = runIn(repository, 'echo $$ > me; sleep 300', { signal: interruption.signal });
    await writtenPid(repository, 'me');
    interruption.abort();
    expect(await ended).toEqual({ kind: 'exited', exitCode: 137 });
  });

  test('may leave something running in the background', async () => {
    const repository = temporaryRepository();
    const end = await runIn(repository, 'sleep 300 & echo $! > child');
    expect(end).toEqual({ kind: 'exited', exitCode: 0 });
    process.kill(await writtenPid(repository, 'child'));
  });

  test.each([
    ['absent', () => undefined],
    ['a folder', (file: string) => void mkdirSync(file)],
    ['not executable', (file: string) => writeFileSync(file, '#!/bin/sh\n', { mode: 0o644 })],
    ['without its interpreter', (file: string) => writeFileSync(file, '#!/no/such/shell\n', { mode: 0o755 })],
  ])('that is %s is not started', async (_, make) => {
    const repository = temporaryRepository();
    const file = join(repository.folder, 'program');
    make(file);
    const call = { file, input: '', environment: {}, milliseconds: 5000 };
    expect(await (await programsOf(repository)).run(call)).toMatchObject({ kind: 'not-started' });
  });
});

describe('registry.allowExec', () => {
  test('counts where this repository itself says so, any number of times', async () => {
    const repository = temporaryRepository();
    expect(await (await programsOf(repository)).isAllowed(DIGEST)).toBe(false);
    repository.git(['config', '--local', '--add', 'registry.allowExec', 'b2'.repeat(32)]);
    repository.git(['config', '--local', '--add', 'registry.allowExec', DIGEST]);
    repository.git(['config', '--local', '--add', 'registry.allowExec', 'c3'.repeat(32)]);
    expect(await (await programsOf(repository)).isAllowed(DIGEST)).toBe(true);
    expect(await (await programsOf(repository)).isAllowed(DIGEST.slice(0, 12) as Sha256)).toBe(false);
  });

  test('is ignored from the environment, from an included file and from the configuration of the user', async () => {
    const repository = temporaryRepository();
    const file = join(dirname(repository.folder), 'included');
    writeFileSync(file, `[registry]\n\tallowExec = ${DIGEST}\n`);
    repository.git(['config', '--local', 'include.path', file]);
    const environment = {
      ...repository.environment,
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'registry.allowExec',
      GIT_CONFIG_VALUE_0: DIGEST,
      GIT_CONFIG_PARAMETERS: `'registry.allowExec'='${DIGEST}'`,
      GIT_CONFIG_GLOBAL: file,
      GIT_CONFIG: file,
    };
    expect(repository.git(['config', '--get-all', 'registry.allowExec'])).toContain(DIGEST);
    expect(await (await programsOf(repository, environment)).isAllowed(DIGEST)).toBe(false);
  });
});

describe('where programs are', () => {
  test('hooks are where git looks for them', async () => {
    const repository = temporaryRepository();
    expect(await (await programsOf(repository)).findHook('h')).toBeUndefined();
    const own = script(repository, '.git/hooks/h', 'true');
    expect(await (await programsOf(repository)).findHook('h')).toBe(own);
    repository.git(['config', 'core.hooksPath', 'team/hooks']);
    expect(await (await programsOf(repository)).findHook('h')).toBeUndefined();
    const team = script(repository, 'team/hooks/h', 'true');
    expect(await (await programsOf(repository)).findHook('h')).toBe(team);
    repository.git(['config', 'core.hooksPath', '/dev/null']);
    expect(await (await programsOf(repository)).findHook('h')).toBeUndefined();
  });

  test('commands are below the top of the work tree, and a bare repository has none', async () => {
    const repository = temporaryRepository();
    const programs = await programsOf(repository);
    expect(programs.locate('./deploy/run.sh')).toBe(join(repository.folder, 'deploy/run.sh'));
    for (const path of ['/bin/sh', '../run.sh', 'a/../../run.sh', 'a\\..\\run.sh'])
      expect(programs.locate(path), path).toBeUndefined();
    expect((await programsOf(temporaryRepository({ bare: true }))).locate('run.sh')).toBeUndefined();
  });
});
