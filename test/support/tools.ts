/** Programs that some tests need beside node and git. Where one is missing the test is skipped by name; under CI nothing is. */
import { spawnSync } from 'node:child_process';

/** Tells whether a test must be skipped because a program is missing here. Never under CI, where the test then fails. */
export function lacks(program: string, ...args: readonly string[]): boolean {
  if (process.env['CI'] === 'true') return false;
  const { status } = spawnSync(program, args.length === 0 ? ['--version'] : args, { stdio: 'ignore' });
  return status !== 0;
}
