/** `--at` of the commands that read: the registry as it was. */
import type { Workspace } from '../operations/workspace.ts';
import type { Arguments, Command, OptionSpec } from './command.ts';

/** The option. */
export const AT_OPTION = {
  kind: 'string',
  placeholder: 'DATE|EVENT',
  says: 'as it was then: a day (to its end, UTC), a time, or an event by its id or SHA-256',
} as const satisfies OptionSpec;

/** The option of commands that can look at a remote, which is looked at as it is. */
export const LOCAL_AT_OPTION = { ...AT_OPTION, conflicts: ['remote'] } as const satisfies OptionSpec;

/** Returns the registry that the command reads; where that cannot be opened, the one at hand is closed. */
export async function openAt(
  workspace: Workspace,
  command: Pick<Command, 'options'>,
  { at }: Arguments,
): Promise<Workspace> {
  if (typeof at !== 'string' || !Object.hasOwn(command.options, 'at')) return workspace;
  const { pastWorkspace } = await import('../operations/past-workspace.ts');
  try {
    return await pastWorkspace(workspace, at);
  } catch (error) {
    await workspace.close();
    throw error;
  }
}
