/** Usage errors: what is wrong, the usage line, and where help is. */
import { RegistryError } from '../domain/errors.ts';
import type { Command, CommandList } from './command.ts';
import { synopsis } from './common-options.ts';
import type { Invocation } from './invocation.ts';

const PROGRAM_SYNOPSIS = 'git registry COMMAND [OPTIONS] [ARGUMENTS]';
const PROGRAM_HINT = 'git registry help';

/** Returns the fault of a command line that the command does not know. */
export function usageError(command: Pick<Command, 'name' | 'positionals'>, reason: string): RegistryError {
  return new RegistryError('usage', reason, {
    hint: `git registry ${command.name} --help`,
    data: { command: command.name, usage: synopsis(command) },
  });
}

/** Returns a usage fault that the command itself found, with the usage line; any other value as it is. */
export function withUsageLine(command: Pick<Command, 'name' | 'positionals'>, thrown: unknown): unknown {
  if (!(thrown instanceof RegistryError) || thrown.code !== 'usage' || thrown.data['usage'] !== undefined)
    return thrown;
  const added = usageError(command, thrown.message);
  return new RegistryError('usage', thrown.message, {
    hint: thrown.hint ?? added.hint ?? '',
    data: { ...added.data, ...thrown.data },
    cause: thrown,
  });
}

/** Returns the fault of a command line without a known command. */
export async function explainInvocation(
  invocation: Extract<Invocation, { kind: 'no-command' | 'unknown-command' | 'unknown-option' }>,
  list: CommandList,
): Promise<RegistryError> {
  if (invocation.kind === 'unknown-option') return programError(`unknown option ${invocation.word}`, {});
  if (invocation.kind === 'no-command') return programError(missingCommand(invocation.group, list), {});
  const { findRecommendedCommand } = await import('./yargs-parser.ts');
  const visible = [...list.keys()].filter((name) => !name.startsWith('__'));
  const near = await findRecommendedCommand(visible, invocation.name);
  const reason = `unknown command ${JSON.stringify(invocation.name)}`;
  return near === undefined
    ? programError(reason, { command: invocation.name })
    : programError(`${reason}; did you mean ${near}?`, { command: invocation.name, near });
}

function missingCommand(group: string | undefined, list: CommandList): string {
  if (group === undefined) return 'expected a command';
  const members = [...list.keys()].filter((name) => name.startsWith(`${group} `));
  return `expected one of ${members.join(', ')}`;
}

function programError(reason: string, data: Record<string, unknown>): RegistryError {
  return new RegistryError('usage', reason, { hint: PROGRAM_HINT, data: { usage: PROGRAM_SYNOPSIS, ...data } });
}
