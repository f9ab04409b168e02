import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { LAUNCHER } from '../support/cli.ts';
import { gitEnvironment } from '../support/git-env.ts';
import { repositoryAt, type TemporaryRepository, temporaryFolder } from '../support/temporary-repository.ts';

const PAGE = readFileSync('docs/ci.md', 'utf8');
const STORY = 'fixtures/grammar-tutor';

/** Returns the block of the page whose first line names a file, without that line. */
function block(file: string): string {
  const start = PAGE.indexOf(` ${file}\n`) + file.length + 2;
  return PAGE.slice(start, PAGE.indexOf('\n```', start) + 1);
}

interface GithubWorkflow {
  readonly on: { readonly push: { readonly branches: readonly string[] } };
  readonly jobs: { readonly gate: { readonly steps: readonly GithubStep[] } };
}

interface GithubStep {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
}

interface GitlabPipeline {
  readonly model: { readonly before_script: readonly string[]; readonly script: readonly string[] };
}

const WORKFLOW = parse(block('.github/workflows/model.yml')) as GithubWorkflow;
const PIPELINE = parse(block('.gitlab-ci.yml')) as GitlabPipeline;

/** Steps that reach out of the test: they install from npm, or go to a server. */
const OUTSIDE = /npm install|git remote set-url/;

let origin: string;
let folder: string;
let environment: Record<string, string>;
let clone: TemporaryRepository;

/** A project with a remote, and the fresh clone in which a job runs; training makes the bundle of a story. */
function project(bundle: string): void {
  const root = temporaryFolder();
  const [home, bin, work] = ['home', 'bin', 'work'].map((name) => join(root, name)) as [string, string, string];
  for (const made of [home, bin, work]) mkdirSync(made);
  symlinkSync(LAUNCHER, join(bin, 'git-registry'));
  const PATH = [bin, dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
  const machine = { ...gitEnvironment(home), PATH };
  // Who it is in a job, the job itself must say.
  environment = Object.fromEntries(Object.entries(machine).filter(([name]) => !/^GIT_.*_(?:NAME|EMAIL)$/.test(name)));
  origin = join(root, 'origin.git');
  const author = repositoryAt(work, join(work, '.git'), machine);
  author.git(['init', '--quiet', '--initial-branch=main']);
  for (const made of ['ci', 'data']) mkdirSync(join(work, made));
  writeFileSync(join(work, 'ci/gate.mjs'), block('ci/gate.mjs'));
  writeFileSync(
    join(work, 'ci/train.sh'),
    `rm -rf models\nmkdir models\ncp -r '${join(process.cwd(), STORY, 'bundles', bundle)}' models/tutor\n`,
  );
  cpSync(join(STORY, 'corpus/eval/eval_baseline.jsonl.dvc'), join(work, 'data/eval_baseline.jsonl.dvc'));
  const evalSet = { path: 'data/eval_baseline.jsonl', md5: 'b066c37d1b9e52aa208bf9976e55c567' };
  writeFileSync(
    join(work, 'eval_baseline.json'),
    JSON.stringify({ eval_set: evalSet, metrics: { 'core.accuracy': 0.99 } }),
  );
  writeFileSync(join(work, 'registry.yaml'), 'model: grammar-tutor\n');
  writeFileSync(join(work, '.gitignore'), '/models/\n');
  author.git(['add', '.']);
  author.git(['commit', '--quiet', '--message', 'begin']);
  author.git(['clone', '--quiet', '--bare', work, origin]);
  folder = join(root, 'job');
  author.git(['clone', '--quiet', origin, folder]);
  clone = repositoryAt(folder, join(folder, '.git'), environment);
}

interface Ended {
  readonly status: number | null;
  readonly output: string;
}

function shell(script: string, env: Readonly<Record<string, string>>): Ended {
  const { status, stdout, stderr } = spawnSync('bash', ['-e', '-o', 'pipefail', '-c', script], {
    cwd: folder,
    env: { ...environment, ...env },
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
}

/** Runs the steps as GitHub's runner does: each in a shell of its own, variables from one to the next by a file. */
function runGithub(ref: string): Ended & { readonly summary: string } {
  const [variables, summary] = [join(folder, '../variables'), join(folder, '../summary')];
  for (const path of [variables, summary]) writeFileSync(path, '');
  let output = '';
  for (const step of WORKFLOW.jobs.gate.steps) {
    if (step.run === undefined || OUTSIDE.test(step.run)) continue;
    if (step.if !== undefined && step.if !== `github.ref == '${ref}'`) continue;
    const set = readFileSync(variables, 'utf8').split('\n').slice(0, -1);
    const env = Object.fromEntries(
      set.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
    const ended = shell(step.run, { ...env, GITHUB_ENV: variables, GITHUB_STEP_SUMMARY: summary });
    output += ended.output;
    if (ended.status !== 0) return { status: ended.status, output, summary: readFileSync(summary, 'utf8') };
  }
  return { status: 0, output, summary: readFileSync(summary, 'utf8') };
}

/** Runs the lines as GitLab's runner does: all in one shell. */
function runGitlab(branch: string): Ended {
  const lines = [...PIPELINE.model.before_script, ...PIPELINE.model.script].filter((line) => !OUTSIDE.test(line));
  return shell(lines.join('\n'), { CI_COMMIT_BRANCH: branch, CI_DEFAULT_BRANCH: 'main' });
}

const published = (): string => clone.git(['ls-remote', origin, 'refs/registry/semver/*', 'refs/registry/stage/*']);

describe.each([
  ['GitHub', (isMain: boolean): Ended => runGithub(isMain ? 'refs/heads/main' : 'refs/pull/1/merge')],
  ['GitLab', (isMain: boolean): Ended => runGitlab(isMain ? 'main' : 'side')],
] as const)('the example for %s', (host, run) => {
  beforeEach(() => project('base'));

  test('releases on the main branch what passes the gate, and publishes it', () => {
    const { status, output } = run(true);
    expect(status, output).toBe(0);
    expect(published()).toMatch(/semver\/grammar-tutor\/v1\.0\.0[\s\S]*stage\/grammar-tutor\/staging/);
    expect(clone.git(['for-each-ref', 'refs/registry/pending'])).toBe('');
  });

  test('measures a proposal, and releases nothing', () => {
    const { status, output } = run(false);
    expect(status, output).toBe(0);
    expect(published()).toBe('');
    expect(clone.git(['for-each-ref', '--format=%(refname)', 'refs/registry/pending'])).toContain('grammar-tutor');
  });

  test('may run again on what is released already', () => {
    expect(run(true).status).toBe(0);
    const first = published();
    const again = run(true);
    expect(again.status, again.output).toBe(0);
    expect(published()).toBe(first);
  });

  test(`reports where ${host} shows it`, () => {
    run(false);
    const report = readFileSync(join(folder, host === 'GitHub' ? '../summary' : 'report.md'), 'utf8');
    expect(report).toMatch(/^## grammar-tutor candidate `46c61debc465`\n/);
    expect(report).toContain('```mermaid');
  });
});

describe.each(['GitHub', 'GitLab'])('where the gate says no, the example for %s', (host) => {
  test('fails, names the metric, and releases nothing', () => {
    project('no-go');
    const { status, output } = host === 'GitHub' ? runGithub('refs/heads/main') : runGitlab('main');
    expect(status).toBe(1);
    expect(output).toContain('core.accuracy');
    expect(published()).toBe('');
  });
});

test('the GitHub example runs on the branch whose releases it makes', () => {
  expect(WORKFLOW.on.push.branches).toEqual(['main']);
  const conditions = WORKFLOW.jobs.gate.steps.flatMap((step) => step.if ?? []);
  expect(conditions).toEqual([`github.ref == 'refs/heads/main'`]);
});
