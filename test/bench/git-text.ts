/** Asking git something, outside measured time. */
import { spawnSync } from 'node:child_process';
import { childEnvironment } from './child-environment.ts';

/** Returns what git prints, without its last newline. Throws where git fails. */
export function gitText(cwd: string, args: readonly string[], input: string | Uint8Array = ''): string {
  const options = { cwd, env: childEnvironment(), input, maxBuffer: 1 << 30 };
  const { status, stdout, stderr } = spawnSync('git', args, options);
  if (status !== 0) throw new Error(`git ${args.slice(0, 2).join(' ')} exited with ${status}: ${stderr.toString()}`);
  return stdout.toString().replace(/\n$/, '');
}
