/** Whether others can see what was just written: published at once where that was asked for, else said. */
import { exitCodeOf, RegistryError } from '../domain/errors.ts';
import type { Workspace } from '../operations/workspace.ts';
import type { CommandResult, OptionSpec } from './command.ts';

/** The option `--push` of every verb that writes events. */
export const PUSH_OPTION = {
  kind: 'boolean',
  says: 'publish it at once; git config registry.autoPush true does so always',
} as const satisfies OptionSpec;

/** What a verb did that may be published. */
export interface Written {
  /** Events were written: what had nothing to do wrote nothing that could be unpublished. */
  readonly wrote: boolean;
  /** `--push` was given. */
  readonly push: boolean;
  readonly dryRun?: boolean;
  /** The models that were written to: the others are not published along. */
  readonly models: readonly string[];
}

/** How such a verb ends: its notes, the exit code of publishing, and whether others can see what it wrote. */
export interface Published extends Required<Pick<CommandResult, 'notes' | 'exitCode'>> {
  /** Null where nothing was written, or there is nowhere to publish to. */
  readonly published: boolean | null;
}

/** Returns how such a verb ends. Local work is never called shared. */
export async function publish(
  workspace: Workspace,
  { wrote, push, models, dryRun = false }: Written,
): Promise<Published> {
  if (dryRun || !(wrote || push)) return { notes: [], exitCode: 0, published: null };
  if (!push && (await workspace.settings.remotes()).length === 0) return { notes: [], exitCode: 0, published: null };
  if (push || (await workspace.settings.isOn('registry.autopush'))) return pushNow(workspace, models);
  return { notes: ['not published: git registry push'], exitCode: 0, published: false };
}

/** What was written stays written: a push that fails is told beside the result, by its exit code too. */
async function pushNow(workspace: Workspace, models: readonly string[]): Promise<Published> {
  const { push } = await import('../operations/push.ts');
  const { registryRemoteName } = await import('../operations/sync/choose-remote.ts');
  const { exitCodeOfIssues, gtoNotes, issueNotes, layoutNotes } = await import('./render/sync.ts');
  try {
    const result = await push(workspace, { words: [await registryRemoteName(workspace), ...models] });
    const done = result.logs.length > 0 || result.issues.length === 0;
    return {
      notes: [
        ...(done ? [`published to ${result.remote}`] : []),
        ...issueNotes(result.issues),
        ...gtoNotes(result),
        ...layoutNotes(result),
      ],
      exitCode: exitCodeOfIssues(result.issues),
      published: done,
    };
  } catch (error) {
    if (!(error instanceof RegistryError) || error.code === 'bug') throw error;
    return { notes: ['not published:', ...issueNotes([error])], exitCode: exitCodeOf(error.code), published: false };
  }
}
