/** Moves an entry to a stage: one event, one transaction. `demote`, `archive` and `rollback` are made of it. */
import type { ObjectId, Sha256 } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import type { EventBody, StageCause, StageName } from '../domain/event.ts';
import { Folder } from '../domain/fold.ts';
import type { ModelName } from '../domain/model-name.ts';
import type { EntryState, ModelState } from '../domain/state.ts';
import { planMove } from '../domain/transitions.ts';
import type { Version } from '../domain/version.ts';
import { appendEvents, type Deciding, type NewEvent } from './append-events.ts';
import { type MoveDecision, policyGround } from './gates/govern-move.ts';
import { describeMove, getMovable, type MoveResult, type MutationOptions, refuseCandidate } from './stage-moves.ts';
import type { Workspace } from './workspace.ts';

/** A move that was asked for; `choose` picks and checks the entry on the state at the tip. */
export interface Move extends MutationOptions {
  readonly model: ModelName;
  readonly to: StageName;
  readonly cause: StageCause;
  readonly version?: Version;
  readonly reason?: string;
  /** Returns the SHA to move; refuses by throwing. */
  choose(state: ModelState): Sha256;
  /** Refuses by throwing. */
  check?(state: ModelState, entry: EntryState): void;
  /** Asks policy, where a move needs leave; by its answer the move is refused. */
  govern?(deciding: Deciding, entry: EntryState): Promise<MoveDecision>;
}

/** Carries out a move. */
export async function moveEntry(workspace: Workspace, move: Move): Promise<MoveResult> {
  return appendEvents(
    workspace,
    move.model,
    async (deciding) => {
      const { state } = deciding;
      const entry = getMovable(state, move.choose(state));
      refuseCandidate(state, entry);
      move.check?.(state, entry);
      const named = move.version === undefined ? {} : { version: move.version };
      const reason = move.reason === undefined ? {} : { reason: move.reason };
      if (planMove(state, entry, move.to, move.cause) === undefined)
        return { kind: 'answer', answer: describeMove(state, state, entry.sha256, { changed: false, ...named }) };
      const decision = await move.govern?.(deciding, entry);
      const governed = decision === undefined ? {} : { governed: decision.governed };
      if (decision?.governed.refused)
        return { kind: 'answer', answer: describeMove(state, state, entry.sha256, { changed: false, ...governed }) };
      const { evidence, ...ground } = decision?.ground ?? (await policyGround(workspace));
      const body = planMove(state, entry, move.to, move.cause, { ...named, ...reason, ...ground });
      if (body === undefined) throw new RegistryError('bug', 'a move is planned once and then not');
      const event: NewEvent = { body, entryCommit: entry.commit, evidence };
      const details = { changed: true, ...named, ...governed };
      if (move.dryRun === true) {
        const after = previewEvents(state, [event]);
        return { kind: 'answer', answer: describeMove(state, after, entry.sha256, { ...details, dryRun: true }) };
      }
      return {
        kind: 'append',
        events: [event],
        answer: (logged, after) => describeMove(state, after, entry.sha256, { ...details, logged }),
      };
    },
    move.onBehalfOf === undefined ? {} : { onBehalfOf: move.onBehalfOf },
  );
}

/** Returns the state that events would give, for `--dry-run`. */
export function previewEvents(state: ModelState, events: readonly NewEvent[]): ModelState {
  const folder = new Folder(state);
  for (const { body, entryCommit } of events) {
    const event = {
      v: 1 as const,
      id: `preview-${folder.state.events}`,
      seq: folder.state.events,
      prev: folder.state.lastDigest,
      at: '9999-12-31T23:59:59.999Z',
      by: { name: 'preview', email: 'preview' },
      model: state.model,
      ...(body as EventBody),
    };
    const input = { event, json: '', digest: '' as Sha256, commit: '' as ObjectId };
    folder.add(entryCommit === undefined ? input : { ...input, entryCommit });
  }
  return folder.state;
}
