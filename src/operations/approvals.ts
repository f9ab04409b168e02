/** Who has approved what, whether it counts, and how many more it takes. */
import type { ApprovalStanding } from '../domain/approval.ts';
import type { Sha256 } from '../domain/digest.ts';
import { effectivePolicy, rulesFor } from '../domain/effective-policy.ts';
import { RegistryError } from '../domain/errors.ts';
import type { ModelName } from '../domain/model-name.ts';
import type { Policy } from '../domain/policy.ts';
import { type EntryState, isExpired, isListed, type ModelState, registeredSeq, stageOf } from '../domain/state.ts';
import { highestVersion, parseSlot } from '../domain/transitions.ts';
import type { Version } from '../domain/version.ts';
import { chooseModel } from './choose-model.ts';
import { eventOf } from './event-at.ts';
import { readApprovalGround } from './gates/approval-ground.ts';
import { findModels } from './read-model.ts';
import { resolveSpec } from './resolve-spec.ts';
import type { Workspace } from './workspace.ts';

/** Of what. */
export interface ApprovalsInput {
  readonly spec?: string;
  readonly model?: string;
  readonly to?: string;
  /** Only what gates let through and approvals do not yet. */
  readonly waiting?: boolean;
}

/**
 * How an entry stands with a stage. `there`: in it, by the approvals that its move named. `waiting`: gates pass, approvals
 * are missing. `ready`: nothing is missing. `failing`: gates fail. `unjudged`: gates could not be run, `message` says why.
 */
export type ApprovalStatus = 'there' | 'waiting' | 'ready' | 'rejected' | 'failing' | 'unjudged';

/** An entry and a stage. */
export interface ApprovalRow {
  readonly model: ModelName;
  readonly sha256: Sha256;
  readonly version: Version | null;
  readonly to: string;
  readonly status: ApprovalStatus;
  readonly message: string | null;
  readonly approvals: ApprovalStanding;
}

/** Reads them, in the order of models, entries and slots. Throws `unknown-spec`, `unknown-model`, `bad-stage`. */
export async function approvals(workspace: Workspace, input: ApprovalsInput): Promise<readonly ApprovalRow[]> {
  const { policy } = await workspace.settings.governing();
  const rows: ApprovalRow[] = [];
  for (const { state, only } of await readScope(workspace, input)) {
    const { stages } = rulesFor(policy, state.model);
    const slots = input.to === undefined ? stages : [parseSlot(input.to, stages)];
    for (const entry of only === undefined ? state.entries.values() : [only])
      for (const to of slots) {
        const isAsked = only !== undefined && (input.to !== undefined || takesApprovals(policy, state, to));
        const isOpen = takesApprovals(policy, state, to) && mayCome(state, entry, to, stages);
        if (!isAsked && !isOpen && !hasApprovals(state, entry, to)) continue;
        const row = await readRow(workspace, state, entry, to);
        if (input.waiting !== true || row.status === 'waiting') rows.push(row);
      }
  }
  return rows;
}

interface Scope {
  readonly state: ModelState;
  readonly only?: EntryState;
}

async function readScope(workspace: Workspace, { spec, model }: ApprovalsInput): Promise<readonly Scope[]> {
  if (spec !== undefined) {
    const { folded, entry } = await resolveSpec(workspace, spec, model);
    return [{ state: folded.state, only: entry }];
  }
  const models = model === undefined ? await workspace.log.models() : [await chooseModel(workspace, model)];
  const scopes: Scope[] = [];
  for await (const { state } of findModels(workspace, models)) scopes.push({ state });
  return scopes;
}

function takesApprovals(policy: Policy, { model }: ModelState, to: string): boolean {
  return effectivePolicy(policy, model, to).approvals !== undefined;
}

function hasApprovals({ approvals: given }: ModelState, { sha256, tombstone }: EntryState, to: string): boolean {
  if (tombstone !== undefined) return false;
  return [...given.values()].some(
    (approval) => approval.sha256 === sha256 && approval.to === to && !approval.withdrawn,
  );
}

/** What is newer than the occupant of a slot, stands below it and was never in it: somebody may want it there. */
function mayCome(state: ModelState, entry: EntryState, to: string, stages: readonly string[]): boolean {
  if (!isListed(entry) || entry.status !== 'registered' || entry.occupied.includes(to)) return false;
  if (entry.slot !== undefined && stages.indexOf(entry.slot) >= stages.indexOf(to)) return false;
  const holder = state.slots.get(to);
  const occupant = holder === undefined ? undefined : state.entries.get(holder);
  return occupant === undefined || registeredSeq(entry) > registeredSeq(occupant);
}

async function readRow(workspace: Workspace, state: ModelState, entry: EntryState, to: string): Promise<ApprovalRow> {
  const about = { model: state.model, sha256: entry.sha256, version: highestVersion(entry) ?? null, to };
  if (stageOf(entry) === to)
    return { ...about, status: 'there', message: null, approvals: await thoseOfItsMove(workspace, state, entry) };
  const at = new Date(workspace.clock.now()).toISOString();
  if (entry.status !== 'registered' && isExpired(entry, at))
    return { ...about, status: 'failing', message: 'the candidate has expired', approvals: NONE };
  try {
    const { standing, verdicts } = await readApprovalGround(workspace, { state, entry, to, target: to, at });
    const failing = verdicts.filter(({ outcome }) => outcome === 'fail').map(({ gate }) => gate);
    const message = failing.length === 0 ? null : `gates fail: ${[...new Set(failing)].join(', ')}`;
    return { ...about, status: statusOf(standing, failing.length > 0), message, approvals: standing };
  } catch (error) {
    // One entry whose bytes are elsewhere must not keep the list from the others.
    if (!(error instanceof RegistryError) || error.code === 'bug' || /policy/.test(error.code)) throw error;
    return { ...about, status: 'unjudged', message: error.message, approvals: NONE };
  }
}

const NONE: ApprovalStanding = { needed: 0, given: [], counted: [], rejected: false, holds: false };

function statusOf({ rejected, holds }: ApprovalStanding, isFailing: boolean): ApprovalStatus {
  if (isFailing) return 'failing';
  if (rejected) return 'rejected';
  return holds ? 'ready' : 'waiting';
}

/** What is there was judged on the state before it came: its move names the approvals that counted then. */
async function thoseOfItsMove(workspace: Workspace, state: ModelState, entry: EntryState): Promise<ApprovalStanding> {
  const event = entry.staged === undefined ? undefined : await eventOf(workspace, entry.staged.commit);
  const counted = event?.kind === 'stage' ? event.approvals : [];
  const given = counted.flatMap((id) => {
    const approval = state.approvals.get(id);
    if (approval === undefined) return [];
    const { kind, given: stamp } = approval;
    return [{ event: id, kind, name: stamp.by.name, email: stamp.by.email, at: stamp.at }];
  });
  return { needed: counted.length, given, counted, rejected: false, holds: true };
}
