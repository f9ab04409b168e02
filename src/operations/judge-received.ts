/** Judges the moves that a pull has brought: the log is the truth and is taken, but what does not hold is said. */
import type { ObjectId } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import { Folder } from '../domain/fold.ts';
import type { ModelName } from '../domain/model-name.ts';
import { emptyState, type ModelState } from '../domain/state.ts';
import { judgeStageEvent } from './gates/judge-stage-event.ts';
import { findUnpublished } from './sync/find-divergence.ts';
import { foldAt } from './sync/fold-memo.ts';
import type { Workspace } from './workspace.ts';

/** A log that has come. */
export interface ReceivedLog {
  readonly model: ModelName;
  /** Our tip before; undefined for a model that is new here. */
  readonly before: ObjectId | undefined;
  /** The remote's tip. */
  readonly tip: ObjectId;
  /** How many of its events are new here. */
  readonly received: number;
}

/** Returns an issue for each move that is not justified. */
export async function judgeReceived(workspace: Workspace, log: ReceivedLog): Promise<readonly RegistryError[]> {
  const { model, before, tip, received } = log;
  const { state } = await foldAt(workspace, model, tip);
  if (!hasMoved(state, state.events - received)) return [];
  const links = await findUnpublished(workspace, model, tip, before);
  const base = links[0]?.event.seq === 0 ? undefined : links[0]?.parents[0];
  const folder = new Folder(base === undefined ? emptyState(model) : (await foldAt(workspace, model, base)).state);
  const issues: RegistryError[] = [];
  for (const link of links) {
    const { faults } = await judgeStageEvent(workspace, link, folder.state);
    if (folder.add(link) !== undefined || faults.length === 0) continue;
    const { event } = link;
    issues.push(
      new RegistryError(
        'stage-not-justified',
        `${model} event ${event.seq} by ${event.by.email}: ${faults.join('; ')}`,
        {
          data: { model, event: event.id, seq: event.seq, by: event.by.email, faults },
          hint: `git registry history ${model}`,
        },
      ),
    );
  }
  return issues;
}

/** Where no entry was last moved by what came, no move came that has an effect still. */
function hasMoved({ entries }: ModelState, since: number): boolean {
  for (const { staged } of entries.values()) if (staged !== undefined && staged.seq >= since) return true;
  return false;
}
