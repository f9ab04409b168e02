/** Commands that registry.yaml names as gates: whether they may run here, and how they are run. */
import type { Policy } from '../../domain/policy.ts';
import type { ProgramEnd } from '../../ports/local-programs.ts';
import type { Workspace } from '../workspace.ts';

/** Most bytes of output that are kept: more is no verdict. */
const MAX_OUTPUT = 1024 * 1024;

/** Characters that mean nothing to a shell: without others none is needed. */
const PLAIN = /^[\w@%+:,./ -]+$/;

/** Returns why a command must not run here; undefined where it may: the user has allowed exactly this registry.yaml. */
export async function explainRefusal(workspace: Workspace, command: string): Promise<string | undefined> {
  // A server has no work tree: what a push brings must never be run by it.
  if (workspace.repository.workTree === undefined) return 'not run where there is no work tree';
  if (workspace.past !== undefined) return 'not run for the past';
  const { policy, file } = await workspace.settings.governing();
  if (file === undefined || !commandsOf(policy).includes(command)) return 'not run: registry.yaml does not name it';
  if (await (await workspace.programs()).isAllowed(file.sha256)) return undefined;
  return `not allowed here; read registry.yaml, then: git config --local --add registry.allowExec ${file.sha256}`;
}

/** Runs a command at the top of the work tree, by a shell only where it is written for one. */
export async function runGateCommand(
  workspace: Workspace,
  call: {
    readonly command: string;
    readonly input: string;
    readonly milliseconds: number;
    readonly environment: Readonly<Record<string, string>>;
  },
): Promise<ProgramEnd> {
  const { command, ...told } = call;
  const programs = await workspace.programs();
  const captured = { ...told, isIsolated: true, capture: MAX_OUTPUT };
  if (!PLAIN.test(command)) return programs.run({ ...captured, file: '/bin/sh', args: ['-c', command] });
  const [name = '', ...args] = command.trim().split(/ +/);
  // As in a shell: a path is one of the work tree, a bare name is looked for on PATH.
  const file = name.includes('/') ? programs.locate(name) : name;
  if (file === undefined) return { kind: 'not-started', why: 'expected a path from the top of the work tree' };
  return programs.run({ ...captured, file, args });
}

function commandsOf(policy: Policy): readonly string[] {
  return [policy, ...Object.values(policy.models)]
    .flatMap(({ gates = {} }) => Object.values(gates))
    .flatMap(({ exec }) => (exec === undefined ? [] : [exec.command]));
}
