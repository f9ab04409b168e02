/** What opening a registry takes from the world. */
import type { Workspace } from '../operations/workspace.ts';
import type { Progress } from '../ports/progress.ts';

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What opening a registry takes. */
export interface WorkspaceOptions {
  /** Absolute; `-C` is in it already. */
  readonly cwd: string;
  readonly env: Environment;
  readonly progress: Progress;
  /** Aborts when the user interrupts: listeners remove temporary files, at once and synchronously. */
  readonly signal: AbortSignal;
}

/** Opens the registry of a folder; `src/cli/compose.ts` does. */
export type OpenWorkspace = (options: WorkspaceOptions) => Promise<Workspace>;
