/** What holds for every command of the list, whatever it does. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Command, OptionSpec } from '../../src/cli/command.ts';
import { COMMANDS } from '../../src/cli/commands/index.ts';
import { allOptions, COMMON_OPTIONS, camelCase, ownOptions } from '../../src/cli/common-options.ts';
import { loadOutlines } from '../../src/cli/completion/outlines.ts';
import { findInvocation } from '../../src/cli/invocation.ts';
import { parseWords } from '../../src/cli/parse-words.ts';
import { readArguments } from '../../src/cli/read-arguments.ts';
import { outputValidator } from './docs/json-documents.ts';
import { ROOT } from './docs/session.ts';

const NAMES = new Set(COMMANDS.keys());
const commands: readonly (readonly [string, Command])[] = await Promise.all(
  [...COMMANDS].map(async ([name, load]) => [name, await load()] as const),
);
const visible = commands.filter(([, command]) => command.hidden === undefined);

/** Returns the words of an example after `git registry`, or undefined where it begins otherwise. Quotes group words. */
function wordsOf(example: string): readonly string[] | undefined {
  const [line = ''] = example.split(/ [|>] | && /);
  const words = [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, plain]) => double ?? single ?? plain ?? '',
  );
  const start = words.findIndex((word, index) => word === 'registry' && words[index - 1] === 'git');
  return start < 0 ? undefined : words.slice(start + 1);
}

test('the build keeps the data that completion reads as the commands have them', async () => {
  const kept: unknown = JSON.parse(readFileSync(join(ROOT, 'dist/completion/outlines.json'), 'utf8'));
  expect(kept).toEqual(JSON.parse(JSON.stringify(await loadOutlines(COMMANDS))));
});

describe.each(commands)('the command %s', (name, command) => {
  test('is listed under its own name, and hidden exactly when that begins with two underscores', () => {
    expect(command.name).toBe(name);
    expect(command.hidden === true).toBe(name.startsWith('__'));
  });

  test('has options whose names and letters are its own', () => {
    const own = Object.keys(ownOptions(command));
    expect(own.filter((option) => Object.hasOwn(COMMON_OPTIONS, option))).toEqual([]);
    expect(own.filter((option) => !/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/.test(option))).toEqual([]);
    const letters = Object.values(allOptions(command)).flatMap(({ alias }) => alias ?? []);
    expect(letters.filter((letter, index) => letters.indexOf(letter) !== index || !/^[a-zA-Z]$/.test(letter))).toEqual(
      [],
    );
    const names = [...own.map(camelCase), ...command.positionals.map((positional) => positional.name)];
    expect(names.filter((option, index) => names.indexOf(option) !== index)).toEqual([]);
  });

  test('excludes only options that it has', () => {
    const specs: readonly OptionSpec[] = Object.values(command.options);
    expect(
      specs.flatMap(({ conflicts }) => conflicts ?? []).filter((other) => !Object.hasOwn(command.options, other)),
    ).toEqual([]);
  });

  test('has its required operands first, and a variadic one only last', () => {
    const { positionals } = command;
    const firstOptional = positionals.findIndex(({ required }) => required === undefined);
    expect(firstOptional < 0 ? [] : positionals.slice(firstOptional).filter(({ required }) => required)).toEqual([]);
    expect(positionals.slice(0, -1).filter(({ variadic }) => variadic)).toEqual([]);
  });

  test('speaks in house style: an imperative summary, lower-case descriptions, no full stops', () => {
    const says = [...Object.values(ownOptions(command)), ...command.positionals].map((part) => part.says);
    expect(command.summary).toMatch(/^[A-Z].*[^.]$/);
    expect(says.filter((text) => !/^[^A-Z ](?:.*[^.])?$|^[A-Z]{2,}.*[^.]$/.test(text))).toEqual([]);
  });
});

describe.each(visible)('the command %s', (_name, command) => {
  test('publishes the schema of its JSON', () => {
    expect(() => outputValidator(command.output ?? '')).not.toThrow();
  });

  test('has examples', () => {
    expect(command.examples.length).toBeGreaterThan(0);
  });

  test.each(command.examples.map((example) => example.command))('understands its example: %s', (example) => {
    const words = wordsOf(example);
    expect(words).toBeDefined();
    const invocation = findInvocation(words ?? [], NAMES);
    expect(invocation).toMatchObject({ kind: 'command', name: command.name });
    const parsed = parseWords(command, invocation.kind === 'command' ? invocation.words : []);
    expect(parsed.kind === 'parsed' ? readArguments(command, parsed.value) : parsed).toMatchObject({ kind: 'parsed' });
  });
});
