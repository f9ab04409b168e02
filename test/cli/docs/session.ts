/** Runs the steps of a page in one shell, in a home and a repository of their own, under a fixed clock. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Part, type Step, trimEnd } from './page.ts';

/** What a step really did. */
export interface Outcome {
  readonly output: readonly string[];
  readonly exitCode: number;
}

/** The checkout. */
export const ROOT: string = fileURLToPath(new URL('../../..', import.meta.url));

const CLOCK = pathToFileURL(join(ROOT, 'test/support/fixed-clock.mjs')).href;
/** The time at which the user of the docs commits; that of the program's events comes from the fixed clock. */
const COMMIT_TIME = '2026-01-05T09:00:00Z';
/** Milliseconds for a page; less than the test of a page may take, so that the step that hangs is named. */
const TIMEOUT = 840_000;

const LATER = `#!/bin/sh
# later 25h: lets time pass for the programs that follow.
case "$1" in
*d) add=$((\${1%d} * 86400)) ;;
*h) add=$((\${1%h} * 3600)) ;;
*m) add=$((\${1%m} * 60)) ;;
*) echo "later: expected 3d, 25h or 10m, got $1" >&2; exit 2 ;;
esac
echo $(($(cat "$FIXED_CLOCK_FOLDER/later") + add)) > "$FIXED_CLOCK_FOLDER/later.new"
mv "$FIXED_CLOCK_FOLDER/later.new" "$FIXED_CLOCK_FOLDER/later"
`;

/** Runs all steps in order and returns their outcomes. Throws when a setup fails or a step ends the shell. */
export async function runSteps(parts: readonly Part[], name: string): Promise<ReadonlyMap<Step, Outcome>> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'git-registry-docs-')));
  try {
    const home = join(root, 'home/ada');
    const environment = prepare(root, home);
    const boundary = `--${randomBytes(12).toString('hex')}--`;
    writeFileSync(join(root, 'page.sh'), script(parts, boundary));
    const text = await runShell(root, home, environment);
    return readOutcomes(parts, text.replaceAll(root, ''), boundary, name);
  } finally {
    rmSync(root, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Nothing of the machine reaches the page: not its configuration, locale, clock or names. */
function prepare(root: string, home: string): Record<string, string> {
  const [bin, clock] = [join(root, 'bin'), join(root, 'clock')];
  for (const folder of [home, bin, clock]) mkdirSync(folder, { recursive: true });
  symlinkSync(join(ROOT, 'bin/git-registry.cjs'), join(bin, 'git-registry'));
  writeFileSync(join(bin, 'later'), LATER, { mode: 0o755 });
  writeFileSync(join(clock, 'started'), '');
  writeFileSync(join(clock, 'later'), '0');
  const config =
    '[user]\n\tname = Ada Lovelace\n\temail = ada@example.org\n[init]\n\tdefaultBranch = main\n[advice]\n\tdetachedHead = false\n';
  writeFileSync(join(home, '.gitconfig'), config);
  return {
    PATH: [bin, dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter),
    HOME: home,
    TMPDIR: root,
    LC_ALL: 'C.UTF-8',
    TZ: 'UTC',
    TERM: 'dumb',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_AUTHOR_DATE: COMMIT_TIME,
    GIT_COMMITTER_DATE: COMMIT_TIME,
    NODE_OPTIONS: `--import ${CLOCK}`,
    FIXED_CLOCK_FOLDER: clock,
    FIXTURES: join(ROOT, 'fixtures'),
  };
}

/** One shell for the page, so that variables and the current folder stay from step to step. */
function script(parts: readonly Part[], boundary: string): string {
  const lines = [newRepository('demo')];
  let repositories = 1;
  for (const part of parts) {
    if (part.kind === 'setup') lines.push('set -e', ...part.lines.slice(1), 'set +e', `echo '${boundary} setup'`);
    if (part.kind !== 'console') continue;
    if (part.fresh) {
      repositories += 1;
      lines.push(newRepository(`demo-${repositories}`));
    }
    for (const { command } of part.steps) {
      lines.push(`eval '${command.replaceAll("'", "'\\''")}' < /dev/null`, `echo '${boundary}' "$?"`);
    }
  }
  return lines.join('\n');
}

function newRepository(name: string): string {
  return `cd "$HOME" && git init --quiet ${name} && cd ${name}`;
}

/** Both streams go to one file, which keeps the order in which a user sees their lines. */
async function runShell(root: string, home: string, env: Record<string, string>): Promise<string> {
  const path = join(root, 'output');
  const output = openSync(path, 'a');
  try {
    await new Promise<void>((resolve, reject) => {
      const shell = spawn('sh', [join(root, 'page.sh')], {
        cwd: home,
        env,
        stdio: ['ignore', output, output],
        timeout: TIMEOUT,
      });
      shell.once('error', reject);
      shell.once('close', () => resolve());
    });
  } finally {
    closeSync(output);
  }
  return readFileSync(path, 'utf8');
}

function readOutcomes(
  parts: readonly Part[],
  text: string,
  boundary: string,
  name: string,
): ReadonlyMap<Step, Outcome> {
  const pieces = text.split(new RegExp(`${boundary} (\\w+)\n`));
  const outcomes = new Map<Step, Outcome>();
  let piece = 0;
  const take = (what: string): Outcome => {
    const [output = '', status] = pieces.slice(piece, piece + 2);
    if (status === undefined) throw new Error(`${name}: the shell ended in: ${what}\n${output}`);
    piece += 2;
    return { output: trimEnd(output.split('\n')), exitCode: Number(status) };
  };
  for (const part of parts) {
    if (part.kind === 'setup') take(part.lines.slice(1).join('\n'));
    if (part.kind === 'console') for (const step of part.steps) outcomes.set(step, take(step.command));
  }
  return outcomes;
}
