/** The command line as yargs reads it, from the same command data: an independent opinion on the program's own parser. */
import type { Options } from 'yargs';
import type { Command, OptionSpec } from '../../src/cli/command.ts';
import { allOptions } from '../../src/cli/common-options.ts';
import type { ParsedWords, ParseOutcome } from '../../src/cli/parsed-words.ts';
import { newYargs, YargsRefusal } from '../../src/cli/yargs-parser.ts';

/** Splits the words after the verb, in yargs's strict mode. */
export async function parseWithYargs(
  command: Pick<Command, 'positionals' | 'options'>,
  words: readonly string[],
): Promise<ParseOutcome<ParsedWords>> {
  const specs = allOptions(command);
  const parser = newYargs().strictOptions();
  for (const [name, spec] of Object.entries(specs)) {
    parser.option(name, yargsOption(spec));
    for (const other of spec.conflicts ?? []) parser.conflicts(name, other);
  }
  try {
    const { _: operands, ...rest } = await parser.parseAsync([...words]);
    const options = new Map<string, readonly string[]>();
    for (const [name, spec] of Object.entries(specs)) {
      const value = rest[name];
      if (value !== undefined) options.set(name, spec.kind === 'boolean' ? [] : [value].flat().map(String));
    }
    return { kind: 'parsed', value: { operands: operands.map(String), options } };
  } catch (error) {
    if (error instanceof YargsRefusal) return { kind: 'refused', reason: error.message };
    throw error;
  }
}

function yargsOption(spec: OptionSpec): Options {
  const alias = spec.alias === undefined ? {} : { alias: spec.alias };
  switch (spec.kind) {
    case 'boolean':
      return { ...alias, boolean: true };
    case 'choice':
      return { ...alias, string: true, requiresArg: true, choices: spec.choices };
    case 'list':
    case 'pairs':
      return { ...alias, string: true, array: true, requiresArg: true };
    case 'string':
      return { ...alias, string: true, requiresArg: true, demandOption: spec.required === true };
    case 'number':
      return { ...alias, string: true, requiresArg: true };
  }
}
