/** Clones that race for one remote, each command a process of its own: all arrive, one wins, nothing is lost (format §7). */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type CliResult, startCli } from '../support/cli.ts';
import { gitEnvironment } from '../support/git-env.ts';
import { writeBundle } from '../support/registry-rig.ts';
import { eventsIn } from '../support/sync-rig.ts';
import { repositoryAt, type TemporaryRepository, temporaryFolder } from '../support/temporary-repository.ts';

interface Race {
  readonly remote: TemporaryRepository;
  readonly clones: readonly TemporaryRepository[];
  readonly bundles: string;
}

function race(clones: number): Race {
  const root = temporaryFolder();
  const folder = (name: string): string => {
    mkdirSync(join(root, name));
    return join(root, name);
  };
  const home = folder('home');
  const remote = repositoryAt(folder('remote.git'), join(root, 'remote.git'), gitEnvironment(home));
  remote.git(['init', '--quiet', '--bare']);
  const made = Array.from({ length: clones }, (_, index) => {
    const person = `clone-${index}`;
    const who = { NAME: person, EMAIL: `${person}@example.org` };
    const names = Object.entries(who).flatMap(([key, value]) => [
      [`GIT_AUTHOR_${key}`, value],
      [`GIT_COMMITTER_${key}`, value],
    ]);
    const path = folder(person);
    const clone = repositoryAt(path, join(path, '.git'), { ...gitEnvironment(home), ...Object.fromEntries(names) });
    clone.git(['init', '--quiet']);
    clone.git(['remote', 'add', 'origin', remote.folder]);
    return clone;
  });
  return { remote, clones: made, bundles: join(root, 'bundles') };
}

function run(clone: TemporaryRepository, ...args: readonly string[]): Promise<CliResult> {
  return startCli(args, { cwd: clone.folder, env: clone.environment });
}

/** A push that kept losing says so (75), and is asked again, as a pipeline would. What a run was told counts. */
async function pushUntilDone(clone: TemporaryRepository): Promise<CliResult> {
  const told: CliResult[] = [];
  for (;;) {
    const result = await run(clone, 'push');
    told.push(result);
    if (result.exitCode === 75) continue;
    const stderr = told.map((one) => one.stderr).join('');
    return { ...result, exitCode: /^version-taken:/m.test(stderr) ? 3 : result.exitCode, stderr };
  }
}

/** Entries of each clone; fewer where a developer's machine is busy. */
const ENTRIES = Number(process.env['RACE_ENTRIES'] ?? 10);

test(`16 clones register ${ENTRIES} entries each, pushing after every one: all of them arrive`, async () => {
  const { remote, clones, bundles } = race(16);
  const failures: string[] = [];
  const worker = async (clone: TemporaryRepository, index: number): Promise<void> => {
    for (let entry = 0; entry < ENTRIES; entry += 1) {
      const path = writeBundle(join(bundles, `${index}-${entry}`), { 'notes.txt': `${index} ${entry}\n` });
      const registered = await run(clone, 'register', path, '--model', 'm', '--push');
      if (registered.exitCode === 0) continue;
      const pushed = await pushUntilDone(clone);
      if (pushed.exitCode !== 0) failures.push(`${pushed.exitCode}: ${pushed.stderr}`);
    }
  };
  await Promise.all(clones.map(worker));
  expect(failures).toEqual([]);
  const registered = eventsIn(remote).filter(({ kind }) => kind === 'register');
  expect(new Set(registered.map(({ sha256 }) => sha256)).size).toBe(16 * ENTRIES);
  expect(registered).toHaveLength(16 * ENTRIES);
  const [first] = clones as [TemporaryRepository];
  expect((await run(first, 'push')).exitCode).toBe(0);
  expect(remote.git(['for-each-ref', '--format=%(refname)', 'refs/registry/sha']).split('\n')).toHaveLength(
    16 * ENTRIES,
  );
});

/** Rounds; fewer where a developer's machine is busy. */
const ROUNDS = Number(process.env['RACE_ROUNDS'] ?? 20);

test('8 clones race for one version: one wins, seven exit 3 and name both SHAs', async () => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const { remote, clones, bundles } = race(8);
    const registered = await Promise.all(
      clones.map(async (clone, index) => {
        const path = writeBundle(join(bundles, String(index)), { 'notes.txt': `${round} ${index}\n` });
        const { exitCode, stderr } = await run(clone, 'register', path, '--model', 'm', '--as', '1.0.0');
        expect(exitCode, stderr).toBe(0);
        return shaAt(clone);
      }),
    );
    const ended = await Promise.all(clones.map(pushUntilDone));
    const winner = shaAt(remote);
    expect(ended.map(({ exitCode }) => exitCode)).toEqual(registered.map((sha) => (sha === winner ? 0 : 3)));
    expect(registered.filter((sha) => sha === winner)).toHaveLength(1);
    for (const [index, { exitCode, stderr }] of ended.entries()) {
      if (exitCode !== 3) continue;
      for (const sha of [winner, registered[index] ?? 'none']) expect(stderr).toContain(sha.slice(0, 12));
    }
    // What was acknowledged is there, whatever became of its version: its registration lost the version, and nothing else.
    const events = eventsIn(remote).filter(({ kind }) => kind === 'register');
    expect(events.map(({ sha256 }) => sha256).toSorted()).toEqual(registered.toSorted());
    expect(events.filter(({ version }) => version !== undefined)).toMatchObject([
      { sha256: winner, version: 'v1.0.0' },
    ]);
  }
});

/** Returns the SHA of the entry that has the version, as its commit names it. */
function shaAt(clone: TemporaryRepository): string {
  return clone.git(['log', '-1', '--format=%s', 'refs/registry/semver/m/v1.0.0']).split(' ').at(-1) ?? '';
}
