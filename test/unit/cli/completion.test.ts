import { describe, expect, test } from 'vitest';
import { defineCommand } from '../../../src/cli/command.ts';
import { completeCommand } from '../../../src/cli/commands/complete.ts';
import { completionCommand } from '../../../src/cli/commands/completion.ts';
import { type CompletionSource, completeWords } from '../../../src/cli/completion/complete-words.ts';
import { readOutlines } from '../../../src/cli/completion/outlines.ts';
import { singleQuoted } from '../../../src/cli/completion/script-parts.ts';
import { RegistryError } from '../../../src/domain/errors.ts';
import { answering, everythingCommand, listOf, runFake } from './fake-program.ts';

const catCommand = defineCommand({
  name: 'cat',
  group: 'Look',
  summary: 'Print a file',
  positionals: [
    { name: 'spec', required: true, completes: 'spec', says: 'the entry' },
    { name: 'path', required: true, completes: 'file', says: 'the file' },
  ],
  options: {
    model: { kind: 'string', placeholder: 'MODEL', completes: 'model', says: 'the model' },
    to: { kind: 'string', alias: 't', placeholder: 'STAGE', completes: 'stage', says: 'the stage' },
  },
  examples: [],
  output: 'cat',
  run: () => Promise.reject(new Error('not run in these tests')),
});

const helpCommand = defineCommand({
  ...catCommand,
  name: 'help',
  positionals: [{ name: 'command', variadic: true, completes: 'command', says: 'which' }],
});

const COMMANDS = listOf(
  everythingCommand,
  catCommand,
  helpCommand,
  completionCommand,
  { ...answering('model create', () => ({ json: null, text: () => '' })), summary: 'Make a model' },
  { ...answering('model list', () => ({ json: null, text: () => '' })), summary: 'List models' },
  completeCommand,
);

const OUTLINES = await readOutlines(COMMANDS);

const SOURCE: CompletionSource = {
  models: async () => ['alpha', 'beta'],
  versions: async (model) => (model === 'beta' ? ['v2.0.0'] : ['v1.1.0', 'v1.0.0']),
  stages: async () => ['staging', 'production'],
  files: async (spec, model) =>
    spec === 'alpha@v1.0.0' || (spec === 'v1.0.0' && model === 'alpha') ? ['config.json', 'model.safetensors'] : [],
};

async function offers(...words: readonly string[]): Promise<readonly string[] | 'paths'> {
  const completion = await completeWords(words, OUTLINES, SOURCE);
  return completion.kind === 'paths' ? 'paths' : completion.candidates.map(({ value }) => value);
}

describe('completion offers', () => {
  test.each([
    ['verbs, those of two words once, hidden ones never', [''], ['everything', 'cat', 'help', 'completion', 'model']],
    ['verbs that begin as typed', ['c'], ['cat', 'completion']],
    ['verbs behind options of every command', ['-C', 'x', '--json', 'c'], ['cat', 'completion']],
    ['second words', ['model', ''], ['create', 'list']],
    ['second words that begin as typed', ['model', 'l'], ['list']],
    ['choices of an operand', ['completion', 'z'], ['zsh']],
    ['commands to help', ['help', 'model'], ['model create', 'model list']],
    ['options, hidden ones never', ['everything', 's', '--d'], ['--dry-run', '--depth', '--directory']],
    [
      'an option once, unless it may be repeated',
      ['everything', 's', '--exclude', 'x', '--depth', '1', '--dry-run', '--e'],
      ['--exclude'],
    ],
    ['options before the verb', ['--c'], ['--color']],
    ['choices of an option', ['everything', 's', '--bump', ''], ['major', 'minor']],
    ['choices behind an equals sign', ['everything', '--bump=mi'], ['--bump=minor']],
    ['colours before the verb', ['--color', 'a'], ['auto', 'always']],
    ['stages', ['everything', 'alpha@v1.0.0', '--to', 'p'], ['production']],
    ['stages after a short option', ['cat', '-t', 's'], ['staging']],
    ['models', ['cat', '--model', 'b'], ['beta']],
    ['versions of the named model', ['everything', 'beta', '--as', ''], ['v2.0.0']],
    ['versions of the default model', ['everything', '--as', 'v1.0'], ['v1.0.0']],
    [
      'models and targets of the default one for a SPEC',
      ['cat', ''],
      ['alpha@', 'beta@', 'latest', 'staging', 'production', 'v1.1.0', 'v1.0.0'],
    ],
    ['targets behind the at sign', ['cat', 'beta@'], ['beta@latest', 'beta@staging', 'beta@production', 'beta@v2.0.0']],
    ['files of the entry', ['cat', 'alpha@v1.0.0', 'c'], ['config.json']],
    [
      'files of the entry behind an option with its value',
      ['cat', '--model', 'alpha', 'alpha@v1.0.0', 'c'],
      ['config.json'],
    ],
    ['files of an entry whose model an option names', ['cat', '--model=alpha', 'v1.0.0', 'm'], ['model.safetensors']],
    ['targets of the model that an option names', ['cat', '--model', 'beta', 'v'], ['v2.0.0']],
    ['operands behind two dashes', ['cat', '--', 'alpha@v1.'], ['alpha@v1.1.0', 'alpha@v1.0.0']],
    ['paths', ['everything', 'alpha@v1.0.0', 'src/'], 'paths'],
    ['paths for every further operand', ['everything', 's', 'a', 'b', ''], 'paths'],
    ['paths for -C, before the verb too', ['-C', ''], 'paths'],
    ['nothing where free text is expected', ['everything', 's', '-m', ''], []],
    ['nothing for an operand too many', ['cat', 's', 'p', ''], []],
    ['nothing for an unknown verb', ['xyzzy', ''], []],
    ['nothing for a hidden verb', ['__complete', ''], []],
  ])('%s', async (_what, words, expected) => {
    expect(await offers(...words)).toEqual(expected);
  });

  test('say what they are', async () => {
    const candidates = [{ value: 'create', says: 'Make a model' }];
    expect(await completeWords(['model', 'c'], OUTLINES, SOURCE)).toEqual({ kind: 'candidates', candidates });
  });
});

describe('__complete', () => {
  const run = (words: readonly string[]) =>
    runFake(['__complete', '--', ...words], {
      commands: COMMANDS,
      openWorkspace: () => Promise.reject(new RegistryError('no-repository', 'none')),
    });

  test('prints one offer a line with what it is', async () => {
    expect(await run(['cat', '--to', ''])).toEqual({ exitCode: 0, out: '', err: '' });
    expect((await run(['cat', '--t'])).out).toBe('--to\tthe stage\n');
    expect((await run(['everything', 's', ''])).out).toBe(':paths\n');
  });

  test('is silent where there is no registry', async () => {
    expect(await run(['cat', 'al'])).toEqual({ exitCode: 0, out: '', err: '' });
  });
});

describe('completion scripts', () => {
  test.each(['bash', 'zsh', 'fish'])('of %s name every verb and no hidden one', async (shell) => {
    const { exitCode, out } = await runFake(['completion', shell], { commands: COMMANDS });
    expect(exitCode).toBe(0);
    for (const verb of ['everything', 'cat', 'completion', 'model']) expect(out).toMatch(new RegExp(`\\b${verb}\\b`));
    expect(out.replaceAll('git-registry __complete', '')).not.toContain('__complete ');
  });

  test('quote what could end a string', () => {
    expect(singleQuoted("it's")).toBe("'it'\\''s'");
  });
});
