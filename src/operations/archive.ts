/** Takes an entry out of service: its stage becomes archived; nothing is deleted. */
import { moveEntry } from './move-entry.ts';
import { resolveSpec } from './resolve-spec.ts';
import type { MoveResult, MutationOptions } from './stage-moves.ts';
import type { Workspace } from './workspace.ts';

/** What to archive. */
export interface ArchiveInput extends MutationOptions {
  readonly spec: string;
  readonly model?: string;
  readonly reason?: string;
}

/** Archives. Throws `not-registered`, `tombstoned`, `unknown-spec`. */
export async function archive(workspace: Workspace, input: ArchiveInput): Promise<MoveResult> {
  const named = await resolveSpec(workspace, input.spec, input.model);
  return moveEntry(workspace, {
    ...input,
    model: named.model,
    to: 'archived',
    cause: 'archive',
    ...(named.version === undefined ? {} : { version: named.version }),
    choose: () => named.entry.sha256,
  });
}
