/**
 * yargs as this program uses it: it lays out `--help` and knows which command was probably meant. Loaded only then: it
 * costs more than a resolve (measured: ~50 ms). Words are parsed by `parse-words.ts`, whose answers a property test
 * compares with those of this same parser.
 */
import yargs, { type Argv } from 'yargs';

const CONFIGURATION = {
  'boolean-negation': false,
  'camel-case-expansion': false,
  'dot-notation': false,
  'greedy-arrays': false,
  'parse-numbers': false,
  'parse-positional-numbers': false,
  'strip-aliased': true,
} as const;

/** A message of yargs. */
export class YargsRefusal extends Error {}

/** Returns an instance that speaks English in every locale, neither prints nor exits, and throws {@link YargsRefusal}. */
export function newYargs(): Argv {
  return yargs([])
    .scriptName('git registry')
    .locale('en')
    .help(false)
    .version(false)
    .exitProcess(false)
    .showHelpOnFail(false)
    .parserConfiguration(CONFIGURATION)
    .fail((message, error) => {
      throw new YargsRefusal(message ?? error.message);
    });
}

/** Returns the command that was probably meant by an unknown one (at most three edits away), or undefined. */
export async function findRecommendedCommand(names: Iterable<string>, word: string): Promise<string | undefined> {
  const [group, second] = word.split(' ');
  const siblings = [...names].filter((name) => second === undefined || name.startsWith(`${group} `));
  const candidates = new Set(siblings.map((name) => name.split(' ')[second === undefined ? 0 : 1] ?? ''));
  const parser = newYargs().recommendCommands().strictCommands();
  for (const name of candidates) parser.command(name, name);
  try {
    // Throws from the call itself, not through the promise.
    await parser.parseAsync([second ?? word]);
  } catch (error) {
    if (!(error instanceof YargsRefusal)) throw error;
    const found = /^Did you mean (.*)\?$/.exec(error.message)?.[1];
    return found === undefined || second === undefined ? found : `${group} ${found}`;
  }
  return undefined;
}
