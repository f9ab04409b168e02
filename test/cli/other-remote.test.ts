/** A remote that is not the registry's, through the built program: what diverged is told apart from what is up to date. */
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { runCli } from '../support/cli.ts';
import { cliRegistry } from '../support/cli-registry.ts';
import { lmBundle } from '../support/registry-rig.ts';

test('a mirror is sent fast-forwards: ahead is told, diverged is exit 3 and named', () => {
  const registry = cliRegistry();
  const { repository } = registry;
  const root = dirname(repository.folder);
  for (const name of ['team.git', 'mirror.git']) repository.git(['init', '--quiet', '--bare', join(root, name)]);
  repository.git(['remote', 'add', 'origin', join(root, 'team.git')]);
  repository.git(['remote', 'add', 'mirror', join(root, 'mirror.git')]);
  const say = (...args: readonly string[]) => {
    const { exitCode, stdout, stderr } = runCli(args, { cwd: repository.folder, env: repository.environment });
    return { exitCode, stdout: stdout.trim().split('\n'), stderr: stderr.trim().split('\n') };
  };
  registry.must('register', registry.bundle('one', lmBundle(1)), '--model', 'm', '--as', '1.0.0');
  registry.must('push');
  registry.must('push', 'mirror');
  expect(say('push', 'mirror')).toMatchObject({
    exitCode: 0,
    stdout: ['nothing to push: mirror has all that origin had when it was last fetched'],
  });
  // Somebody whose registry the mirror is.
  const other = join(root, 'other');
  registry.must('clone', join(root, 'mirror.git'), other);
  const theirs = ['register', registry.bundle('two', lmBundle(2)), '--model', 'm', '--as', '2.0.0', '--push'];
  expect(registry.runIn({ cwd: other }, ...theirs).exitCode).toBe(0);
  expect(say('push', 'mirror')).toMatchObject({
    exitCode: 0,
    stdout: [
      'm: 1 event on mirror that origin has not',
      'nothing to push: mirror has all that origin had when it was last fetched',
    ],
  });
  expect(registry.must('push', 'mirror')['mirror']).toEqual({ of: 'origin', ahead: [{ model: 'm', events: 1 }] });
  registry.must('register', registry.bundle('three', lmBundle(3)), '--model', 'm', '--as', '3.0.0');
  registry.must('push');
  const hint =
    "  hint: what was made on mirror goes to the registry's remote first, from where it was made; see git registry status mirror m";
  expect(say('push', 'mirror')).toEqual({
    exitCode: 3,
    stdout: ['nothing pushed'],
    stderr: [
      'diverged: m and mirror: not pushed, it has 1 event that origin has not; only fast-forwards of origin go there',
      hint,
    ],
  });
  expect(say('pull', 'mirror')).toMatchObject({
    exitCode: 3,
    stderr: ['diverged: m and mirror: both sides have new events; only from the registry remote are they merged', hint],
  });
  expect(say('status', 'mirror', 'm').stdout[0]).toBe('m: diverged, 1 here, 1 on mirror');
  expect(registry.run('push', 'mirror').exitCode).toBe(3);
});
