/** Who served when: the stage moves of a model. */
import type { Sha256 } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import type { Actor, StageCause } from '../domain/event.ts';
import type { ModelName } from '../domain/model-name.ts';
import type { ModelState } from '../domain/state.ts';
import { highestVersion } from '../domain/transitions.ts';
import type { Version } from '../domain/version.ts';
import { chooseModel } from './choose-model.ts';
import { modelPolicy } from './model-policy.ts';
import { readLog } from './read-log.ts';
import { getModel } from './read-model.ts';
import type { Workspace } from './workspace.ts';

/** One stage move. */
export interface HistoryMove {
  /** Id of the event, as `--at` and `gate replay` take it. */
  readonly event: string;
  readonly seq: number;
  readonly at: string;
  readonly by: Actor;
  readonly onBehalfOf: Actor | null;
  readonly cause: StageCause;
  readonly sha256: Sha256;
  readonly version: Version | null;
  readonly from: string | null;
  readonly to: string;
  readonly replaced: Sha256 | null;
  /** The highest version of `replaced`. */
  readonly replacedVersion: Version | null;
  readonly reason: string | null;
  /** Past gates and approvals. */
  readonly emergency: boolean;
  /** Whose approvals it named. */
  readonly approvedBy: readonly Actor[];
}

/** The moves of a model, newest first. */
export interface HistoryResult {
  readonly model: ModelName;
  readonly stage: string | null;
  readonly moves: readonly HistoryMove[];
}

/** Reads the moves; with `stage`, only those into and out of it. Throws `unknown-model`. */
export async function history(
  workspace: Workspace,
  input: { readonly model?: string; readonly stage?: string },
): Promise<HistoryResult> {
  const model = await chooseModel(workspace, input.model);
  const { state } = await getModel(workspace, model);
  refuseUnknownStage(input.stage, [
    ...(await modelPolicy(workspace, model)).stages,
    ...state.occupants.keys(),
    'development',
    'archived',
  ]);
  const moves: HistoryMove[] = [];
  for await (const { link, ineffective } of readLog(workspace, model)) {
    const { event } = link;
    if (event.kind !== 'stage' || ineffective !== undefined) continue;
    if (input.stage !== undefined && event.to !== input.stage && event.from !== input.stage) continue;
    moves.push({
      event: event.id,
      seq: event.seq,
      at: event.at,
      by: event.by,
      onBehalfOf: event.onBehalfOf ?? null,
      cause: event.cause ?? 'promote',
      sha256: event.sha256,
      version: event.version ?? null,
      from: event.from,
      to: event.to,
      replaced: event.replaced ?? null,
      replacedVersion: versionIn(state, event.replaced),
      reason: event.reason ?? null,
      emergency: event.emergency === true,
      approvedBy: approversOf(state, event.approvals),
    });
  }
  return { model, stage: input.stage ?? null, moves: moves.reverse() };
}

/** Returns who gave approvals, in the order in which an event names them; of ids that nobody gave, none. */
export function approversOf(state: ModelState, approvals: readonly string[]): readonly Actor[] {
  return approvals.flatMap((id) => state.approvals.get(id)?.given.by ?? []);
}

function versionIn(state: ModelState, sha256: Sha256 | undefined): Version | null {
  const entry = sha256 === undefined ? undefined : state.entries.get(sha256);
  return (entry && highestVersion(entry)) ?? null;
}

function refuseUnknownStage(stage: string | undefined, known: readonly string[]): void {
  if (stage === undefined || known.includes(stage)) return;
  throw new RegistryError('bad-stage', `stage ${JSON.stringify(stage)}: expected ${[...new Set(known)].join(', ')}`, {
    data: { stage },
  });
}
