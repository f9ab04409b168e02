/** `hooks install`: lets git run the checks. An installer for another place is one more file, and a choice of it below. */
import { type Command, defineCommand } from '../command.ts';
import { programPath } from '../program-path.ts';
import { renderHooks } from '../render/hooks.ts';

/** The command. */
export const hooksInstallCommand: Command = defineCommand({
  name: 'hooks install',
  group: 'Start',
  summary: 'Let git check before each commit',
  description:
    'Installs a pre-commit hook that runs check --staged. It goes where git looks (core.hooksPath counts). A hook that is ' +
    'there already runs first and comes back with hooks uninstall; nothing is written over. Where husky, pre-commit, ' +
    'lefthook or overcommit look after the hooks, the hint says what to add to their list.',
  positionals: [],
  options: {
    'pre-push': { kind: 'boolean', says: 'also warn, before a push, of models that the remote does not have' },
  },
  examples: [
    { command: 'git registry hooks install', says: 'check before each commit' },
    { command: 'git registry hooks install --pre-push', says: 'and warn before each push' },
  ],
  output: 'hooks',
  async run(context, { prePush }) {
    const workspace = await context.workspace();
    const { installHooks } = await import('../../operations/install-hooks.ts');
    const result = await installHooks(workspace, { program: programPath(), prePush });
    return { json: result, text: () => renderHooks(result) };
  },
});
