/** `hooks uninstall`: takes away what `hooks install` put there. */
import { type Command, defineCommand } from '../command.ts';
import { renderHooks } from '../render/hooks.ts';

/** The command. */
export const hooksUninstallCommand: Command = defineCommand({
  name: 'hooks uninstall',
  group: 'Start',
  summary: 'Take the hooks away again',
  description: 'Removes the hooks that hooks install wrote, and puts back those that were there before. Others stay.',
  positionals: [],
  options: { server: { kind: 'boolean', says: 'those of a bare repository; its settings stay' } },
  examples: [{ command: 'git registry hooks uninstall', says: 'check no more' }],
  output: 'hooks',
  async run(context, { server }) {
    const workspace = await context.workspace();
    const uninstall = server
      ? (await import('../../operations/install-server-hooks.ts')).uninstallServerHooks
      : (await import('../../operations/install-hooks.ts')).uninstallHooks;
    const result = await uninstall(workspace);
    return { json: result, text: () => renderHooks(result) };
  },
});
