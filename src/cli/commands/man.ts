/** `__man`: prints the manual page; the build keeps it as dist/man/git-registry.1. */
import { type Command, defineCommand, loadVisible } from '../command.ts';
import { manPage } from '../man.ts';

/** The command. */
export const manCommand: Command = defineCommand({
  name: '__man',
  group: 'Shell',
  summary: 'Print the manual page in roff',
  hidden: true,
  positionals: [],
  options: {},
  examples: [],
  async run(context) {
    const page = manPage(await loadVisible(context.commands));
    return { json: { page }, text: () => page.trimEnd() };
  },
});
