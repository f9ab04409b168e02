/** `--remote` of the commands that look: a registry that is not here. */
import type { OpenPeek } from '../operations/peek/remote-registry.ts';
import type { OptionSpec } from './command.ts';
import type { WorkspaceOptions } from './context.ts';

/** The option. */
export const REMOTE_OPTION = {
  kind: 'string',
  placeholder: 'REMOTE',
  says: 'look at a remote, by name, URL or folder; nothing is written here',
} as const satisfies OptionSpec;

/** Returns what opens the temporary repositories that this takes. */
export function peekWith(context: WorkspaceOptions): OpenPeek {
  const { cwd, env, progress, signal } = context;
  return async (objectFormat) => {
    const { openPeek } = await import('./compose.ts');
    return openPeek({ cwd, env, progress, signal }, objectFormat);
  };
}
