import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, normalize } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCli } from '../support/cli.ts';
import { gitEnvironment } from '../support/git-env.ts';
import { machineEnvironment } from '../support/npm.ts';
import { installPythonProgram, pythonProgram } from '../support/python-environment.ts';
import { lmBundle, safetensors } from '../support/registry-rig.ts';
import { type GitOutput, repositoryAt, type TemporaryRepository } from '../support/temporary-repository.ts';
import { lacks } from '../support/tools.ts';

const PRE_COMMIT = 'pre-commit==4.7.0';

/** What is not in a clone of the project. */
const NOT_IN_CLONE = new Set(['.git', 'node_modules', 'dist', 'coverage', 'src/schema/compiled']);
const WEIGHTS = safetensors([1, 2, 3]);

// Installing the hook builds the package from its sources, as pre-commit does at every user's: minutes on a slow machine.
describe.skipIf(lacks(pythonProgram(PRE_COMMIT)))('the hooks that pre-commit runs', () => {
  let root: string;
  let user: TemporaryRepository;

  const write = (path: string, content: string | Uint8Array): void => writeFileSync(join(user.folder, path), content);
  const commit = (...args: readonly string[]): GitOutput =>
    user.tryGit(['commit', '--quiet', '--message', 'm', ...args]);

  beforeAll(() => {
    installPythonProgram(PRE_COMMIT);
    root = realpathSync(mkdtempSync(join(tmpdir(), 'git-registry-pre-commit-')));
    const [home, project, folder] = ['home', 'project', 'user'].map((name) => join(root, name)) as [
      string,
      string,
      string,
    ];
    mkdirSync(home);
    mkdirSync(folder);
    cpSync('.', project, { recursive: true, filter: (source) => !NOT_IN_CLONE.has(normalize(source)) });
    const environment = {
      ...machineEnvironment(gitEnvironment(home)),
      PRE_COMMIT_HOME: join(root, 'pre-commit-home'),
      npm_config_prefer_offline: 'true',
      npm_config_cache: machineEnvironment()['npm_config_cache'] ?? join(machineEnvironment()['HOME'] ?? home, '.npm'),
    };
    const clone = repositoryAt(project, join(project, '.git'), environment);
    clone.git(['init', '--quiet']);
    clone.git(['add', '.']);
    clone.git(['commit', '--quiet', '--message', 'the project']);
    user = repositoryAt(folder, join(folder, '.git'), environment);
    user.git(['init', '--quiet', '--initial-branch=main']);
    write(
      '.pre-commit-config.yaml',
      `repos:
  - repo: ${project}
    rev: ${clone.git(['rev-parse', 'HEAD'])}
    hooks:
      - id: git-registry-check
      - id: git-registry-unpublished
`,
    );
    write('a.txt', 'a\n');
    write('b.txt', 'b\n');
    user.git(['add', '.']);
    user.git(['commit', '--quiet', '--message', 'first']);
    preCommit('install', '--install-hooks', '--hook-type', 'pre-commit', '--hook-type', 'pre-push');
  });

  afterAll(() => rmSync(root, { recursive: true, force: true, maxRetries: 5 }));

  function preCommit(...args: readonly string[]): void {
    const { exitCode, stdout, stderr } = user.tryGit([
      ...['-c', `alias.tool=!${pythonProgram(PRE_COMMIT)}`, 'tool'],
      ...args,
    ]);
    if (exitCode !== 0) throw new Error(`pre-commit ${args.join(' ')}: ${stdout}${stderr}`);
  }

  test('build from a clone of the project, and let a clean commit pass', () => {
    write('a.txt', 'other\n');
    const { exitCode, stderr } = commit('--all');
    expect({ exitCode, passed: /git registry check\.+Passed/.test(stderr) }, stderr).toEqual({
      exitCode: 0,
      passed: true,
    });
  });

  test('stop a commit of raw weights, staged, with -a, and by name', () => {
    write('weights.txt', WEIGHTS);
    user.git(['add', 'weights.txt']);
    const staged = commit();
    expect(staged.exitCode).toBe(1);
    expect(staged.stderr).toContain('weights-raw');
    write('a.txt', 'third\n');
    expect(commit('a.txt')).toMatchObject({ exitCode: 0 });
    user.git(['rm', '--quiet', '--cached', 'weights.txt']);
    write('b.txt', WEIGHTS);
    expect(commit('--all').exitCode).toBe(1);
    expect(commit('b.txt').exitCode).toBe(1);
    user.git(['checkout', '--quiet', '--', 'b.txt']);
  });

  test('warn of what is not published, and let the push through', () => {
    const bundle = join(root, 'bundle');
    mkdirSync(bundle);
    for (const [name, content] of Object.entries(lmBundle(1))) writeFileSync(join(bundle, name), content);
    const options = { cwd: user.folder, env: user.environment };
    expect(runCli(['register', bundle, '--model', 'tutor', '--as', '1.0.0'], options).exitCode).toBe(0);
    const remote = join(root, 'remote.git');
    user.git(['init', '--quiet', '--bare', remote]);
    user.git(['remote', 'add', 'upstream', remote]);
    const { exitCode, stdout, stderr } = user.tryGit(['push', 'upstream', 'main']);
    expect(exitCode).toBe(0);
    expect(stdout + stderr).toContain('unpublished');
    expect(stdout + stderr).toContain('tutor');
  });

  test('and hooks install leaves the hooks to it', () => {
    const { exitCode, stderr } = runCli(['hooks', 'install'], { cwd: user.folder, env: user.environment });
    expect(exitCode).toBe(3);
    expect(stderr).toContain('.pre-commit-config.yaml');
  });
});
