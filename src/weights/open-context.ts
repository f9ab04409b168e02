/** What opening a remote takes from the world. */
import type { Environment } from './dvc-config.ts';

/** What opening takes from the world. */
export interface OpenContext {
  readonly env: Environment;
  /** Gives up every transfer when aborted. */
  readonly signal: AbortSignal;
}
