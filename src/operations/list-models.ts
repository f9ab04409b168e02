/** The models of the registry. */
import type { Sha256 } from '../domain/digest.ts';
import type { Actor } from '../domain/event.ts';
import type { ModelName } from '../domain/model-name.ts';
import type { ModelState } from '../domain/state.ts';
import { highestVersion } from '../domain/transitions.ts';
import type { Version } from '../domain/version.ts';
import { chooseModel } from './choose-model.ts';
import { statusOf } from './describe-entry.ts';
import { findModels, getModel } from './read-model.ts';
import type { Workspace } from './workspace.ts';

/** An occupied slot. */
export interface OccupiedSlot {
  readonly stage: string;
  readonly sha256: Sha256;
  /** The highest version of the occupant. */
  readonly version: Version | null;
}

/** One model. */
export interface ModelRow {
  readonly model: ModelName;
  readonly displayName: string | null;
  readonly description: string | null;
  readonly latest: Version | null;
  /** Low to high; empty slots are left out. */
  readonly slots: readonly OccupiedSlot[];
  readonly versions: number;
  readonly entries: number;
  readonly pending: number;
  readonly createdAt: string | null;
  readonly createdBy: Actor | null;
  readonly events: number;
  readonly annotations: Readonly<Record<string, string>>;
  readonly retired: boolean;
}

/** Lists the models, sorted by name; retired ones only with `all`. */
export async function listModels(
  workspace: Workspace,
  input: { readonly all: boolean },
): Promise<{ readonly models: readonly ModelRow[] }> {
  const rows: ModelRow[] = [];
  const view = await viewOf(workspace);
  for await (const { state } of findModels(workspace, await workspace.log.models()))
    if (input.all || state.retired === undefined) rows.push(describeModel(state, view));
  return { models: rows };
}

/** Shows one model. Throws `unknown-model`, `no-default-model`. */
export async function showModel(workspace: Workspace, input: { readonly model?: string }): Promise<ModelRow> {
  const { state } = await getModel(workspace, await chooseModel(workspace, input.model));
  return describeModel(state, await viewOf(workspace));
}

/** What a description depends on besides the log. */
interface View {
  /** The policy's slots, low to high. */
  readonly stages: readonly string[];
  /** The instant, which decides whether a candidate has expired. */
  readonly now: string;
}

async function viewOf(workspace: Workspace): Promise<View> {
  const { stages } = await workspace.settings.policy();
  return { stages, now: new Date(workspace.clock.now()).toISOString() };
}

function describeModel(state: ModelState, { stages, now }: View): ModelRow {
  const entries = [...state.entries.values()];
  return {
    model: state.model,
    displayName: state.displayName ?? null,
    description: state.description ?? null,
    latest: state.latest,
    slots: slotsOf(state, stages),
    versions: state.versions.size,
    entries: entries.filter(({ status }) => status === 'registered').length,
    pending: entries.filter((entry) => statusOf(entry, now) === 'pending').length,
    createdAt: state.created?.at ?? null,
    createdBy: state.created?.by ?? null,
    events: state.events,
    annotations: state.annotations,
    retired: state.retired !== undefined,
  };
}

/** In the order of the policy; slots that it does not have any more come last. */
function slotsOf(state: ModelState, stages: readonly string[]): readonly OccupiedSlot[] {
  return [...new Set([...stages, ...state.slots.keys()])].flatMap((stage) => {
    const entry = state.entries.get(state.slots.get(stage) as Sha256);
    return entry === undefined ? [] : [{ stage, sha256: entry.sha256, version: highestVersion(entry) ?? null }];
  });
}
