/** What a command may see of the world. */
import type { Workspace } from '../operations/workspace.ts';
import type { Progress } from '../ports/progress.ts';
import type { CommandList } from './command.ts';
import type { Output } from './output.ts';

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

/** What `run` of a command gets. Results go back as a value; only what cannot wait is written to `err`. */
export interface CommandContext extends WorkspaceOptions {
  /** Columns that text for stdout may take; Infinity where that is no terminal, so that a pipe gets whole lines. */
  readonly width: number;
  readonly out: Output;
  readonly err: Output;
  readonly commands: CommandList;
  /** Opens the registry when first called; the same one after that. */
  workspace(): Promise<Workspace>;
}
