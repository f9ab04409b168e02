/** What `approve` and `reject` share: their options, their document and their notes. */
import type { ApproveResult } from '../operations/approve.ts';
import type { Workspace } from '../operations/workspace.ts';
import type { CommandResult, OptionSpec } from './command.ts';
import { publish } from './publish-note.ts';
import { renderApproval } from './render/approval.ts';
import { policyNotes } from './render/governed.ts';

/** The option `--to`. */
export const TO_OPTION = {
  kind: 'string',
  placeholder: 'STAGE',
  completes: 'stage',
  required: true,
  says: 'the stage that it is for',
} as const satisfies OptionSpec;

/** The option `--rollback`. */
export const ROLLBACK_OPTION = {
  kind: 'boolean',
  says: 'for coming back into that stage by git registry rollback, by the rules of rollback',
} as const satisfies OptionSpec;

/** The option `--comment`. */
export const COMMENT_OPTION = {
  kind: 'string',
  placeholder: 'TEXT',
  says: 'why, for the history',
} as const satisfies OptionSpec;

/** Returns what such a verb answers: `src/schema/output/approval.schema.json`. Gates that refuse are exit 1. */
export async function answerApproval(
  workspace: Workspace,
  result: ApproveResult,
  { push, width, andPromote }: { readonly push: boolean; readonly width: number; readonly andPromote: boolean },
): Promise<CommandResult> {
  const { promoted } = result;
  const isRefused = result.refused || promoted?.governed?.refused === true;
  const wrote = (result.changed && !result.dryRun) || promoted?.changed === true;
  const written = { wrote, push, dryRun: result.dryRun, models: [result.model] };
  const published = result.refused ? { notes: [], exitCode: 1 } : await publish(workspace, written);
  return {
    json: { ...result, promoted: promoted === null ? null : promotion(promoted) },
    text: (style) => renderApproval(result, andPromote, style, width),
    notes: [...(promoted?.governed === undefined ? [] : policyNotes(promoted.governed)), ...published.notes],
    exitCode: published.exitCode === 0 && isRefused ? 1 : published.exitCode,
  };
}

function promotion({
  changed,
  stage,
  from,
  replaced,
  replacedVersion,
  governed,
}: NonNullable<ApproveResult['promoted']>): object {
  return { changed, refused: governed?.refused === true, stage, from, replaced, replacedVersion };
}
