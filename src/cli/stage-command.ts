/** What the verbs that move entries share: their options, their document and their notes. */
import type { MoveResult } from '../operations/stage-moves.ts';
import type { Workspace } from '../operations/workspace.ts';
import type { CommandResult, OptionSpec } from './command.ts';
import { publish } from './publish-note.ts';
import { policyNotes } from './render/governed.ts';
import { renderMove } from './render/move.ts';

/** The option `--reason` of a stage move. */
export const REASON_OPTION = {
  kind: 'string',
  placeholder: 'TEXT',
  says: 'why, for the history',
} as const satisfies OptionSpec;

/** The option `--dry-run`. */
export const DRY_RUN_OPTION = {
  kind: 'boolean',
  says: 'say what would happen; write nothing',
} as const satisfies OptionSpec;

/** The option `--emergency`. */
export const EMERGENCY_OPTION = {
  kind: 'boolean',
  says: 'past gates and approvals, where registry.yaml permits it to you; needs --reason, marked in the history',
} as const satisfies OptionSpec;

/** Returns what such a verb answers: `src/schema/output/move.schema.json`. A refusal is exit 1. */
export async function answerMove(
  workspace: Workspace,
  result: MoveResult,
  { push, width }: { readonly push: boolean; readonly width: number },
): Promise<CommandResult> {
  const { governed } = result;
  const written = { wrote: result.changed, push, dryRun: result.dryRun, models: [result.model] };
  const isRefused = governed?.refused === true;
  const published = isRefused ? { notes: [], exitCode: 1 } : await publish(workspace, written);
  return {
    json: { ...result, reason: result.reason ?? null, governed: governed ?? null },
    text: (style) => renderMove(result, style, width),
    notes: [...(governed === undefined ? [] : policyNotes(governed)), ...published.notes],
    exitCode: published.exitCode,
  };
}
