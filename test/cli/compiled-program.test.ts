import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

let root: string;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'compiled-'));
  for (const folder of ['bin', 'dist/cli'])
    cpSync(folder, path.join(root, folder), { recursive: true, filter: isBuilt });
  cpSync('dist/fast.cjs', path.join(root, 'dist/fast.cjs'));
});

afterEach(() => {
  chmodSync(path.join(root, 'dist/cli'), 0o755);
  rmSync(root, { recursive: true });
});

function isBuilt(file: string): boolean {
  return !file.endsWith('.compiled') && !file.endsWith('.tmp');
}

const keptFile = (): string => path.join(root, `dist/cli/main.cjs.${process.versions.modules}.compiled`);

/** Runs a command in a folder that is no repository: what it says is the same every time. */
function run(
  args: readonly string[],
  { flags = [], uid }: { readonly flags?: readonly string[]; readonly uid?: number } = {},
): string {
  const program = path.join(root, 'bin/git-registry.cjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, program, ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], GIT_CEILING_DIRECTORIES: path.dirname(root), LC_ALL: 'C' },
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  return `${status}\n${stdout}${stderr}`;
}

const headingOf = (file: string): { readonly verbs: readonly string[] } =>
  JSON.parse(readFileSync(file, 'latin1').split('\n', 1)[0] ?? '') as { readonly verbs: readonly string[] };

test('what was compiled is kept beside the program, for each command that ran, and says the same', () => {
  const first = run(['list']);
  expect(first).toMatch(/^4\nerror: .*\nhint: git init\n$/);
  expect(headingOf(keptFile()).verbs).toEqual(['list']);
  expect(run(['list'])).toBe(first);
  const bytes = readFileSync(keptFile());
  run(['show', 'x']);
  expect(headingOf(keptFile()).verbs).toEqual(['list', 'show']);
  expect(readFileSync(keptFile()).equals(bytes)).toBe(false);
  const settled = readFileSync(keptFile());
  expect(run(['list'])).toBe(first);
  expect(readFileSync(keptFile()).equals(settled)).toBe(true);
});

test('a verb that there is not writes nothing', () => {
  expect(run(['lst'])).toMatch(/^2\n/);
  expect(existsSync(keptFile())).toBe(false);
});

test.each([
  ['cut short', (file: string) => truncateSync(file, 5000)],
  ['of nothing but its heading', (file: string) => truncateSync(file, readFileSync(file).indexOf(10) + 1)],
  ['empty', (file: string) => truncateSync(file, 0)],
  ['of other bytes', (file: string) => writeFileSync(file, Buffer.alloc(9000, 7))],
])('a kept file that is %s is not used, and written again', (_name, damage) => {
  const said = run(['list']);
  damage(keptFile());
  expect(run(['list'])).toBe(said);
  expect(headingOf(keptFile()).verbs).toEqual(['list']);
});

test('a program that is replaced by one as long runs as it is now', () => {
  run(['list']);
  const file = path.join(root, 'dist/cli/main.cjs');
  const source = readFileSync(file, 'utf8');
  const marked = source.replaceAll('git init', 'GIT init');
  expect(marked).toHaveLength(source.length);
  expect(marked).not.toBe(source);
  writeFileSync(file, marked);
  expect(run(['list'])).toMatch(/hint: GIT init/);
});

test('nothing in the program imports when it runs, which code compiled earlier could not', () => {
  for (const file of readdirSync(path.join(root, 'dist/cli')))
    expect(readFileSync(path.join(root, 'dist/cli', file), 'utf8')).not.toMatch(/(?<![.\w$])import\((?!\))/);
});

test('a run with flags of its own leaves what was kept alone', () => {
  const said = run(['list']);
  const bytes = readFileSync(keptFile());
  expect(run(['list'], { flags: ['--no-opt'] })).toBe(said);
  expect(readFileSync(keptFile()).equals(bytes)).toBe(true);
});

test('a folder that the user cannot write is left as it is', () => {
  execFileSync('chmod', ['-R', 'a+rX', root]);
  chmodSync(path.join(root, 'dist/cli'), 0o555);
  // To root every folder is open.
  expect(run(['list'], process.getuid?.() === 0 ? { uid: 65534 } : {})).toMatch(/^4\n/);
  expect(existsSync(keptFile())).toBe(false);
});
