import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { FileLock } from '../../src/git/file-lock.ts';
import { breakLock, type LockHolder, readLock, takeLock } from '../../src/git/lock-file.ts';
import { fateOf, ownProcess } from '../../src/git/process-identity.ts';
import { startBeside } from '../support/side-process.ts';
import { temporaryFolder } from '../support/temporary-repository.ts';
import { bundleScript, endOfScript, startScript } from './script.ts';

const pathOf = (commonDir: string, name: string): string => join(commonDir, 'registry', 'locks', `${name}.lock`);
const filesOf = (commonDir: string): readonly string[] => readdirSync(join(commonDir, 'registry', 'locks'));

/** Writes a lock file as another process would have. */
function plant(commonDir: string, holder: Partial<LockHolder> | string, idleMs = 0): string {
  const path = pathOf(commonDir, 'm');
  mkdirSync(join(commonDir, 'registry', 'locks'), { recursive: true });
  const whole = { ...ownProcess(), token: 'planted', at: 0 };
  writeFileSync(path, typeof holder === 'string' ? holder : JSON.stringify({ ...whole, ...holder }));
  const then = new Date(Date.now() - idleMs);
  utimesSync(path, then, then);
  return path;
}

/** The number of a process that has ended. */
function endedProcess(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}

describe('hold', () => {
  test('runs one piece of work at a time, and hands on what comes of it', async () => {
    const commonDir = temporaryFolder();
    const lock = new FileLock(commonDir);
    let [inside, most] = [0, 0];
    const results = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        lock.hold('m', async () => {
          inside += 1;
          most = Math.max(most, inside);
          await sleep(2);
          inside -= 1;
          return index;
        }),
      ),
    );
    expect(most).toBe(1);
    expect(results).toEqual(Array.from({ length: 12 }, (_, index) => index));
    expect(filesOf(commonDir)).toEqual([]);
  });

  test('lets different names go on side by side', async () => {
    const lock = new FileLock(temporaryFolder(), 0);
    const inner = (): Promise<string> => lock.hold('b', async () => 'both');
    expect(await lock.hold('a', inner)).toBe('both');
  });

  test('is over when the work throws', async () => {
    const commonDir = temporaryFolder();
    const lock = new FileLock(commonDir, 0);
    const failing = lock.hold('m', () => Promise.reject(new Error('the work has failed')));
    await expect(failing).rejects.toThrow('the work has failed');
    expect(await lock.hold('m', async () => 'free')).toBe('free');
  });

  test.each(['namespace/model', 'größe 100%', '../../etc/passwd', '.', 'x'.repeat(500), ''])(
    'takes %j for a name',
    async (name) => {
      const commonDir = temporaryFolder();
      const lock = new FileLock(commonDir, 0);
      await lock.hold(name, async () => {
        expect(filesOf(commonDir).length).toBe(1);
        await expect(lock.hold(name, async () => 'twice')).rejects.toMatchObject({ code: 'locked' });
        expect(await lock.hold(`${name}x`, async () => 'another')).toBe('another');
      });
      expect(filesOf(commonDir)).toEqual([]);
    },
  );

  test('gives up after its patience, and names the holder', async () => {
    const commonDir = temporaryFolder();
    const path = plant(commonDir, { at: Date.UTC(2026, 0, 1) });
    const failure = new FileLock(commonDir, 20).hold('m', async () => 'never');
    await expect(failure).rejects.toMatchObject({
      code: 'locked',
      data: { name: 'm', path, holder: { pid: process.pid, token: 'planted' } },
    });
    expect(readFileSync(path, 'utf8')).toContain('planted');
  });

  test('waits on where the lock goes from hand to hand, however long that takes', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000 });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const commonDir = temporaryFolder();
    plant(commonDir, { token: 'holder 0' });
    const waiting = new FileLock(commonDir, 1000).hold('m', async () => 'in turn');
    waiting.catch(() => undefined);
    for (let turn = 1; turn < 5; turn += 1) {
      // Long enough to be seen; who does not look sees fewer holders, and is as patient.
      await sleep(200);
      const next = join(commonDir, 'next');
      writeFileSync(next, JSON.stringify({ ...ownProcess(), token: `holder ${turn}`, at: 0 }));
      renameSync(next, pathOf(commonDir, 'm'));
      vi.setSystemTime(1_000_000 + turn * 800);
    }
    rmSync(pathOf(commonDir, 'm'));
    expect(await waiting).toBe('in turn');
  });

  test('shows every minute that its holder lives', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const commonDir = temporaryFolder();
    const path = pathOf(commonDir, 'm');
    await new FileLock(commonDir).hold('m', async () => {
      utimesSync(path, 1, 1);
      // File systems keep times to the second at worst.
      const before = Date.now() - 1000;
      vi.advanceTimersByTime(60_000);
      expect(statSync(path).mtimeMs).toBeGreaterThanOrEqual(before);
    });
    expect(vi.getTimerCount()).toBe(0);
  });

  test('keeps a repository shared that a group shares', async () => {
    const commonDir = temporaryFolder();
    chmodSync(commonDir, 0o2775);
    await new FileLock(commonDir).hold('m', async () => undefined);
    for (const folder of ['registry', 'registry/locks'])
      expect(statSync(join(commonDir, folder)).mode & 0o7777).toBe(0o2775);
  });

  test('says so when no file can be made', async () => {
    const commonDir = temporaryFolder();
    writeFileSync(join(commonDir, 'registry'), 'in the way');
    await expect(new FileLock(commonDir).hold('m', async () => 'never')).rejects.toMatchObject({
      code: 'io',
      data: { errno: 'ENOTDIR' },
    });
  });
});

describe('a lock that is left behind', () => {
  test.each<[string, () => Partial<LockHolder> | string, number]>([
    ['by a process that has ended', () => ({ pid: endedProcess() }), 0],
    ['by a process whose number another has now', () => ({ pid: process.ppid, started: 'another time' }), 0],
    ['before the machine was started anew', () => ({ boot: 'another boot' }), 0],
    ['on another machine, long ago', () => ({ host: 'elsewhere' }), 601_000],
    ['in another container, long ago', () => ({ space: 'pid:[1]' }), 601_000],
    ['torn, long ago', () => '{"pid":', 601_000],
    ['empty, long ago', () => '', 601_000],
  ])('%s is broken', async (_how, holder, idle) => {
    const commonDir = temporaryFolder();
    plant(commonDir, holder(), idle);
    expect(await new FileLock(commonDir, 0).hold('m', async () => filesOf(commonDir))).toEqual(['m.lock']);
    expect(filesOf(commonDir)).toEqual([]);
  });

  test.each<[string, Partial<LockHolder> | string, number]>([
    ['this process holds, however long', {}, 10_000_000],
    ['another machine may hold', { host: 'elsewhere' }, 500_000],
    ['another container may hold', { space: 'pid:[1]' }, 500_000],
    ['nobody knows who holds', 'not JSON', 500_000],
  ])('%s is respected', async (_how, holder, idle) => {
    const commonDir = temporaryFolder();
    plant(commonDir, holder, idle);
    await expect(new FileLock(commonDir, 0).hold('m', async () => 'never')).rejects.toMatchObject({ code: 'locked' });
  });

  test('by a process that was killed with -9 is broken at once', async () => {
    const commonDir = temporaryFolder();
    const child = startScript(bundleScript('hold-lock', temporaryFolder()), [commonDir, 'm'], {
      PATH: process.env['PATH'] ?? '',
    });
    const end = endOfScript(child);
    await new Promise((resolve) => child.stdout?.once('data', resolve));
    await expect(new FileLock(commonDir, 0).hold('m', async () => 'never')).rejects.toMatchObject({
      code: 'locked',
      data: { holder: { pid: child.pid } },
    });
    child.kill('SIGKILL');
    await end;
    expect(existsSync(pathOf(commonDir, 'm'))).toBe(true);
    expect(await new FileLock(commonDir, 0).hold('m', async () => 'mine')).toBe('mine');
  });

  test('is none after process.exit in the middle of the work', async () => {
    const commonDir = temporaryFolder();
    const child = startScript(bundleScript('hold-lock', temporaryFolder()), [commonDir, 'm', 'exit'], {
      PATH: process.env['PATH'] ?? '',
    });
    expect((await endOfScript(child)).exitCode).toBe(7);
    expect(filesOf(commonDir)).toEqual([]);
  });

  test('is given back to who took it in the meantime', () => {
    const commonDir = temporaryFolder();
    const path = plant(commonDir, { pid: endedProcess() });
    const stale = readLock(path, Date.now());
    if (stale === undefined) throw new Error('no lock');
    breakLock(path, stale, 'first');
    const quick: LockHolder = { ...ownProcess(), token: 'quick', at: 1 };
    expect(takeLock(path, quick)).toBe(true);
    // A second process judged the old lock before it was broken, and acts only now.
    breakLock(path, stale, 'second');
    expect(readLock(path, Date.now())?.holder).toEqual(quick);
    expect(filesOf(commonDir)).toEqual(['m.lock']);
  });
});

test('a lock that takes the place of a stale one while it is read is not judged by the silence of that one', async () => {
  const commonDir = temporaryFolder();
  const path = plant(commonDir, { host: 'elsewhere', token: 'new' });
  const holder = readFileSync(path, 'utf8');
  const swap = `const [path, holder] = ${JSON.stringify([path, holder])};
    for (let round = 0; ; round += 1) {
      fs.writeFileSync(path + '.next', round % 2 ? holder : holder.replace('new', 'old'));
      if (round % 2 === 0) fs.utimesSync(path + '.next', 1, 1);
      fs.renameSync(path + '.next', path);
    }`;
  startBeside(swap);
  const found = (): boolean | undefined => {
    const lock = readLock(path, Date.now());
    return lock && (lock.holder?.token === 'old') === lock.idle > 600_000;
  };
  while (readLock(path, 0)?.holder?.token !== 'old') await sleep(1);
  expect(new Set(Array.from({ length: 20_000 }, found))).toEqual(new Set([true]));
});

test('a process is alive to itself, and its parent is too', () => {
  expect(fateOf(ownProcess())).toBe('alive');
  expect(fateOf({ ...ownProcess(), pid: endedProcess() })).toBe('gone');
});

test('a process that the system hides from other users may be alive', () => {
  const hidden = temporaryFolder();
  expect(fateOf({ ...ownProcess(), started: '1' }, hidden)).toBe('unknown');
  expect(fateOf({ ...ownProcess(), pid: endedProcess() }, hidden)).toBe('gone');
});
