/** `__outlines`: prints the data of all commands; the build keeps it as dist/completion/outlines.json. */
import { type Command, defineCommand } from '../command.ts';
import { loadOutlines } from '../completion/outlines.ts';

/** The command. */
export const outlinesCommand: Command = defineCommand({
  name: '__outlines',
  group: 'Shell',
  summary: 'Print the data of all commands as JSON',
  hidden: true,
  positionals: [],
  options: {},
  examples: [],
  async run(context) {
    const outlines = await loadOutlines(context.commands);
    return { json: outlines, text: () => JSON.stringify(outlines) };
  },
});
