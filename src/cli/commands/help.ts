/** `help`: the program's help, or that of a command. */
import { type Command, defineCommand, loadVisible } from '../command.ts';
import { allOptions, placeholderOf, synopsis } from '../common-options.ts';
import { explainInvocation } from '../usage-error.ts';

/** The command. */
export const helpCommand: Command = defineCommand({
  name: 'help',
  group: 'Shell',
  summary: 'Show how to use the program or a command',
  positionals: [
    { name: 'command', variadic: true, completes: 'command', says: 'the command; without it, the program' },
  ],
  options: {},
  examples: [
    { command: 'git registry help', says: 'list the commands' },
    { command: 'git registry help model create', says: 'show arguments, options and examples of one' },
  ],
  output: 'help',
  async run(context, args) {
    const name = args.command.join(' ');
    const visible = await loadVisible(context.commands);
    const chosen =
      name === '' ? visible : visible.filter((command) => command.name === name || command.name.startsWith(`${name} `));
    if (chosen.length === 0) throw await explainInvocation({ kind: 'unknown-command', name }, context.commands);
    const json = { commands: chosen.map(describeCommand) };
    const only = chosen.find((command) => command.name === name);
    if (only !== undefined) {
      const { commandHelp } = await import('../command-help.ts');
      const text = await commandHelp(only, context.out.columns);
      return { json, text: () => text };
    }
    const { groupHelp, programHelp } = await import('../help-text.ts');
    return { json, text: (style) => (name === '' ? programHelp(visible, style) : groupHelp(name, visible, style)) };
  },
});

function describeCommand(command: Command): Readonly<Record<string, unknown>> {
  const options = Object.entries(allOptions(command)).filter(([, { hidden }]) => hidden === undefined);
  return {
    name: command.name,
    group: command.group,
    summary: command.summary,
    usage: synopsis(command),
    options: options.map(([name, spec]) => ({
      name,
      alias: spec.alias ?? null,
      value: placeholderOf(spec) ?? null,
      says: spec.says,
    })),
    examples: command.examples,
  };
}
