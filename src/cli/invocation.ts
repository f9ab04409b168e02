/** From the whole argument vector to the verb and the words that are the command's. */

import type { OptionSpecs } from './command.ts';
import { COMMON_OPTIONS } from './common-options.ts';

/** What the user asked for. `words` are all words but the verb's, those before it first. */
export type Invocation =
  | { readonly kind: 'command'; readonly name: string; readonly words: readonly string[]; readonly help: boolean }
  | { readonly kind: 'version' }
  | { readonly kind: 'program-help' }
  | { readonly kind: 'group-help'; readonly group: string }
  | { readonly kind: 'no-command'; readonly group: string | undefined }
  | { readonly kind: 'unknown-command'; readonly name: string }
  | { readonly kind: 'unknown-option'; readonly word: string };

/** Finds the verb, one word or two. Before it stand options of every command only; `--version` there is the program's. */
export function findInvocation(argv: readonly string[], names: ReadonlySet<string>): Invocation {
  const before: string[] = [];
  let help = false;
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] ?? '';
    if (word === '--version') return { kind: 'version' };
    if (!word.startsWith('-') || word === '-') return withVerb(names, word, argv.slice(index + 1), before, help);
    const length = commonOptionLength(word);
    if (length === 0) return { kind: 'unknown-option', word };
    help ||= word === '--help' || word === '-h';
    before.push(...argv.slice(index, index + length));
    index += length - 1;
  }
  return help ? { kind: 'program-help' } : { kind: 'no-command', group: undefined };
}

function withVerb(
  names: ReadonlySet<string>,
  verb: string,
  rest: readonly string[],
  before: readonly string[],
  help: boolean,
): Invocation {
  if (names.has(verb)) return asCommand(verb, [...before, ...rest], help);
  const isGroup = [...names].some((name) => name.startsWith(`${verb} `));
  if (!isGroup) return { kind: 'unknown-command', name: verb };
  const [second] = rest;
  if (second !== undefined && names.has(`${verb} ${second}`))
    return asCommand(`${verb} ${second}`, [...before, ...rest.slice(1)], help);
  if (help || asksForHelp(rest)) return { kind: 'group-help', group: verb };
  if (second === undefined || second.startsWith('-')) return { kind: 'no-command', group: verb };
  return { kind: 'unknown-command', name: `${verb} ${second}` };
}

function asCommand(name: string, words: readonly string[], help: boolean): Invocation {
  return { kind: 'command', name, words, help: help || asksForHelp(words) };
}

/** Tells whether `--help` or `-h` stands before a `--`. */
function asksForHelp(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  return words.slice(0, end < 0 ? undefined : end).some((word) => word === '--help' || word === '-h');
}

/** Tells whether `--json` stands before a `--`: errors are printed as JSON even where the words do not parse. */
export function asksForJson(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  return words.slice(0, end < 0 ? undefined : end).includes('--json');
}

/** Returns how many words an option of every command takes, itself included; 0 where it is none. */
function commonOptionLength(word: string): 0 | 1 | 2 {
  const specs: OptionSpecs = COMMON_OPTIONS;
  if (!word.startsWith('--')) return shortOptionLength(specs, word.slice(1));
  const [name = ''] = word.slice(2).split('=', 1);
  const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
  if (spec === undefined) return 0;
  return spec.kind === 'boolean' || word.includes('=') ? 1 : 2;
}

/** `-q`, `-C DIR`, `-CDIR`, `-qC DIR`: a letter with a value takes what is left of the word, or the next one. */
function shortOptionLength(specs: OptionSpecs, letters: string): 0 | 1 | 2 {
  for (const [index, letter] of [...letters].entries()) {
    const spec = Object.values(specs).find(({ alias }) => alias === letter);
    if (spec === undefined) return 0;
    if (spec.kind !== 'boolean') return index + 1 < letters.length ? 1 : 2;
  }
  return letters === '' ? 0 : 1;
}
