/** What only a process of its own can show: signals, a reader that leaves, a full disk, a folder that is gone. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { VERSION_LINE } from '../../src/cli/version.ts';
import { LAUNCHER, runCli } from '../support/cli.ts';
import { temporaryRepository } from '../support/temporary-repository.ts';

describe('the program as a process', () => {
  test('prints its version the short way and the long way alike', () => {
    const { folder, environment } = temporaryRepository();
    const short = runCli(['--version'], { cwd: folder, env: environment });
    expect(short).toEqual({ exitCode: 0, stdout: `${VERSION_LINE}\n`, stderr: '' });
    expect(runCli(['-q', '--version'], { cwd: folder, env: environment })).toEqual(short);
  });

  test('works as a git command', () => {
    const { folder, environment } = temporaryRepository();
    const bin = join(folder, '../bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'git-registry'), `#!/bin/sh\nexec '${process.execPath}' '${LAUNCHER}' "$@"\n`, {
      mode: 0o755,
    });
    const env = { ...environment, PATH: `${bin}${delimiter}${environment['PATH']}` };
    const { stdout, status } = spawnSync('git', ['registry', '--version'], { cwd: folder, env, encoding: 'utf8' });
    expect({ stdout, status }).toEqual({ stdout: `${VERSION_LINE}\n`, status: 0 });
  });

  test.each([['help'], ['help', '--json'], ['--version']])(
    'takes no harm from a reader that leaves: %s',
    async (...words) => {
      const { folder, environment } = temporaryRepository();
      const child = spawn(process.execPath, [LAUNCHER, ...words], {
        cwd: folder,
        env: environment,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child.stdout.destroy();
      const errors: Buffer[] = [];
      child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
      const exitCode = await new Promise((resolve) => child.once('close', resolve));
      expect({ exitCode, errors: Buffer.concat(errors).toString() }).toEqual({ exitCode: 0, errors: '' });
    },
  );

  test
    .skipIf(!existsSync('/dev/full') && process.env['CI'] !== 'true')
    .each([['help'], ['help', '--json'], ['--version']])(
    'says so when its output cannot be written: %s',
    (...words) => {
      const { folder, environment } = temporaryRepository();
      const full = openSync('/dev/full', 'w');
      const { status, stderr } = spawnSync(process.execPath, [LAUNCHER, ...words], {
        cwd: folder,
        env: environment,
        stdio: ['ignore', full, 'pipe'],
        encoding: 'utf8',
      });
      expect(status).toBe(4);
      expect(stderr).toMatch(/^error: standard output: .*ENOSPC/);
    },
  );

  test('says that the current folder is gone', () => {
    const { folder, environment } = temporaryRepository();
    const { status, stderr } = spawnSync(
      'sh',
      ['-c', 'rm -rf "$PWD"; exec "$@"', 'sh', process.execPath, LAUNCHER, 'help'],
      { cwd: folder, env: environment, encoding: 'utf8' },
    );
    rmSync(folder, { recursive: true, force: true });
    expect({ status, stderr }).toEqual({ status: 4, stderr: 'error: the current folder is gone\n' });
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('ends on %s, also while git works, with exit code %i and not a word', async (signal, expected) => {
    const { folder, environment } = temporaryRepository();
    const [bin, begun] = [join(folder, '../bin'), join(folder, '../begun')];
    mkdirSync(bin);
    writeFileSync(join(bin, 'git'), `#!/bin/sh\n: > '${begun}'\nexec sleep 60\n`, { mode: 0o755 });
    const env = { ...environment, PATH: `${bin}${delimiter}${environment['PATH']}` };
    // A group of its own, to which a terminal would send the signal.
    const child = spawn(process.execPath, [LAUNCHER, 'model', 'create', 'm'], {
      cwd: folder,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const printed: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => printed.push(chunk));
    const ended = new Promise((resolve) => child.once('close', (code, by) => resolve({ code, by })));
    while (!existsSync(begun)) await sleep(20);
    process.kill(-(child.pid ?? 0), signal);
    expect(await ended).toEqual({ code: expected, by: null });
    expect(Buffer.concat(printed).toString()).toBe('');
  });
});
