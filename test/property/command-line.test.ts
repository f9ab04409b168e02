import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Command } from '../../src/cli/command.ts';
import { allOptions } from '../../src/cli/common-options.ts';
import { parseWords } from '../../src/cli/parse-words.ts';
import type { ParsedWords, ParseOutcome } from '../../src/cli/parsed-words.ts';
import { type ReadArguments, readArguments } from '../../src/cli/read-arguments.ts';
import { everythingCommand } from '../unit/cli/fake-program.ts';
import { parseWithYargs } from './yargs-oracle.ts';

const OPTIONS = allOptions(everythingCommand);

function typed(command: Command, outcome: ParseOutcome<ParsedWords>): ParseOutcome<ReadArguments> {
  return outcome.kind === 'refused' ? outcome : readArguments(command, outcome.value);
}

/** Values and refusal; the two word a refusal differently. */
function verdict(outcome: ParseOutcome<ReadArguments>): unknown {
  return outcome.kind === 'refused' ? 'refused' : outcome.value;
}

const value = fc
  .oneof(
    fc.constantFrom(
      '',
      '0',
      '7',
      '1.5',
      'abc',
      'major',
      'minor',
      'k=v',
      'k=',
      '=v',
      'a=b=c',
      'm@v1.0.0',
      'x y',
      'größe',
      '日本',
    ),
    fc.stringMatching(/^[a-z0-9@=./:][a-z0-9@=./: -]{0,6}$/),
    // yargs takes these two words for the value of a boolean before them: see the last tests, for the lone dash too.
  )
  .filter((word) => word !== 'true' && word !== 'false');
const negative = fc.constantFrom('-1', '-12', '-1.5', '-.5');
const longName = fc.constantFrom(...Object.keys(OPTIONS));
const letter = fc.constantFrom(...Object.values(OPTIONS).flatMap(({ alias }) => alias ?? []));
const flag = fc.constantFrom(
  ...Object.entries(OPTIONS).flatMap(([name, { kind }]) => (kind === 'boolean' ? [name] : [])),
);
const valued = longName.filter((name) => OPTIONS[name]?.kind !== 'boolean');

/** yargs refuses an empty text for a repeatable option only: see the last tests. */
const inline = fc.tuple(valued, value).filter(([name, text]) => text !== '' || !isRepeatable(name));

function isRepeatable(name: string): boolean {
  const kind = OPTIONS[name]?.kind;
  return kind === 'list' || kind === 'pairs';
}

/** What people type, right and wrong: options with and without values, values without options, unknown names, `--`. */
const words = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: value.map((word) => [word]) },
      { weight: 4, arbitrary: fc.tuple(valued, fc.oneof(value, negative)).map(([name, text]) => [`--${name}`, text]) },
      { weight: 2, arbitrary: inline.map(([name, text]) => [`--${name}=${text}`]) },
      { weight: 2, arbitrary: flag.map((name) => [`--${name}`]) },
      { weight: 2, arbitrary: fc.tuple(letter, value).map(([short, text]) => [`-${short}`, text]) },
      { weight: 1, arbitrary: fc.constantFrom(['-fq'], ['-qf'], ['-fm', 'text'], ['-qt', 'k=v'], ['-fz']) },
      { weight: 1, arbitrary: negative.map((word) => [word]) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          ['--'],
          ['x', '-'],
          ['--nothing'],
          ['--nothing=1'],
          ['-z'],
          ['--constructor'],
          ['--dry'],
          ['--as'],
          ['-m'],
        ),
      },
    ),
    { maxLength: 7 },
  )
  .map((parts) => parts.flat());

describe('the parser of the hot path', () => {
  test('agrees with yargs on values and on refusals', async () => {
    await fc.assert(
      fc.asyncProperty(words, async (argv) => {
        const own = verdict(typed(everythingCommand, parseWords(everythingCommand, argv)));
        expect(own).toEqual(verdict(typed(everythingCommand, await parseWithYargs(everythingCommand, argv))));
      }),
      { numRuns: 2000 },
    );
  });

  test('reads back the options and operands that were written, in any order', () => {
    const written = fc.record({
      message: fc.string(),
      depth: fc.nat(),
      tags: fc.array(fc.tuple(fc.stringMatching(/^[a-z]{1,4}$/), fc.string())),
      paths: fc.array(fc.string()),
    });
    fc.assert(
      fc.property(written, fc.boolean(), ({ message, depth, tags, paths }, first) => {
        const options = [
          `--message=${message}`,
          '--depth',
          String(depth),
          ...tags.map(([key, text]) => `--tag=${key}=${text}`),
        ];
        const argv = first ? [...options, '--', 's', ...paths] : ['s', ...options, '--', ...paths];
        const outcome = typed(everythingCommand, parseWords(everythingCommand, argv));
        const expected = { spec: 's', message, depth, paths, tag: tags.map(([key, text]) => ({ key, value: text })) };
        expect(outcome).toMatchObject({ kind: 'parsed', value: { args: expected } });
      }),
    );
  });

  test('never throws, whatever the words', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string()),
        (argv) => void verdict(typed(everythingCommand, parseWords(everythingCommand, argv))),
      ),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['refuses a value of a boolean, which yargs takes', ['s', '--force=yes'], 'refused', { force: true }],
    [
      'leaves the word true alone, which yargs takes for a value',
      ['s', '--force', 'true'],
      { paths: ['true'] },
      { paths: [] },
    ],
    [
      'takes a lone dash for a value of a repeatable option, as of any other',
      ['s', '--exclude', '-'],
      { exclude: ['-'] },
      'refused',
    ],
    ['takes an empty text likewise', ['s', '--exclude='], { exclude: [''] }, 'refused'],
    ['knows a value that is stuck to its letter, which yargs does not', ['s', '-mwhy'], { message: 'why' }, 'refused'],
  ])('%s', async (_what, argv, own, ofYargs) => {
    const outcomes = [parseWords(everythingCommand, argv), await parseWithYargs(everythingCommand, argv)];
    const seen = outcomes
      .map((outcome) => typed(everythingCommand, outcome))
      .map((outcome) => (outcome.kind === 'refused' ? 'refused' : outcome.value.args));
    expect(seen).toMatchObject([own, ofYargs]);
  });
});
