/**
 * The parser of the hot path: node's own `parseArgs` over the command's data. Loading yargs costs more than a resolve
 * (measured: ~50 ms), so yargs is asked for words only after this one has refused.
 */
import { parseArgs } from 'node:util';
import { nearNames } from '../domain/near.ts';
import type { Command, OptionSpec, OptionSpecs } from './command.ts';
import { allOptions } from './common-options.ts';
import { isNegativeNumber, type ParsedWords, type ParseOutcome, refused } from './parsed-words.ts';

type Token = NonNullable<ReturnType<typeof tokenize>>[number];

/** Splits the words after the verb into operands and options, or says what is wrong with the first bad one. */
export function parseWords(
  command: Pick<Command, 'positionals' | 'options'>,
  words: readonly string[],
): ParseOutcome<ParsedWords> {
  const specs = allOptions(command);
  const operands: string[] = [];
  const options = new Map<string, string[]>();
  const seen = new Set<number>();
  for (const token of tokenize(specs, words)) {
    const word = words[token.index] ?? '';
    if (token.kind === 'positional') operands.push(token.value);
    if (token.kind !== 'option') continue;
    if (isNegativeNumber(word)) {
      // `-12` comes as one token a digit, all with the index of the word.
      if (!seen.has(token.index)) operands.push(word);
      seen.add(token.index);
      continue;
    }
    const reason = explainOption(specs, token);
    if (reason !== undefined) return refused(reason);
    const values = options.get(token.name) ?? [];
    options.set(token.name, token.value === undefined ? values : [...values, token.value]);
  }
  return { kind: 'parsed', value: { operands, options } };
}

/** Not `strict`: that would refuse `--seed -1`. What it checks is checked by {@link explainOption}. */
function tokenize(specs: OptionSpecs, words: readonly string[]) {
  const options = Object.entries(specs).map(([name, spec]) => [name, nodeOption(spec)] as const);
  return parseArgs({
    args: [...words],
    options: Object.fromEntries(options),
    strict: false,
    allowPositionals: true,
    tokens: true,
  }).tokens;
}

function nodeOption(spec: OptionSpec): { type: 'boolean' | 'string'; short?: string } {
  const type = spec.kind === 'boolean' ? 'boolean' : 'string';
  return spec.alias === undefined ? { type } : { type, short: spec.alias };
}

function explainOption(specs: OptionSpecs, token: Extract<Token, { kind: 'option' }>): string | undefined {
  if (!Object.hasOwn(specs, token.name)) return `unknown option ${token.rawName}${suggestion(specs, token.rawName)}`;
  if (specs[token.name]?.kind === 'boolean') {
    return token.value === undefined
      ? undefined
      : `option ${token.rawName}: expected no value, got ${JSON.stringify(token.value)}`;
  }
  if (token.value === undefined) return `option ${token.rawName}: expected a value`;
  const dashed =
    !token.inlineValue && token.value.startsWith('-') && token.value !== '-' && !isNegativeNumber(token.value);
  return dashed
    ? `option ${token.rawName}: expected a value, got ${token.value} (a value that starts with a dash: ${token.rawName}=...)`
    : undefined;
}

function suggestion(specs: OptionSpecs, rawName: string): string {
  if (!rawName.startsWith('--')) return '';
  if (rawName === '--at') return ': only commands that read the log take it';
  const shown = Object.keys(specs).filter((name) => specs[name]?.hidden === undefined);
  const [near] = nearNames(rawName.slice(2), shown, 1);
  return near === undefined ? '' : `; did you mean --${near}?`;
}
