import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { LAUNCHER } from '../support/cli.ts';
import { gitEnvironment } from '../support/git-env.ts';
import { httpGitServer } from '../support/http-git-server.ts';
import { startFileServer } from '../support/servers/child-server.ts';
import { findS3Server, startS3 } from '../support/servers/s3-server.ts';
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
  readonly env?: Readonly<Record<string, string>>;
}

interface GitlabPipeline {
  readonly model: {
    readonly variables: Readonly<Record<string, string>>;
    readonly before_script: readonly string[];
    readonly script: readonly string[];
  };
}

const WORKFLOW = parse(block('.github/workflows/model.yml')) as GithubWorkflow;
const PIPELINE = parse(block('.gitlab-ci.yml')) as GitlabPipeline;

/** Steps that reach out of the test: they install from npm, or go to a server. */
const OUTSIDE = /npm install|git remote set-url/;

let origin: string;
let folder: string;
/** Where the weights arrive. */
let store: string;
let environment: Record<string, string>;
let clone: TemporaryRepository;
/** While this file is there, the server of git answers 503; whoever sleeps makes it go. */
let busy: string;
/** What the forge keeps for the job. */
let secrets: Readonly<Record<string, string>>;

/** A place for weights, as the job's `registry.yaml` and `.dvc/config` have it. */
interface WeightsPlace {
  readonly remote: string;
  readonly folder: string;
  readonly dvcConfig?: string;
}

async function webServer(): Promise<WeightsPlace> {
  const served = temporaryFolder();
  return { remote: await startFileServer(served), folder: served };
}

/** A bucket of a server of one's own, whose address DVC's configuration has; the keys are secrets of the forge. */
async function bucket(): Promise<WeightsPlace> {
  const server = await startS3();
  secrets = { AWS_ACCESS_KEY_ID: server.accessKey, AWS_SECRET_ACCESS_KEY: server.secretKey };
  const dvcConfig = `[core]\n    remote = bucket\n['remote "bucket"']\n    url = s3://models/team\n    endpointurl = http://127.0.0.1:${server.port}\n`;
  return { remote: 's3://models/team', folder: server.bucket, dvcConfig };
}

/** A project on a server of git, and the fresh clone in which a job runs; training makes the bundle of a story. */
async function project(bundle: string, place: () => Promise<WeightsPlace> = webServer): Promise<void> {
  const root = temporaryFolder();
  const [home, bin, work] = ['home', 'bin', 'work'].map((name) => join(root, name)) as [string, string, string];
  for (const made of [home, bin, work]) mkdirSync(made);
  symlinkSync(LAUNCHER, join(bin, 'git-registry'));
  busy = join(root, 'busy');
  writeFileSync(join(bin, 'sleep'), `#!/bin/sh\nrm -f '${busy}'\n`, { mode: 0o755 });
  const PATH = [bin, dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
  const machine = { ...gitEnvironment(home), PATH };
  // Who it is in a job, the job itself must say.
  environment = Object.fromEntries(Object.entries(machine).filter(([name]) => !/^GIT_.*_(?:NAME|EMAIL)$/.test(name)));
  secrets = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };
  origin = join(root, 'origin.git');
  const author = repositoryAt(work, join(work, '.git'), machine);
  author.git(['init', '--quiet', '--initial-branch=main']);
  writeProject(work, bundle, await place());
  author.git(['add', '.']);
  author.git(['commit', '--quiet', '--message', 'begin']);
  author.git(['clone', '--quiet', '--bare', work, origin]);
  author.git(['-C', origin, 'config', 'http.receivepack', 'true']);
  const server = await httpGitServer(root, machine, () => existsSync(busy));
  folder = join(root, 'job');
  author.git(['clone', '--quiet', origin, folder]);
  clone = repositoryAt(folder, join(folder, '.git'), environment);
  clone.git(['remote', 'set-url', 'origin', server.url('origin.git')]);
}

function writeProject(work: string, bundle: string, place: WeightsPlace): void {
  for (const made of ['ci', 'data', '.dvc']) mkdirSync(join(work, made));
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
  store = place.folder;
  writeFileSync(join(work, 'registry.yaml'), block('registry.yaml').replace('s3://BUCKET/PREFIX', place.remote));
  if (place.dvcConfig !== undefined) writeFileSync(join(work, '.dvc/config'), place.dvcConfig);
  writeFileSync(join(work, '.gitignore'), '/models/\n');
}

interface Ended {
  readonly status: number | null;
  readonly output: string;
}

/** The servers of a test live in its process, so that nothing may wait for a shell. */
function shell(script: string, env: Readonly<Record<string, string>>): Promise<Ended> {
  const child = spawn('bash', ['-e', '-o', 'pipefail', '-c', script], { cwd: folder, env: { ...environment, ...env } });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, output }));
  });
}

/** Puts in what the forge keeps: `${{ secrets.NAME }}`. */
function fillIn(env: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const fill = (text: string): string =>
    text.replace(/\$\{\{ secrets\.(\w+) \}\}/g, (_, name: string) => secrets[name] ?? `no secret ${name}`);
  return Object.fromEntries(Object.entries(env).map(([name, text]) => [name, fill(text)]));
}

/** Runs the steps as GitHub's runner does: each in a shell of its own, variables from one to the next by a file. */
async function runGithub(ref: string): Promise<Ended> {
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
    const given = { ...env, ...fillIn(step.env ?? {}), GITHUB_ENV: variables, GITHUB_STEP_SUMMARY: summary };
    const ended = await shell(step.run, given);
    output += ended.output;
    if (ended.status !== 0) return { status: ended.status, output };
  }
  return { status: 0, output };
}

/** Runs the lines as GitLab's runner does: all in one shell, with the variables of the project and of the file. */
function runGitlab(branch: string): Promise<Ended> {
  const lines = [...PIPELINE.model.before_script, ...PIPELINE.model.script].filter((line) => !OUTSIDE.test(line));
  const given = { ...PIPELINE.model.variables, ...secrets, CI_COMMIT_BRANCH: branch, CI_DEFAULT_BRANCH: 'main' };
  return shell(lines.join('\n'), given);
}

const published = (): string => clone.git(['ls-remote', origin, 'refs/registry/semver/*', 'refs/registry/stage/*']);

/** The files that a weights remote got. */
const weights = (): readonly string[] =>
  readdirSync(store, { recursive: true, encoding: 'utf8' }).filter((path) => /files\/md5\/..\/.{30}$/.test(path));

describe.each([
  ['GitHub', (isMain: boolean): Promise<Ended> => runGithub(isMain ? 'refs/heads/main' : 'refs/pull/1/merge')],
  ['GitLab', (isMain: boolean): Promise<Ended> => runGitlab(isMain ? 'main' : 'side')],
] as const)('the example for %s', (host, run) => {
  beforeEach(() => project('base'));

  test('releases on the main branch what passes the gate, and publishes it: refs to the forge, weights to their remote', async () => {
    const { status, output } = await run(true);
    expect(status, output).toBe(0);
    expect(published()).toMatch(/semver\/grammar-tutor\/v1\.0\.0[\s\S]*stage\/grammar-tutor\/staging/);
    expect(weights()).toHaveLength(1);
    expect(clone.git(['for-each-ref', 'refs/registry/pending'])).toBe('');
  });

  test('measures a proposal, and releases nothing', async () => {
    const { status, output } = await run(false);
    expect(status, output).toBe(0);
    expect(published()).toBe('');
    expect(weights()).toEqual([]);
    expect(clone.git(['for-each-ref', '--format=%(refname)', 'refs/registry/pending'])).toContain('grammar-tutor');
  });

  test('may run again on what is released already', async () => {
    expect((await run(true)).status).toBe(0);
    const first = published();
    const again = await run(true);
    expect(again.status, again.output).toBe(0);
    expect(published()).toBe(first);
  });

  test('pushes again where the push ends with 75, and the release is made once', async () => {
    writeFileSync(join(folder, 'ci/train.sh'), `${readFileSync(join(folder, 'ci/train.sh'), 'utf8')}: > '${busy}'\n`);
    const { status, output } = await run(true);
    expect(status, output).toBe(0);
    expect(output.match(/returned error: 503\b/g)).toHaveLength(1);
    expect(existsSync(busy)).toBe(false);
    expect(published()).toContain('semver/grammar-tutor/v1.0.0');
    expect(published()).not.toContain('v1.0.1');
  });

  test('ends with what push says where trying again is no use', async () => {
    clone.git(['config', '--file', join(origin, 'config'), 'http.receivepack', 'false']);
    const { status, output } = await run(true);
    expect(status, output).toBe(4);
    expect(published()).toBe('');
  });

  test(`reports where ${host} shows it`, async () => {
    await run(false);
    const report = readFileSync(join(folder, host === 'GitHub' ? '../summary' : 'report.md'), 'utf8');
    expect(report).toMatch(/^## grammar-tutor candidate `46c61debc465`\n/);
    expect(report).toContain('```mermaid');
  });
});

describe.each(['GitHub', 'GitLab'])('where the gate says no, the example for %s', (host) => {
  test('fails, names the metric, and releases nothing', async () => {
    await project('no-go');
    const { status, output } = await (host === 'GitHub' ? runGithub('refs/heads/main') : runGitlab('main'));
    expect(status).toBe(1);
    expect(output).toContain('core.accuracy');
    expect(published()).toBe('');
  });
});

describe.skipIf(findS3Server() === undefined).each(['GitHub', 'GitLab'])(
  'with a bucket, the example for %s',
  (host) => {
    const run = (): Promise<Ended> => (host === 'GitHub' ? runGithub('refs/heads/main') : runGitlab('main'));
    beforeEach(() => project('base', bucket));

    test('sends the weights with the keys that the forge keeps', async () => {
      const { status, output } = await run();
      expect(status, output).toBe(0);
      expect(weights()).toHaveLength(1);
      expect(published()).toContain('semver/grammar-tutor/v1.0.0');
    });

    test('publishes nothing where the keys are wrong', async () => {
      secrets = { ...secrets, AWS_SECRET_ACCESS_KEY: 'wrong' };
      const { status, output } = await run();
      expect(status, output).toBe(4);
      expect(published()).toBe('');
    });
  },
);

test('the GitHub example runs on the branch whose releases it makes', () => {
  expect(WORKFLOW.on.push.branches).toEqual(['main']);
  const conditions = WORKFLOW.jobs.gate.steps.flatMap((step) => step.if ?? []);
  expect(conditions).toEqual([`github.ref == 'refs/heads/main'`]);
});
