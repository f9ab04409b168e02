import { expect, test } from 'vitest';
import { temporaryFolder, temporaryRepository } from '../support/temporary-repository.ts';
import { bundleScript, endOfScript, startScript } from './script.ts';

const WRITERS = 20;
const EVENTS = 5;

test.each(['no-lock', 'lock'])(
  '%s: twenty processes append to one log, and no event is lost',
  async (locking) => {
    const repository = temporaryRepository();
    const script = bundleScript('append-events', temporaryFolder());
    const children = Array.from({ length: WRITERS }, (_, index) => {
      return startScript(
        script,
        [repository.folder, `writer-${index}`, String(EVENTS), locking],
        repository.environment,
      );
    });
    const ends = await Promise.all(children.map(endOfScript));
    expect(ends.map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual(ends.map(() => [0, '']));
    const subjects = repository
      .git(['log', '--first-parent', '--format=%s', 'refs/registry/log/contended'])
      .split('\n');
    const expected = Array.from(
      { length: WRITERS * EVENTS },
      (_, index) => `writer-${Math.floor(index / EVENTS)} ${index % EVENTS}`,
    );
    expect(subjects.sort()).toEqual(expected.sort());
    const retries = ends.reduce((sum, { stdout }) => sum + Number(stdout), 0);
    if (locking === 'lock') expect(retries).toBe(0);
    expect(repository.tryGit(['fsck', '--strict', '--no-dangling']).exitCode).toBe(0);
  },
  300_000,
);
