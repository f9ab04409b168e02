/**
 * `npm run demo`: the main job, told as a story, in a repository of its own that stays for the reader to explore. Everything
 * it does to the registry it does by the commands that it shows.
 */
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { predict } from '../../fixtures/grammar-tutor/train/predict.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const STORY = join(ROOT, 'fixtures', 'grammar-tutor');

/** The demo's own world: a folder with a repository, and `git registry` on PATH. */
interface Stage {
  readonly repository: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

function say(text: string): void {
  process.stdout.write(`\n${text}\n`);
}

/** Shows a command and runs it with the terminal as its own. A command that fails ends the demo. */
async function run(stage: Stage, command: string, args: readonly string[]): Promise<void> {
  const shown = args.map((word) => (/^[A-Za-z0-9@./:=_-]+$/.test(word) ? word : `'${word}'`)).join(' ');
  process.stdout.write(`\n$ ${command} ${shown}\n`);
  await execa(command, args, { cwd: stage.repository, env: stage.env, stdio: ['ignore', 'inherit', 'inherit'] });
}

const registry = (stage: Stage, ...args: readonly string[]): Promise<void> => run(stage, 'git', ['registry', ...args]);

/** Shows a command whose answer must be no: exit 1. */
async function refused(stage: Stage, ...args: readonly string[]): Promise<void> {
  const no = await registry(stage, ...args).then(
    () => 0,
    (error: unknown) => (error as { readonly exitCode?: number }).exitCode,
  );
  if (no !== 1) throw new Error(`git registry ${args.join(' ')}: expected exit 1, got ${no}`);
  process.stdout.write('[exit 1]\n');
}

async function read(stage: Stage, ...args: readonly string[]): Promise<string> {
  return (await execa('git', args, { cwd: stage.repository, env: stage.env })).stdout;
}

/** Makes the repository: corpora with DVC pointers are committed, bundles lie in a folder that git ignores. */
async function prepare(): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'git-registry-demo-'));
  const [bin, repository] = [join(folder, 'bin'), join(folder, 'grammar-tutor')];
  mkdirSync(bin);
  mkdirSync(repository);
  symlinkSync(join(ROOT, 'bin', 'git-registry.cjs'), join(bin, 'git-registry'));
  const stage = { repository, env: { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}` } };
  await read(stage, 'init', '--quiet', '--initial-branch=main');
  for (const [key, value] of [
    ['user.name', 'Demo'],
    ['user.email', 'demo@example.org'],
  ] as const) {
    const has = await execa('git', ['config', key], { cwd: repository, env: stage.env, reject: false });
    if (has.failed) await read(stage, 'config', key, value);
  }
  cpSync(join(STORY, 'corpus'), join(repository, 'corpus'), { recursive: true });
  cpSync(join(STORY, 'bundles'), join(folder, 'bundles'), { recursive: true });
  await read(stage, 'add', 'corpus');
  await read(stage, 'commit', '--quiet', '-m', 'three verb corpora and an evaluation set');
  return stage;
}

/** Serves: fetches what is in production, asks it, and logs the answer with the SHA that gave it. */
async function serve(stage: Stage, folder: string): Promise<string> {
  await registry(stage, 'get', 'grammar-tutor@production', '-o', folder);
  const sha256 = await read(stage, 'registry', 'resolve', 'grammar-tutor@production');
  const answer = await predict(join(stage.repository, folder), 'go', 'past');
  say(
    `  learner:  What is the past tense of "go"?\n  tutor:    ${answer}\n  the log:  {"answer":"${answer}","model":"${sha256}"}`,
  );
  return sha256;
}

function accuracyOfGo(bundle: string): string {
  const report = JSON.parse(readFileSync(join(bundle, 'eval_report.json'), 'utf8')) as {
    by_verb: Readonly<Record<string, unknown>>;
  };
  return JSON.stringify(report.by_verb['go']);
}

async function release(stage: Stage): Promise<void> {
  say('1. A grammar tutor, trained on a corpus of English verbs. Its bundle becomes an entry; the entry serves.');
  await registry(stage, 'init', '--model', 'grammar-tutor');
  const metrics = 'key_metrics: [overall.accuracy, overall.f1]';
  process.stdout.write(`\n$ echo '${metrics}' >> registry.yaml\n`);
  appendFileSync(join(stage.repository, 'registry.yaml'), `${metrics}\n`);
  await registry(stage, 'register', '../bundles/base', '--as', '1.0.0', '-m', 'first tutor');
  await registry(stage, 'promote', 'v1.0.0', '--to', 'production');
  say(
    '2. Another seed is a patch, a corpus with more verbs a minor version: the registry reads that from the bundles.',
  );
  await registry(stage, 'register', '../bundles/reseed', '--bump', 'auto');
  await registry(stage, 'register', '../bundles/more-verbs', '--bump', 'auto');
  say(
    '3. A candidate: registered so that it can be judged. Overall it scores better than what serves, so somebody promotes it.',
  );
  await registry(stage, 'register', '../bundles/no-go', '--pending');
  const candidate = await read(stage, 'registry', 'list', 'grammar-tutor', '--pending', '--json');
  const [entry] = (JSON.parse(candidate) as { entries: readonly { sha256: string }[] }).entries;
  await registry(stage, 'promote', entry?.sha256.slice(0, 12) ?? '', '--bump', 'auto', '--to', 'production');
  say(
    '4. An adapter, fine-tuned from the first tutor: another architecture, so a major version. Its parent is in its manifest.',
  );
  await registry(stage, 'register', '../bundles/adapter', '--bump', 'auto');
  await registry(stage, 'list', 'grammar-tutor');
}

async function investigate(stage: Stage): Promise<string> {
  say('5. In production:');
  const sha256 = await serve(stage, 'served');
  say('6. "goed" is wrong. The log says which bytes said so, and the registry says where they came from:');
  await registry(stage, 'lineage', sha256.slice(0, 12));
  say(`7. The corpus with that hash is corpus/no-go. How often does it mention "go"?`);
  const lines = (name: string): number =>
    readFileSync(join(stage.repository, 'corpus', name, 'train.txt'), 'utf8')
      .split('\n')
      .filter((line) => /\bgo\b/.test(line)).length;
  process.stdout.write(
    `\n  corpus/base/train.txt:  ${lines('base')} lines\n  corpus/no-go/train.txt: ${lines('no-go')} lines\n`,
  );
  say(`   Its own report had said it, per verb: go ${accuracyOfGo(join(stage.repository, 'served'))}`);
  say('8. Back to what served before, in one command:');
  await registry(stage, 'rollback', 'grammar-tutor');
  await serve(stage, 'served-again');
  return sha256;
}

const POLICY = `gates:
  production:
    min_by_verb.*: 0.80
    improve: { metric: overall.accuracy, over: production, confidence: 0.95 }
approvals:
  production: { count: 1, from: [bo@example.org] }
`;

/** Another person at the same machine. */
function as(stage: Stage, name: string, email: string): Stage {
  const who = { GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email, GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email };
  return { ...stage, env: { ...stage.env, ...who } };
}

async function govern(stage: Stage): Promise<void> {
  say('9. It was better overall, and wrong about one verb. From now on that is not for one person to overlook:');
  process.stdout.write(`\n$ cat >> registry.yaml\n${POLICY}`);
  appendFileSync(join(stage.repository, 'registry.yaml'), POLICY);
  await run(stage, 'git', ['add', 'registry.yaml']);
  await run(stage, 'git', ['commit', '--quiet', '-m', 'what production takes']);
  await refused(stage, 'promote', 'v1.2.0', '--to', 'production');
  say('10. The model with more verbs passes every gate. It takes a second pair of eyes:');
  await refused(stage, 'promote', 'v1.1.0', '--to', 'production');
  say('    Bo looks at it, and approves what was judged: this content, this policy, this report.');
  await registry(as(stage, 'Bo', 'bo@example.org'), 'approve', 'v1.1.0', '--to', 'production', '--comment', 'knows go');
  await registry(stage, 'promote', 'v1.1.0', '--to', 'production');
  say('11. And back, should the night ask for it: one command, no quorum.');
  await registry(stage, 'rollback', 'grammar-tutor', '--reason', 'a drill');
}

async function close(stage: Stage, sha256: string): Promise<void> {
  say('12. The bad entry is buried, not forgotten: it stays explainable. And everything is proved:');
  await registry(stage, 'tombstone', sha256.slice(0, 12), '--reason', 'the corpus lacks the verb "go"');
  await registry(stage, 'history', 'grammar-tutor');
  await registry(stage, 'verify', '--all', '--weights');
}

const stage = await prepare();
await release(stage);
const bad = await investigate(stage);
await govern(stage);
await close(stage, bad);
say(`The repository is yours to explore:

  cd ${stage.repository}
  export PATH="${join(stage.repository, '..', 'bin')}:$PATH"
  git registry show v1.1.0
  git registry log
  git log --graph --oneline refs/registry/semver/grammar-tutor/v2.0.0
  git registry help`);
