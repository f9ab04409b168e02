/** The help of one command, laid out by yargs from the command's data. */
import type { Command, OptionSpec } from './command.ts';
import { allOptions, COMMON_OPTIONS, placeholderOf, positionalPlaceholder, synopsis } from './common-options.ts';
import { newYargs } from './yargs-parser.ts';

/** Longer lines than this are no easier to read, however wide the terminal. */
const WIDEST = 100;

/** Returns what `git registry VERB --help` prints, without a final newline. `columns`: of the terminal, if it is one. */
export async function commandHelp(command: Command, columns: number | undefined): Promise<string> {
  const parser = newYargs()
    // The group by this name is the one whose members yargs writes without dashes.
    .updateStrings({ 'Positionals:': 'Arguments:' })
    .usage(`usage: ${synopsis(command)}\n\n${headline(command)}`)
    .wrap(Math.min(WIDEST, columns ?? 80));
  for (const positional of command.positionals) {
    parser.option(positionalPlaceholder(positional), { describe: positional.says, group: 'Arguments:' });
  }
  for (const [name, spec] of Object.entries(allOptions(command))) {
    if (spec.hidden) continue;
    const group = Object.hasOwn(COMMON_OPTIONS, name) ? 'Options of every command:' : 'Options:';
    parser.option(...layoutOption(name, spec, group));
  }
  const help = (await parser.getHelp()).trimEnd();
  // Not by yargs: its two columns would break a long command line, which is to be copied.
  const examples = command.examples.map(({ command: line, says }) => `\n  # ${says}\n  ${line}`);
  return examples.length === 0 ? help : `${help}\n\nExamples:${examples.join('')}`;
}

function headline(command: Command): string {
  const summary = `${command.summary}.`;
  return command.description === undefined ? summary : `${summary}\n\n${command.description}`;
}

/** This instance never parses, so that the placeholder may stand in the key: yargs itself knows no placeholders. */
function layoutOption(name: string, spec: OptionSpec, group: string): [string, Record<string, unknown>] {
  const placeholder = placeholderOf(spec);
  const key = placeholder === undefined ? name : `${name} ${placeholder}`;
  const repeated = spec.kind === 'list' || spec.kind === 'pairs' ? ' (repeatable)' : '';
  const defaultDescription = 'default' in spec && spec.default !== undefined ? String(spec.default) : undefined;
  const layout = { describe: `${spec.says}${repeated}`, group, alias: spec.alias, defaultDescription };
  return [key, layout];
}
