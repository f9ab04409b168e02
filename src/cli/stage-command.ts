/** What the verbs that move entries share: their options, their document and their notes. */
import type { LoggedEvent } from '../domain/event.ts';
import { type AfterTransition, afterTransition, fateOfMove } from '../operations/after-transition.ts';
import type { MoveResult } from '../operations/stage-moves.ts';
import type { Workspace } from '../operations/workspace.ts';
import type { CommandContext, CommandResult, OptionSpec } from './command.ts';
import { publish } from './publish-note.ts';
import { transitionNotes } from './render/after-transition.ts';
import { escapeControls } from './render/escape.ts';
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

/**
 * Returns what such a verb answers: `src/schema/output/move.schema.json`. It publishes, then runs what the move triggers. A
 * refusal is exit 1.
 */
export async function answerMove(
  context: Pick<CommandContext, 'err' | 'width'>,
  workspace: Workspace,
  result: MoveResult,
  push: boolean,
): Promise<CommandResult> {
  const { event, governed, ...told } = result;
  const isRefused = governed?.refused === true;
  const { notes, exitCode, ...outcome } = await publish(workspace, {
    wrote: result.changed,
    push: push && !isRefused,
    dryRun: result.dryRun,
    models: [result.model],
  });
  const fate = event === undefined ? undefined : await fateOfMove(workspace, event);
  const published = outcome.published === true && fate !== undefined ? fate.isThere : outcome.published;
  const ran = fate?.event === undefined ? [] : await trigger(context, workspace, fate.event, published);
  return {
    json: {
      ...told,
      reason: result.reason ?? null,
      governed: governed ?? null,
      event: event?.event.id ?? null,
      published,
      afterTransition: ran,
    },
    text: (style) => renderMove(result, style, context.width),
    notes: [...(governed === undefined ? [] : policyNotes(governed)), ...notes, ...transitionNotes(ran)],
    exitCode: isRefused ? 1 : exitCode,
  };
}

/** Said before, since a program may take its time; on a terminal, where somebody waits. */
function trigger(
  { err }: Pick<CommandContext, 'err'>,
  workspace: Workspace,
  event: LoggedEvent,
  published: boolean | null,
): Promise<readonly AfterTransition[]> {
  return afterTransition(workspace, {
    event,
    published,
    onStart: (name) => {
      if (err.isTerminal) void err.write(`moved; running ${escapeControls(name)}\n`).catch(() => undefined);
    },
  });
}
