/** Gives a candidate or an entry its version, and moves it up into a slot: one event each, one transaction. */

import { rulesFor } from '../domain/effective-policy.ts';
import { RegistryError } from '../domain/errors.ts';
import type { Actor, LoggedEvent } from '../domain/event.ts';
import { changesNothing } from '../domain/idempotence.ts';
import type { ModelName } from '../domain/model-name.ts';
import type { GateRules, PolicyRules } from '../domain/policy.ts';
import { type EntryState, isExpired, type ModelState } from '../domain/state.ts';
import { parseSlot, planMove, refuseDownward, refuseUnlisted } from '../domain/transitions.ts';
import type { Version } from '../domain/version.ts';
import { appendEvents, type Deciding, type Decision, type NewEvent } from './append-events.ts';
import { chooseVersion, readBumpBasis, refuseTaken, type VersionRequest } from './choose-version.ts';
import { type Governed, type Governor, rememberingGovernor } from './gates/govern-move.ts';
import { previewEvents } from './move-entry.ts';
import { type ResolvedSpec, resolveSpec } from './resolve-spec.ts';
import { describeMove, getMovable, type MoveResult, type MutationOptions, refuseCandidate } from './stage-moves.ts';
import type { Workspace } from './workspace.ts';

/** What to promote. At least one of `version` and `to`. */
export interface PromoteInput extends MutationOptions {
  readonly spec: string;
  readonly model?: string;
  readonly version?: VersionRequest;
  readonly to?: string;
  readonly reason?: string;
  /** Gates beside those of the policy; they never replace one. */
  readonly gates?: GateRules;
  /** Past gates and approvals, by leave of the policy; needs `reason`. */
  readonly emergency?: boolean;
}

/**
 * Promotes; a refusal by gates or approvals is an answer, and nothing happens. Throws `candidate-expired`, `version-taken`,
 * `tombstoned`, `not-registered`, `bad-stage`, `bad-transition`, `not-allowed`.
 */
export async function promote(workspace: Workspace, input: PromoteInput): Promise<MoveResult> {
  refuseIncomplete(input);
  const named = await resolveSpec(workspace, input.spec, input.model);
  const to = input.to === undefined ? undefined : await readSlot(workspace, named.model, input.to);
  const govern = rememberingGovernor(workspace);
  if (to !== undefined) await judgeAhead(workspace, named, to, input, govern);
  return appendEvents(
    workspace,
    named.model,
    async (deciding) => {
      const entry = getMovable(deciding.state, named.entry.sha256);
      const versioned =
        input.version === undefined ? undefined : await planVersion(workspace, deciding, entry, input.version);
      const plan = { entry, version: versioned?.version ?? named.version, becomesRegistered: versioned !== undefined };
      const staged = to === undefined ? undefined : await planStage(deciding, to, plan, input, govern);
      return decide(deciding.state, entry, versioned, staged, input.dryRun === true);
    },
    input.onBehalfOf === undefined ? {} : { onBehalfOf: input.onBehalfOf },
  );
}

function refuseIncomplete({ version, to, emergency, reason, gates }: PromoteInput): void {
  if (version === undefined && to === undefined)
    throw new RegistryError('usage', 'promote: expected --as VERSION, --bump PART or --to STAGE');
  if (emergency === true && (reason === undefined || reason === ''))
    throw new RegistryError('usage', 'promote --emergency: expected --reason TEXT, for the history');
  if (to === undefined && (emergency === true || gates !== undefined))
    throw new RegistryError('usage', 'promote: expected --to STAGE, which gates are for');
}

/** A slot, with the rules for going there. */
interface Destination {
  readonly slot: string;
  readonly rules: PolicyRules;
}

async function readSlot(workspace: Workspace, model: ModelName, text: string): Promise<Destination> {
  const rules = rulesFor((await workspace.settings.governing()).policy, model);
  return { slot: parseSlot(text, rules.stages), rules };
}

function decide(
  state: ModelState,
  entry: EntryState,
  versioned: PlannedVersion | undefined,
  staged: PlannedStage | undefined,
  dryRun: boolean,
): Decision<MoveResult> {
  const isRefused = staged?.governed?.refused === true;
  const events = isRefused ? [] : [...(versioned?.events ?? []), ...(staged?.events ?? [])];
  const details = {
    changed: events.length > 0,
    ...(versioned === undefined || isRefused ? {} : { version: versioned.version }),
    ...(versioned?.reason === undefined ? {} : { reason: versioned.reason }),
    ...(staged?.governed === undefined ? {} : { governed: staged.governed }),
  };
  const describe = (after: ModelState, isDry: boolean, logged: readonly LoggedEvent[] = []): MoveResult =>
    describeMove(state, after, entry.sha256, { ...details, dryRun: isDry, logged });
  if (events.length === 0) return { kind: 'answer', answer: describe(state, isRefused && dryRun) };
  if (dryRun) return { kind: 'answer', answer: describe(previewEvents(state, events), true) };
  return { kind: 'append', events, answer: (logged, after) => describe(after, false, logged) };
}

interface PlannedVersion {
  readonly version: Version;
  readonly reason?: string;
  readonly events: readonly NewEvent[];
}

async function planVersion(
  workspace: Workspace,
  deciding: Deciding,
  entry: EntryState,
  request: VersionRequest,
): Promise<PlannedVersion> {
  const { state } = deciding;
  if (entry.status !== 'registered' && isExpired(entry, deciding.at)) {
    throw new RegistryError(
      'candidate-expired',
      `candidate ${entry.sha256.slice(0, 12)} of ${state.model}: it expired at ${entry.expires ?? 'an earlier time'}`,
      {
        data: { sha256: entry.sha256, model: state.model, expires: entry.expires },
        hint: 'git registry register --pending PATH',
      },
    );
  }
  // A bump asks for "a version": a job that runs again must not make a second one.
  const has = entry.versions.at(-1);
  if (request.kind === 'bump' && has !== undefined) return { version: has, events: [] };
  const { version, reason } = await chooseVersion(workspace, state, request, () => readBumpBasis(workspace, entry));
  refuseTaken(state, version, entry.sha256);
  const why = reason === undefined ? {} : { reason };
  const body = { kind: 'promote', sha256: entry.sha256, version } as const;
  if (changesNothing(state, body)) return { version, ...why, events: [] };
  return { version, ...why, events: [{ body, entryCommit: entry.commit }] };
}

/** A candidate that gets its version in the same transaction: whoever gives it that makes it registered, and does not approve it. */
function asRegistered(entry: EntryState, at: string, by: Actor): EntryState {
  if (entry.status === 'registered') return entry;
  return { ...entry, status: 'registered', registered: { ...entry.first, at, by } };
}

interface PlannedStage {
  readonly events: readonly NewEvent[];
  readonly governed?: Governed;
}

/** With the log unlocked, and on the state as it most likely still is then; what is wrong with the request is said later. */
async function judgeAhead(
  workspace: Workspace,
  { entry, folded, version }: ResolvedSpec,
  to: Destination,
  input: PromoteInput,
  govern: Governor,
): Promise<void> {
  const at = new Date(workspace.clock.now()).toISOString();
  const deciding = { state: folded.state, isNew: false, at, by: await workspace.settings.identity() };
  const isCandidate = entry.status !== 'registered' && input.version !== undefined;
  try {
    await planStage(deciding, to, { entry, version, becomesRegistered: isCandidate }, input, govern);
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
  }
}

async function planStage(
  { state, at, by }: Deciding,
  { slot: to, rules }: Destination,
  plan: {
    readonly entry: EntryState;
    readonly version?: Version | undefined;
    readonly becomesRegistered: boolean;
  },
  input: PromoteInput,
  govern: Governor,
): Promise<PlannedStage> {
  const { entry, version, becomesRegistered } = plan;
  if (!becomesRegistered) refuseCandidate(state, entry);
  if (entry.status === 'registered') refuseDownward(entry, to, rules.stages);
  if (planMove(state, entry, to, 'promote') === undefined) return { events: [] };
  if (input.emergency !== true) refuseUnlisted(entry, to, rules.transitions);
  const { governed, ground } = await govern({
    ...{ state, entry: asRegistered(entry, at, by), to, target: to, at, by },
    ...(input.gates === undefined ? {} : { extra: input.gates }),
    emergency: input.emergency === true,
  });
  const { evidence, ...members } = ground;
  const body = planMove(state, entry, to, 'promote', {
    ...members,
    ...(version === undefined ? {} : { version }),
    ...(input.reason === undefined ? {} : { reason: input.reason }),
  });
  return { governed, events: body === undefined ? [] : [{ body, entryCommit: entry.commit, evidence }] };
}
