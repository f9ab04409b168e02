/** Which entry is in which slot, now. */
import type { Sha256 } from '../domain/digest.ts';
import type { Actor } from '../domain/event.ts';
import type { ModelName } from '../domain/model-name.ts';
import { formerOccupant, highestVersion } from '../domain/transitions.ts';
import type { Version } from '../domain/version.ts';
import { chooseModel } from './choose-model.ts';
import { modelPolicy } from './model-policy.ts';
import { getModel } from './read-model.ts';
import type { Workspace } from './workspace.ts';

/** One slot and its occupant. */
export interface StageRow {
  readonly stage: string;
  readonly sha256: Sha256 | null;
  readonly version: Version | null;
  readonly since: string | null;
  readonly by: Actor | null;
  readonly onBehalfOf: Actor | null;
  /** Whom a rollback would bring back. */
  readonly former: Sha256 | null;
  /** The highest version of `former`. */
  readonly formerVersion: Version | null;
}

/** The slots of a model, low to high. */
export interface StagesResult {
  readonly model: ModelName;
  readonly stages: readonly StageRow[];
}

/** Lists the slots. Throws `unknown-model`. */
export async function stages(workspace: Workspace, input: { readonly model?: string }): Promise<StagesResult> {
  const model = await chooseModel(workspace, input.model);
  const { state } = await getModel(workspace, model);
  const policy = await modelPolicy(workspace, model);
  const names = [...new Set([...policy.stages, ...state.slots.keys()])];
  const rows = names.map((stage): StageRow => {
    const entry = state.entries.get(state.slots.get(stage) as Sha256);
    const former = state.entries.get(formerOccupant(state, stage) as Sha256);
    return {
      stage,
      sha256: entry?.sha256 ?? null,
      version: (entry && highestVersion(entry)) ?? null,
      since: entry?.staged?.at ?? null,
      by: entry?.staged?.by ?? null,
      onBehalfOf: entry?.staged?.onBehalfOf ?? null,
      former: former?.sha256 ?? null,
      formerVersion: (former && highestVersion(former)) ?? null,
    };
  });
  return { model, stages: rows };
}
