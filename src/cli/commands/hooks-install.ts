/** `hooks install`: lets git run the checks. An installer for another place is one more file, and a choice of it below. */
import { RegistryError } from '../../domain/errors.ts';
import { type Command, type CommandContext, type CommandResult, defineCommand } from '../command.ts';
import { given } from '../given.ts';
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
    'lefthook or overcommit look after the hooks, the hint says what to add to their list.\n\n' +
    'With --server, in a bare repository: update and pre-receive hooks that refuse every push which would damage the ' +
    'registry (docs/format.md §5-§6), and settings of git that keep what arrived. Branches and tags are none of its business.',
  positionals: [],
  options: {
    'pre-push': { kind: 'boolean', says: 'also warn, before a push, of models that the remote does not have' },
    server: { kind: 'boolean', conflicts: ['pre-push'], says: 'let a bare repository refuse damage' },
    'max-input-size': {
      kind: 'string',
      placeholder: 'SIZE',
      says: 'with --server: the largest push, e.g. 500m; 1g where none is set',
    },
    print: {
      kind: 'boolean',
      says: "with --server: print one hook for a forge's own hook folder, and install nothing",
    },
  },
  examples: [
    { command: 'git registry hooks install', says: 'check before each commit' },
    { command: 'git registry hooks install --pre-push', says: 'and warn before each push' },
    { command: 'git registry -C model.git hooks install --server', says: 'protect the registry of a bare repository' },
  ],
  output: 'hooks',
  async run(context, { prePush, server, maxInputSize, print }) {
    if (server) return runServer(context, maxInputSize, print);
    if (print || maxInputSize !== undefined)
      throw new RegistryError('usage', '--print and --max-input-size go with --server');
    const workspace = await context.workspace();
    const { installHooks } = await import('../../operations/install-hooks.ts');
    const result = await installHooks(workspace, { program: programPath(), prePush });
    return { json: result, text: () => renderHooks(result) };
  },
});

async function runServer(
  context: CommandContext,
  maxInputSize: string | undefined,
  print: boolean,
): Promise<CommandResult> {
  if (maxInputSize !== undefined && !/^[0-9]+[kmg]?$/i.test(maxInputSize))
    throw new RegistryError('usage', `--max-input-size ${maxInputSize}: expected a size as git takes it, e.g. 500m`);
  const program = programPath();
  if (print) {
    const { serverHookText } = await import('../../operations/server-hook-text.ts');
    const text = serverHookText('alone', program);
    return { json: { hooks: [], text }, text: () => text.replace(/\n$/, '') };
  }
  const { installServerHooks } = await import('../../operations/install-server-hooks.ts');
  const result = await installServerHooks(await context.workspace(), { program, ...given({ maxInputSize }) });
  return { json: result, text: () => renderHooks(result) };
}
