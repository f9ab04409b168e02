import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Command } from '../../../src/cli/command.ts';
import { VERSION_LINE } from '../../../src/cli/version.ts';
import { RegistryError } from '../../../src/domain/errors.ts';
import type { Workspace } from '../../../src/operations/workspace.ts';
import { temporaryFolder } from '../../support/temporary-repository.ts';
import { answering, everythingCommand, listOf, MemoryStream, runFake } from './fake-program.ts';

const hello = answering('hello', () => ({
  json: { b: 1, a: '\u009b2J' },
  text: (style) => [style.green('hello'), 'evil \u001b[2J\u202e'],
}));
const failing = (thrown: unknown): Command => answering('fail', () => Promise.reject(thrown));

describe('a result', () => {
  const commands = listOf(hello);

  test('is text on stdout, with what a terminal would obey escaped', async () => {
    expect(await runFake(['hello'], { commands })).toEqual({
      exitCode: 0,
      out: 'hello\nevil \\x1b[2J\\u202e\n',
      err: '',
    });
  });

  test('is one JSON document with --json, keys as given, control characters as JSON escapes', async () => {
    const { out } = await runFake(['hello', '--json'], { commands });
    expect(out).toBe('{\n  "b": 1,\n  "a": "\\u009b2J"\n}\n');
    expect(JSON.parse(out)).toEqual({ b: 1, a: '\u009b2J' });
  });

  test('is coloured on a terminal, and escapes in data stay harmless there', async () => {
    const stdout = new MemoryStream({ isTTY: true });
    const { out } = await runFake(['hello'], { commands, stdout });
    expect(out).toBe('\u001b[32mhello\u001b[39m\nevil \\x1b[2J\\u202e\n');
  });

  test.each([
    ['--color never on a terminal', ['--color', 'never'], {}, true, false],
    ['NO_COLOR on a terminal', [], { NO_COLOR: '1' }, true, false],
    ['an empty NO_COLOR on a terminal', [], { NO_COLOR: '' }, true, true],
    ['TERM=dumb on a terminal', [], { TERM: 'dumb' }, true, false],
    ['--color always in a pipe', ['--color=always'], { NO_COLOR: '1' }, false, true],
    ['FORCE_COLOR in a pipe', [], { FORCE_COLOR: '1' }, false, true],
    ['FORCE_COLOR=0 on a terminal', [], { FORCE_COLOR: '0' }, true, false],
  ])('with %s', async (_what, words, env, isTTY, coloured) => {
    const { out } = await runFake(['hello', ...words], { commands, env, stdout: new MemoryStream({ isTTY }) });
    expect(out.includes('\u001b[32m')).toBe(coloured);
  });

  test('may be bytes, written as they are, and a document with --json', async () => {
    async function* bytes(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('\u001braw');
      yield Buffer.from(' bytes');
    }
    const cat = answering('cat', () => ({ json: { path: 'x' }, text: () => 'unused', bytes: bytes() }));
    expect((await runFake(['cat'], { commands: listOf(cat) })).out).toBe('\u001braw bytes');
    expect((await runFake(['cat', '--json'], { commands: listOf(cat) })).out).toBe('{\n  "path": "x"\n}\n');
  });

  test('has an exit code and notes for stderr, which --quiet leaves out', async () => {
    const no = answering('no', () => ({
      json: null,
      text: () => '',
      exitCode: 1,
      notes: ['not published: git registry push'],
    }));
    expect(await runFake(['no'], { commands: listOf(no) })).toEqual({
      exitCode: 1,
      out: '',
      err: 'not published: git registry push\n',
    });
    expect(await runFake(['no', '-q'], { commands: listOf(no) })).toEqual({ exitCode: 1, out: '', err: '' });
  });

  test('of more lines than one piece arrives whole', async () => {
    const lines = Array.from({ length: 2500 }, (_, index) => `line ${index}`);
    const long = answering('long', () => ({ json: null, text: () => lines }));
    expect((await runFake(['long'], { commands: listOf(long) })).out).toBe(`${lines.join('\n')}\n`);
  });
});

describe('a fault', () => {
  const tombstoned = new RegistryError('tombstoned', 'abc: has a tombstone\n\u001b[31m', {
    hint: 'one\ntwo',
    data: { sha256: 'abc' },
  });

  test('is error and hint on stderr, one line each line, and the exit code of its kind', async () => {
    expect(await runFake(['fail'], { commands: listOf(failing(tombstoned)) })).toEqual({
      exitCode: 1,
      out: '',
      err: 'error: abc: has a tombstone\\n\\x1b[31m\nhint: one\n      two\n',
    });
  });

  test('is one document on stdout with --json', async () => {
    const { exitCode, out, err } = await runFake(['--json', 'fail'], { commands: listOf(failing(tombstoned)) });
    expect(JSON.parse(out)).toEqual({
      error: { code: 'tombstoned', message: tombstoned.message, hint: 'one\ntwo', data: { sha256: 'abc' } },
    });
    expect([exitCode, err]).toEqual([1, '']);
  });

  test('without a hint has no hint', async () => {
    const { out } = await runFake(['fail', '--json'], {
      commands: listOf(failing(new RegistryError('locked', 'lock: taken'))),
    });
    expect(JSON.parse(out)).toEqual({ error: { code: 'locked', message: 'lock: taken', data: {} } });
  });

  test('of our own is exit code 70 with stack, version and where to report it', async () => {
    const { exitCode, err } = await runFake(['fail'], {
      commands: listOf(failing(new TypeError('x is not a function'))),
    });
    expect(exitCode).toBe(70);
    expect(err).toContain(`error: bug in ${VERSION_LINE}: x is not a function\n`);
    expect(err).toMatch(/\n {4}at .*program\.test\.ts/);
    expect(err).toMatch(/\nhint: please report this: https:\/\//);
  });

  test('that is no error at all is a bug too', async () => {
    const { exitCode, err } = await runFake(['fail'], { commands: listOf(failing('just text')) });
    expect(exitCode).toBe(70);
    expect(err).toContain('just text');
  });
});

describe('a usage error', () => {
  test('shows the usage line, exits 2 and has no stack', async () => {
    expect(await runFake(['everything'])).toEqual({
      exitCode: 2,
      out: '',
      err: 'error: expected SPEC\nusage: git registry everything [OPTIONS] SPEC [PATH...]\nhint: git registry everything --help\n',
    });
  });

  test('that the command finds itself gets the same usage line', async () => {
    const commands = listOf(failing(new RegistryError('usage', 'expected --as or --to')));
    expect((await runFake(['fail'], { commands })).err).toBe(
      'error: expected --as or --to\nusage: git registry fail [OPTIONS]\nhint: git registry fail --help\n',
    );
  });

  test('is a document with --json even where the words do not parse', async () => {
    const { exitCode, out } = await runFake(['everything', '--nothing', '--json']);
    expect(JSON.parse(out)).toMatchObject({ error: { code: 'usage', data: { command: 'everything' } } });
    expect(exitCode).toBe(2);
  });

  test.each([
    [[], 'expected a command'],
    [['evrything'], 'unknown command "evrything"; did you mean everything?'],
    [['xyzzy'], 'unknown command "xyzzy"'],
    [['model'], 'expected one of model create, model list'],
    [['model', 'lsit'], 'unknown command "model lsit"; did you mean model list?'],
    [['--nothing'], 'unknown option --nothing'],
    [['__secre'], 'unknown command "__secre"'],
  ])('of the program: %j', async (argv, message) => {
    const commands = listOf(
      everythingCommand,
      { ...hello, name: 'model create' },
      { ...hello, name: 'model list' },
      { ...hello, name: '__secret', hidden: true },
    );
    const { exitCode, err } = await runFake(argv, { commands });
    expect(err).toBe(`error: ${message}\nusage: git registry COMMAND [OPTIONS] [ARGUMENTS]\nhint: git registry help\n`);
    expect(exitCode).toBe(2);
  });
});

describe('help', () => {
  test('of a command is made from its data', async () => {
    const { exitCode, out } = await runFake(['everything', '--depth', 'not a number', '--help']);
    expect(exitCode).toBe(0);
    expect(out).toMatchInlineSnapshot(`
      "usage: git registry everything [OPTIONS] SPEC [PATH...]

      Take one of each.

      A first paragraph.

      A second one.

      Arguments:
        SPEC  the entry
        PATH  files

      Options:
        -f, --force             do it anyway
        -m, --message TEXT      why
            --dry-run           change nothing
        -d, --depth N           how deep                                  [default: 3]
            --ratio X           a share
            --bump major|minor  what to raise
            --as VERSION        the version
            --to STAGE          the stage
            --exclude GLOB      leave out (repeatable)
        -t, --tag KEY=VALUE     a tag (repeatable)
            --version V         the version: MODEL --version V means MODEL@V

      Options of every command:
            --json                     print one JSON document instead of text
        -C, --directory DIR            run as if started in DIR (repeatable)
        -q, --quiet                    print results and errors only
            --no-progress              show no progress
            --color auto|always|never  colour the text                 [default: auto]
        -h, --help                     show this help

      Examples:
        # take two files
        git registry everything m@v1.0.0 a b
      "
    `);
  });

  test('of the program lists the commands by group', async () => {
    const commands = listOf({ ...hello, group: 'Trace' }, everythingCommand, {
      ...hello,
      name: '__secret',
      hidden: true,
    });
    const { out } = await runFake(['--help'], { commands });
    expect(out).toMatchInlineSnapshot(`
      "usage: git registry COMMAND [OPTIONS] [ARGUMENTS]

      A model registry that needs no server: your git repository is the registry.

      Look
        everything  Take one of each

      Trace
        hello       Answer as hello

      Options of every command
            --json                     print one JSON document instead of text
        -C, --directory DIR            run as if started in DIR
        -q, --quiet                    print results and errors only
            --no-progress              show no progress
            --color auto|always|never  colour the text
        -h, --help                     show this help

      First steps
        git registry init                                     make this repository a registry
        git registry register model/ --bump minor             register a folder as the next version
        git registry promote my-model@latest --to production  put it into production
        git registry lineage my-model@production              walk back to the data that it was made of

      Learn more
        git registry COMMAND --help  arguments, options and examples of a command
        git help registry            the manual page
      "
    `);
  });

  test('of a group lists its commands', async () => {
    const { out } = await runFake(['model', '-h'], { commands: listOf({ ...hello, name: 'model create' }, hello) });
    expect(out).toBe(
      'usage: git registry model create [OPTIONS] [ARGUMENTS]\n\nCommands\n  model create  Answer as hello\n',
    );
  });

  test('says the same in a locale that yargs could translate', async () => {
    const english = await runFake(['everything', '--help']);
    vi.stubEnv('LC_ALL', 'de_DE.UTF-8');
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(await runFake(['everything', '--help'])).toEqual(english);
  });
});

test("--version before a verb is the program's", async () => {
  expect(await runFake(['-C', '/', '--version'])).toEqual({ exitCode: 0, out: `${VERSION_LINE}\n`, err: '' });
});

describe('-C', () => {
  const where: Command = {
    ...hello,
    name: 'where',
    run: async (context) => ({ json: context.cwd, text: () => context.cwd }),
  };

  test('changes the folder, each relative to the one before, on both sides of the verb', async () => {
    const cwd = temporaryFolder();
    mkdirSync(join(cwd, 'a/b'), { recursive: true });
    const run = (argv: readonly string[]) => runFake(argv, { commands: listOf(where), cwd });
    expect((await run(['where'])).out).toBe(`${cwd}\n`);
    expect((await run(['-C', 'a', 'where', '-C', 'b'])).out).toBe(`${join(cwd, 'a/b')}\n`);
    expect((await run(['where', '-C', 'a', '-C', '..'])).out).toBe(`${cwd}\n`);
  });

  test('refuses what is no folder', async () => {
    const ran = await runFake(['-C', 'nowhere', 'where'], { commands: listOf(where), cwd: temporaryFolder() });
    expect(ran).toEqual({ exitCode: 2, out: '', err: 'error: -C nowhere: expected a folder\n' });
  });
});

test('a current folder that is gone is a fault of the environment', async () => {
  const gone = () => {
    throw Object.assign(new Error('uv_cwd'), { code: 'ENOENT' });
  };
  expect(await runFake(['hello'], { commands: listOf(hello), cwd: gone })).toEqual({
    exitCode: 4,
    out: '',
    err: 'error: the current folder is gone\n',
  });
});

describe('the registry', () => {
  const opening = (): { readonly calls: string[]; readonly openWorkspace: () => Promise<Workspace> } => {
    const calls: string[] = [];
    const workspace = { close: async () => void calls.push('close') };
    const openWorkspace = async (): Promise<Workspace> => {
      calls.push('open');
      // SAFETY: the fake commands use nothing but `close`.
      return workspace as unknown as Workspace;
    };
    return { calls, openWorkspace };
  };

  test('is opened once, when first asked for, and closed at the end, after a fault too', async () => {
    const twice: Command = {
      ...hello,
      run: async (context) => {
        await context.workspace();
        await context.workspace();
        throw new RegistryError('unknown-spec', 'nothing');
      },
    };
    const { calls, openWorkspace } = opening();
    expect((await runFake(['hello'], { commands: listOf(twice), openWorkspace })).exitCode).toBe(1);
    expect(calls).toEqual(['open', 'close']);
  });

  test('is not opened by a command that does not ask', async () => {
    const { calls, openWorkspace } = opening();
    await runFake(['hello'], { commands: listOf(hello), openWorkspace });
    expect(calls).toEqual([]);
  });

  test('that does not open is the fault that it is', async () => {
    const asking: Command = { ...hello, run: async (context) => ({ json: await context.workspace(), text: () => '' }) };
    const openWorkspace = () => Promise.reject(new RegistryError('no-repository', 'no git repository here'));
    expect((await runFake(['hello'], { commands: listOf(asking), openWorkspace })).exitCode).toBe(4);
  });
});

describe('a stream', () => {
  test('whose reader left is no error', async () => {
    const ran = await runFake(['hello'], { commands: listOf(hello), stdout: new MemoryStream({ fail: 'EPIPE' }) });
    expect(ran).toEqual({ exitCode: 0, out: '', err: '' });
  });

  test('whose reader left ends a stream of bytes', async () => {
    let read = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) {
        read += 1;
        yield Buffer.from('x');
      }
    }
    const cat = answering('cat', () => ({ json: null, text: () => '', bytes: endless() }));
    expect(
      (await runFake(['cat'], { commands: listOf(cat), stdout: new MemoryStream({ fail: 'EPIPE' }) })).exitCode,
    ).toBe(0);
    expect(read).toBe(1);
  });

  test('on a full disk is a fault of the environment', async () => {
    const ran = await runFake(['hello'], { commands: listOf(hello), stdout: new MemoryStream({ fail: 'ENOSPC' }) });
    expect(ran).toEqual({ exitCode: 4, out: '', err: 'error: standard output: ENOSPC\n' });
  });

  test('on a full disk is told on stderr where the document cannot be written', async () => {
    const ran = await runFake(['hello', '--json'], {
      commands: listOf(hello),
      stdout: new MemoryStream({ fail: 'ENOSPC' }),
    });
    expect(ran).toEqual({ exitCode: 4, out: '', err: 'error: standard output: ENOSPC\n' });
  });
});

describe('progress', () => {
  const working = (now: { time: number }): Command => ({
    ...hello,
    run: async (context) => {
      const task = context.progress.start('hashing', 1000, 'items');
      now.time = 2000;
      task.add(500);
      return { json: null, text: () => 'done' };
    },
  });
  const run = async (words: readonly string[], isTTY: boolean, env: Readonly<Record<string, string>> = {}) => {
    const now = { time: 0 };
    const stderr = new MemoryStream({ isTTY });
    return await runFake(['hello', ...words], { commands: listOf(working(now)), stderr, env, now: () => now.time });
  };

  test('is shown on a terminal and wiped before the result', async () => {
    expect((await run([], true)).err).toBe('\r\u001b[Khashing  50%  500 of 1000  250/s  0:02 left\r\u001b[K');
  });

  test.each([
    ['off a terminal', [], false, {}],
    ['with --no-progress', ['--no-progress'], true, {}],
    ['with --quiet', ['-q'], true, {}],
    ['on a dumb terminal', [], true, { TERM: 'dumb' }],
  ])('is not shown %s', async (_what, words, isTTY, env) => {
    expect((await run(words, isTTY, env)).err).toBe('');
  });
});
