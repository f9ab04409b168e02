/** What the verbs that move entries share: their options, their document and their notes. */
import type { MoveResult } from '../operations/stage-moves.ts';
import type { Workspace } from '../operations/workspace.ts';
import type { CommandResult, OptionSpec } from './command.ts';
import { publish } from './publish-note.ts';
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

/** Returns what such a verb answers: `src/schema/output/move.schema.json`. */
export async function answerMove(workspace: Workspace, result: MoveResult, push: boolean): Promise<CommandResult> {
  return {
    json: { ...result, reason: result.reason ?? null },
    text: (style) => renderMove(result, style),
    ...(await publish(workspace, { wrote: result.changed, push, dryRun: result.dryRun, models: [result.model] })),
  };
}
