import { describe, expect, test } from 'vitest';
import type { Arguments, Command } from '../../../src/cli/command.ts';
import { parseWords } from '../../../src/cli/parse-words.ts';
import { readArguments } from '../../../src/cli/read-arguments.ts';
import { answering, everythingCommand } from './fake-program.ts';

const DEFAULTS = {
  force: false,
  message: undefined,
  dryRun: false,
  depth: 3,
  ratio: undefined,
  bump: undefined,
  as: undefined,
  to: undefined,
  exclude: [],
  tag: [],
  secret: false,
  paths: [],
};

function parse(
  words: readonly string[],
  command: Command = everythingCommand,
): { args?: Arguments; common?: object; reason?: string } {
  const parsed = parseWords(command, words);
  const outcome = parsed.kind === 'refused' ? parsed : readArguments(command, parsed.value);
  return outcome.kind === 'refused' ? { reason: outcome.reason } : outcome.value;
}

describe('arguments', () => {
  test('have their defaults where nothing is said', () => {
    expect(parse(['m@v1']).args).toEqual({ ...DEFAULTS, spec: 'm@v1' });
  });

  test('are read from every kind of option, before and behind operands', () => {
    const words = [
      '-f',
      'm@v1',
      '--dry-run',
      'a',
      '--depth',
      '7',
      '--ratio=.5',
      '--bump',
      'major',
      '--exclude',
      'x',
      'b',
      '--exclude=y',
      '-t',
      'k=v=w',
    ];
    expect(parse(words).args).toEqual({
      ...DEFAULTS,
      spec: 'm@v1',
      paths: ['a', 'b'],
      force: true,
      dryRun: true,
      depth: 7,
      ratio: 0.5,
      bump: 'major',
      exclude: ['x', 'y'],
      tag: [{ key: 'k', value: 'v=w' }],
    });
  });

  test.each([
    ['a word of short options, the last with its value', ['-fmwhy', 's'], { force: true, message: 'why' }],
    ['an empty value', ['--message=', 's'], { message: '' }],
    ['a value that begins with a dash, after an equals sign', ['--message=-x', 's'], { message: '-x' }],
    ['a lone dash as a value', ['-m', '-', 's'], { message: '-' }],
    ['the last of several values', ['--as', '1', '--as', '2', 's'], { as: '2' }],
    ['a negative number as a value', ['--ratio', '-1.5', 's'], { ratio: -1.5 }],
    ['a negative number in a pair', ['--tag', 'loss=-3', 's'], { tag: [{ key: 'loss', value: '-3' }] }],
    ['an empty value of a pair', ['--tag', 'k=', 's'], { tag: [{ key: 'k', value: '' }] }],
    ['a negative number as an operand', ['s', '-12', '-.5'], { paths: ['-12', '-.5'] }],
    ['everything after two dashes as operands', ['s', '--', '--force', '-x', '--'], { paths: ['--force', '-x', '--'] }],
    ['a lone dash as an operand', ['s', '-'], { paths: ['-'] }],
    ['true as an operand after a boolean', ['s', '--force', 'true'], { force: true, paths: ['true'] }],
  ])('take %s', (_what, words, expected) => {
    expect(parse(words).args).toMatchObject(expected);
  });

  test.each([
    ['an unknown option, with a near one', ['s', '--depht', '1'], 'unknown option --depht; did you mean --depth?'],
    ['an unknown short option', ['s', '-x'], 'unknown option -x'],
    ['what is near to a hidden option, without naming that', ['s', '--secre'], 'unknown option --secre'],
    ['names that every object has', ['s', '--constructor'], 'unknown option --constructor'],
    ['an abbreviation', ['s', '--exc', 'x'], 'unknown option --exc; did you mean --exclude?'],
    ['a value of a boolean', ['s', '--force=yes'], 'option --force: expected no value, got "yes"'],
    ['a missing value', ['s', '--as'], 'option --as: expected a value'],
    [
      'an option in place of a value',
      ['s', '--as', '--force'],
      'option --as: expected a value, got --force (a value that starts with a dash: --as=...)',
    ],
    ['a choice that is none', ['s', '--bump', 'huge'], '--bump: expected one of major, minor, got "huge"'],
    [
      'a choice that is none, also where a good one follows',
      ['s', '--bump', 'huge', '--bump', 'major'],
      '--bump: expected one of major, minor, got "huge"',
    ],
    ['options that exclude each other', ['s', '--bump', 'major', '--as', '1'], '--bump and --as exclude each other'],
    ['a word for a number', ['s', '--ratio', 'abc'], 'option --ratio: expected a number, got "abc"'],
    ['a hexadecimal number', ['s', '--ratio', '0x10'], 'option --ratio: expected a number, got "0x10"'],
    ['an empty number', ['s', '--ratio='], 'option --ratio: expected a number, got ""'],
    [
      'a fraction for a whole number',
      ['s', '--depth', '1.5'],
      'option --depth: expected a whole number of at least 0, got "1.5"',
    ],
    [
      'a number below the least',
      ['s', '--depth', '-1'],
      'option --depth: expected a whole number of at least 0, got "-1"',
    ],
    ['a pair without equals sign', ['s', '-t', 'k'], 'option --tag: expected KEY=VALUE, got "k"'],
    ['a pair without key', ['s', '-t', '=v'], 'option --tag: expected KEY=VALUE, got "=v"'],
    ['a missing operand', ['--force'], 'expected SPEC'],
  ])('refuse %s', (_what, words, reason) => {
    expect(parse(words).reason).toBe(reason);
  });

  test('refuse an operand too many', () => {
    expect(
      parse(
        ['a'],
        answering('bare', () => ({ json: null, text: () => '' })),
      ).reason,
    ).toBe('unexpected argument "a"');
  });
});

describe('a required option and an operand with choices', () => {
  const command: Command = {
    ...everythingCommand,
    positionals: [{ name: 'shell', required: true, choices: ['bash', 'zsh'], says: 'the shell' }],
    options: { reason: { kind: 'string', placeholder: 'TEXT', required: true, says: 'why' } },
  };

  test('are read', () => {
    expect(parse(['bash', '--reason', 'x'], command).args).toEqual({ shell: 'bash', reason: 'x' });
  });

  test.each([
    [['bash'], 'option --reason TEXT is required'],
    [['tcsh', '--reason', 'x'], 'bash|zsh: expected one of bash, zsh, got "tcsh"'],
  ])('are demanded: %j', (words, reason) => {
    expect(parse(words, command).reason).toBe(reason);
  });
});

describe('MODEL --version V', () => {
  test('means MODEL@V', () => {
    expect(parse(['m', '--version', 'v1.0.0']).args).toEqual({ ...DEFAULTS, spec: 'm@v1.0.0' });
  });

  test('stands for the one SPEC of a command that takes several', () => {
    const command: Command = {
      ...everythingCommand,
      positionals: [{ name: 'specs', variadic: true, completes: 'spec', says: 'entries' }],
      options: {},
    };
    expect(parse(['m', '--version', '1'], command).args).toEqual({ specs: ['m@1'] });
    expect(parse(['m', 'n', '--version', '1'], command).reason).toBe('option --version: expected one MODEL beside it');
    expect(parse(['--version', '1'], command).reason).toBe('option --version: expected one MODEL beside it');
  });

  test('is left to a command that has such an option itself', () => {
    const command: Command = {
      ...everythingCommand,
      options: { version: { kind: 'string', placeholder: 'V', says: 'its own' } },
    };
    expect(parse(['m', '--version', '1'], command).args).toEqual({ spec: 'm', paths: [], version: '1' });
  });

  test('is unknown to a command that takes no SPEC', () => {
    const command: Command = { ...everythingCommand, positionals: [], options: {} };
    expect(parse(['--version', '1'], command).reason).toBe('unknown option --version');
  });
});

test("the options of every command come apart from the command's own", () => {
  expect(parse(['s', '--json', '-C', 'a', '-Cb', '-q', '--no-progress', '--color', 'never'])).toEqual({
    args: { ...DEFAULTS, spec: 's' },
    common: { json: true, directory: ['a', 'b'], quiet: true, noProgress: true, color: 'never', help: false },
  });
});
