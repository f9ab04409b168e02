/** From words to typed arguments: arity, choices, numbers, pairs, what excludes what. The same for both parsers. */
import type { Arguments, ArgumentValue, Command, OptionSpec, Pair, Positional } from './command.ts';
import {
  allOptions,
  COMMON_OPTIONS,
  type CommonArguments,
  camelCase,
  findSpecPositional,
  hasVersionOption,
  positionalPlaceholder,
} from './common-options.ts';
import { type ParsedWords, type ParseOutcome, refused } from './parsed-words.ts';

type CommandShape = Pick<Command, 'positionals' | 'options'>;

/** Arguments of a command line. */
export interface ReadArguments {
  readonly args: Arguments;
  readonly common: CommonArguments;
}

/** Carries a reason out of the readers below; never leaves this file. */
class Refusal extends Error {}

/** Returns typed arguments, or why the words are none. */
export function readArguments(command: CommandShape, words: ParsedWords): ParseOutcome<ReadArguments> {
  try {
    return { kind: 'parsed', value: readAll(command, words) };
  } catch (error) {
    if (error instanceof Refusal) return refused(error.message);
    throw error;
  }
}

function readAll(command: CommandShape, words: ParsedWords): ReadArguments {
  const values: Record<string, ArgumentValue> = {};
  const common: Record<string, ArgumentValue> = {};
  for (const [name, spec] of Object.entries(allOptions(command))) {
    refuseConflict(name, spec, words);
    const target = Object.hasOwn(COMMON_OPTIONS, name) ? common : values;
    target[camelCase(name)] = readOption(name, spec, words.options.get(name));
  }
  Object.assign(values, readPositionals(command.positionals, words.operands));
  if (hasVersionOption(command)) joinVersion(command, values);
  // SAFETY: read above from COMMON_OPTIONS, of which CommonArguments is the type.
  return { args: values, common: common as unknown as CommonArguments };
}

function refuseConflict(name: string, spec: OptionSpec, words: ParsedWords): void {
  if (!words.options.has(name)) return;
  const other = spec.conflicts?.find((conflict) => words.options.has(conflict));
  if (other !== undefined) throw new Refusal(`--${name} and --${other} exclude each other`);
}

function readOption(name: string, spec: OptionSpec, texts: readonly string[] | undefined): ArgumentValue {
  switch (spec.kind) {
    case 'boolean':
      return texts !== undefined;
    case 'list':
      return texts ?? [];
    case 'pairs':
      return (texts ?? []).map((text) => readPair(name, spec.placeholder, text));
    case 'number':
      return texts?.map((text) => readNumber(name, spec, text)).at(-1) ?? spec.default;
    case 'choice':
      return texts?.map((text) => readChoice(`--${name}`, spec.choices, text)).at(-1) ?? spec.default;
    case 'string':
      if (texts === undefined && spec.required) throw new Refusal(`option --${name} ${spec.placeholder} is required`);
      return texts?.at(-1) ?? spec.default;
  }
}

function readPair(name: string, placeholder: string, text: string): Pair {
  const at = text.indexOf('=');
  if (at < 1) throw new Refusal(`option --${name}: expected ${placeholder}, got ${JSON.stringify(text)}`);
  return { key: text.slice(0, at), value: text.slice(at + 1) };
}

function readNumber(name: string, spec: OptionSpec & { kind: 'number' }, text: string): number {
  const value = /^-?(?:\d+(?:\.\d+)?|\.\d+)$/.test(text) ? Number(text) : Number.NaN;
  const fits =
    Number.isFinite(value) && (!spec.whole || Number.isSafeInteger(value)) && value >= (spec.least ?? -Infinity);
  if (fits) return value;
  const least = spec.least === undefined ? '' : ` of at least ${spec.least}`;
  throw new Refusal(
    `option --${name}: expected a ${spec.whole ? 'whole number' : 'number'}${least}, got ${JSON.stringify(text)}`,
  );
}

function readChoice(what: string, choices: readonly string[], text: string): string {
  if (choices.includes(text)) return text;
  throw new Refusal(`${what}: expected one of ${choices.join(', ')}, got ${JSON.stringify(text)}`);
}

function readPositionals(
  positionals: readonly Positional[],
  operands: readonly string[],
): Record<string, ArgumentValue> {
  const values: Record<string, ArgumentValue> = {};
  let taken = 0;
  for (const positional of positionals) {
    const mine = operands.slice(taken, positional.variadic ? undefined : taken + 1);
    taken += mine.length;
    if (positional.required && mine.length === 0) throw new Refusal(`expected ${positionalPlaceholder(positional)}`);
    const { choices } = positional;
    if (choices !== undefined) for (const word of mine) readChoice(positionalPlaceholder(positional), choices, word);
    values[positional.name] = positional.variadic ? mine : mine[0];
  }
  const extra = operands[taken];
  if (extra !== undefined) throw new Refusal(`unexpected argument ${JSON.stringify(extra)}`);
  return values;
}

/** After a verb `MODEL --version V` means `MODEL@V`. */
function joinVersion(command: CommandShape, values: Record<string, ArgumentValue>): void {
  const { version } = values;
  delete values['version'];
  const positional = findSpecPositional(command);
  if (version === undefined || positional === undefined) return;
  const models = [values[positional.name] ?? []].flat();
  if (models.length !== 1) throw new Refusal('option --version: expected one MODEL beside it');
  const spec = `${String(models[0])}@${String(version)}`;
  values[positional.name] = positional.variadic ? [spec] : spec;
}
