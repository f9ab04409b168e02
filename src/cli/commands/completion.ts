/** `completion`: prints the completion script of a shell. */
import { type Command, defineCommand, loadVisible } from '../command.ts';

const SCRIPTS = {
  bash: async (commands: readonly Command[]) => (await import('../completion/bash.ts')).bashCompletion(commands),
  zsh: async (commands: readonly Command[]) => (await import('../completion/zsh.ts')).zshCompletion(commands),
  fish: async (commands: readonly Command[]) => (await import('../completion/fish.ts')).fishCompletion(commands),
} as const;

/** The command. */
export const completionCommand: Command = defineCommand({
  name: 'completion',
  group: 'Shell',
  summary: 'Print the completion script of a shell',
  description:
    'The script completes commands, options, models, versions, stages and files. Its first lines say where to put it.',
  positionals: [{ name: 'shell', required: true, choices: ['bash', 'zsh', 'fish'], says: 'the shell' }],
  options: {},
  examples: [
    {
      command: 'git registry completion bash > ~/.local/share/bash-completion/completions/git-registry',
      says: 'install it for bash',
    },
    { command: 'git registry completion fish | source', says: 'try it in this shell (fish)' },
  ],
  output: 'completion',
  async run(context, { shell }) {
    const script = await SCRIPTS[shell](await loadVisible(context.commands));
    return { json: { shell, script }, text: () => script.trimEnd() };
  },
});
