/** What `hooks install` and `hooks uninstall` answer, for a clone and for a server. */
import type { HookProgram } from './hook-text.ts';
import type { HookChange } from './place-hook.ts';

/** What was done. */
export interface HooksResult {
  /** Absolute. */
  readonly folder: string;
  readonly hooks: readonly HookChange[];
  /** Git configuration that was set with them. */
  readonly settings?: readonly { readonly key: string; readonly value: string }[];
  /** Git configuration that was another already, and stays. */
  readonly kept?: readonly { readonly key: string; readonly value: string; readonly advised: string }[];
}

/** What an installer gets. */
export interface InstallHooksInput {
  readonly program: HookProgram;
  /** Warn before a push of what the remote's registry does not have. */
  readonly prePush: boolean;
}
