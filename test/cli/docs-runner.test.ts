import { describe, expect, test } from 'vitest';
import { explainDocument, findDocument, jsonCommandOf, outputValidator } from './docs/json-documents.ts';
import { readPage, writePage } from './docs/page.ts';
import { runSteps } from './docs/session.ts';
import { fits, settlePage } from './docs/settle.ts';

/** Returns the page as it should be. */
async function settle(page: string): Promise<string> {
  const parts = readPage(page, 'page.md');
  return writePage(settlePage(parts, await runSteps(parts, 'page.md')));
}

const block = (...lines: readonly string[]): string =>
  ['Text.', '', '```console', ...lines, '```', '', 'More.', ''].join('\n');

describe('a page', () => {
  test.each([
    block('$ echo a', 'a', '', '$ false', '[exit 1]'),
    block('$ printf "%s\\n" \\', '    two lines', 'two lines'),
    'no block\n',
    '````markdown\n```console\n$ not run\n```\n````\n```sh\n$ nor this\n```\n',
    '<!--\n```console setup\nx=1\n```\n-->\n```console fresh\n$ echo $x\n1\n```',
  ])('is written as it was read: %j', (page) => {
    expect(writePage(readPage(page, 'page.md'))).toBe(page);
  });

  test.each([
    ['```console\n$ x\n', /page\.md:1: the block has no end/],
    ['\n```console\nno prompt\n```', /page\.md:2: expected a line that begins with "\$ "/],
    ['  ```console\n  $ x\n  ```', /page\.md:1: expected ```console/],
    ['```console weird\n$ x\n```', /unknown kind of console block: weird/],
  ])('that breaks the format is refused: %j', (page, message) => {
    expect(() => readPage(page, 'page.md')).toThrow(message);
  });
});

describe('a session', () => {
  test('shows both streams in the order of the user, and exit codes', async () => {
    const page = block('$ echo out; echo err >&2; echo out again; (exit 3)', 'out', 'err', 'out again', '[exit 3]');
    expect(await settle(page)).toBe(page);
  });

  test('replaces what a page gets wrong, and keeps what people wrote around it', async () => {
    const wrong = block('$ echo right', 'wrong', 'and more', '[exit 1]', '', '$ true', 'silence');
    expect(await settle(wrong)).toBe(block('$ echo right', 'right', '', '$ true'));
  });

  test('keeps variables and the folder from step to step, and quotes as typed', async () => {
    const page = block("$ mkdir 'a b' && cd 'a b' && X=\"it's\"", '$ echo "$X"; basename "$PWD"', "it's", 'a b');
    expect(await settle(page)).toBe(page);
  });

  test('begins in an empty repository, and again where it says fresh', async () => {
    const page =
      '```console\n$ git rev-list --all --count; touch x; ls\n0\nx\n$ pwd\n/home/ada/demo\n```\n```console fresh\n$ ls; pwd\n/home/ada/demo-2\n```';
    expect(await settle(page)).toBe(page);
  });

  test('runs its setup unseen', async () => {
    const page =
      '<!--\n```console setup\ncat > a.txt << END\nhello\nEND\n```\n-->\n```console\n$ cat a.txt\nhello\n```';
    expect(await settle(page)).toBe(page);
  });

  test('fails where a setup fails or a step ends the shell, naming it', async () => {
    await expect(settle('```console setup\nfalse\ntrue\n```')).rejects.toThrow(/the shell ended in: false/);
    await expect(settle(block('$ exit 0', '$ echo lost'))).rejects.toThrow(/the shell ended in: exit 0/);
  });

  test('makes the same commit on every machine', async () => {
    const page = block(
      '$ git commit --quiet --allow-empty -m x && git log --format="%H %an %aI"',
      'cdee4de0d54007529648ca096f6775845f91b1cc Ada Lovelace 2026-01-05T09:00:00+00:00',
    );
    expect(await settle(page)).toBe(page);
  });

  test('hides the machine: no configuration, variable or path of it', async () => {
    const page = block(
      '$ git config --get-regexp "credential|core.hookspath"',
      '[exit 1]',
      '$ echo "$HOME $GIT_DIR"',
      '/home/ada ',
    );
    expect(await settle(page)).toBe(page);
  });
});

describe('the fixed clock', () => {
  const node = (code: string): string => `node -e '${code}'`;

  test('gives each process its own minute, the same on every run', async () => {
    const now = node('console.log(new Date().toISOString(), Date.now() === +new Date(), new Date(0).getTime())');
    const page = block(
      `$ ${now}`,
      '2026-01-05T09:01:00.000Z true 0',
      `$ ${now}`,
      '2026-01-05T09:02:00.000Z true 0',
      '$ later 25h',
      `$ ${now}`,
      '2026-01-06T10:03:00.000Z true 0',
    );
    expect(await settle(page)).toBe(page);
  });

  test('gives the same random bytes on every run, others to each process and to each call', async () => {
    const random = [
      'const c = require("node:crypto");',
      'console.log(c.randomUUID());',
      'console.log(c.randomBytes(40).toString("hex"));',
      'console.log(Buffer.from(globalThis.crypto.getRandomValues(new Uint8Array(4))).toString("hex"));',
      'console.log(Buffer.from(c.getRandomValues(new Uint8Array(4))).toString("hex"));',
      'console.log(c.randomFillSync(new Uint8Array(4), 2).join());',
      'c.randomBytes(3, (error, bytes) => console.log(error, bytes.length));',
      'import("node:crypto").then((m) => console.log(m.randomBytes === c.randomBytes));',
    ].join(' ');
    const page = block(`$ ${node(random)}`, `$ ${node(random)}`);
    const lines = (await settle(page)).split('\n').filter((line) => /^[0-9a-f-]{8,}$/.test(line));
    expect(await settle(page)).toBe(await settle(page));
    expect(lines).toHaveLength(8);
    expect(new Set(lines).size).toBe(8);
    expect(lines[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(await settle(page)).toContain('\n0,0,');
    expect(await settle(page)).toContain('\nnull 3\n');
    expect(await settle(page)).toContain('\ntrue\n');
  });

  test('counts a worker to its process', async () => {
    const now = 'console.log(new Date().toISOString());';
    const page = [
      '```console setup',
      `echo '${now}' > worker.cjs`,
      `echo '${now} new (require("node:worker_threads").Worker)("./worker.cjs");' > main.cjs`,
      '```',
      block(
        '$ node main.cjs',
        '2026-01-05T09:01:00.000Z',
        '2026-01-05T09:01:00.000Z',
        '$ node worker.cjs',
        '2026-01-05T09:02:00.000Z',
      ),
    ].join('\n');
    expect(await settle(page)).toBe(page);
  });
});

describe('a wildcard', () => {
  test.each([
    ['a … c', 'a b c', true],
    ['a … c', 'a  c', false],
    ['… (x)', 'y (x)', true],
    ['a…', 'b', false],
    ['a.c…', 'abcd', false],
    ['plain', 'plain', true],
    ['plain', 'plains', false],
  ])('%j for %j: %s', (expected, actual, answer) => {
    expect(fits(expected, actual)).toBe(answer);
  });

  test('stays in the page where it fits, also when its line has moved', async () => {
    expect(await settle(block('$ echo one; echo node v20.1', 'node v…'))).toBe(
      block('$ echo one; echo node v20.1', 'one', 'node v…'),
    );
  });
});

describe('a JSON document', () => {
  const names = new Set(['show', 'model list']);

  test.each([
    ['git registry show m@v1 --json', 'show'],
    ['git registry --json model list', 'model list'],
    ['git-registry -C x show --json', 'show'],
    ['git registry show m@v1', undefined],
    ['git registry show --json m | head -1', undefined],
    ['git registry show --json m > x', undefined],
    ['git registry show --json --help', undefined],
    ['git log --json', undefined],
    ['echo --json', undefined],
  ])('of %j is that of %s', (command, name) => {
    expect(jsonCommandOf(command, names)).toBe(name);
  });

  test('is found between lines of stderr', () => {
    expect(
      findDocument(['warning: x', '{', '  "a": {', '    "b": 1', '  }', '}', 'not published: git registry push']),
    ).toEqual({ a: { b: 1 } });
    expect(findDocument(['[]', 'note'])).toEqual([]);
    expect(findDocument(['nothing'])).toBeUndefined();
  });

  test('is checked against its schema', () => {
    expect(explainDocument('error', { error: { code: 'usage', message: 'x', data: {} } })).toBeUndefined();
    expect(explainDocument('error', { error: { code: 'Usage', message: 'x' } })).toMatch(/data.*code|code.*data/);
  });

  test('whose command has no schema is refused', () => {
    expect(() => outputValidator('nothing')).toThrow(
      'src/schema/output/nothing.schema.json: expected the schema of --json, got none',
    );
  });
});
