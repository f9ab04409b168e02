/** Where this program is, for what starts it later: a hook. */
import type { HookProgram } from '../operations/hook-text.ts';

/** Returns node and the launcher, by the names under which they were started: a version manager may move what is behind them. */
export function programPath(): HookProgram {
  return { node: process.execPath, program: process.argv[1] ?? 'git-registry' };
}
