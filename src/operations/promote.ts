/** Gives a candidate or an entry its version, and moves it up into a slot: one event each, one transaction. */
import { RegistryError } from '../domain/errors.ts';
import type { LoggedEvent } from '../domain/event.ts';
import { changesNothing } from '../domain/idempotence.ts';
import { type EntryState, isExpired, type ModelState } from '../domain/state.ts';
import { parseSlot, planMove, refuseDownward } from '../domain/transitions.ts';
import type { Version } from '../domain/version.ts';
import { appendEvents, type Deciding, type NewEvent } from './append-events.ts';
import { chooseVersion, readBumpBasis, refuseTaken, type VersionRequest } from './choose-version.ts';
import { previewEvents } from './move-entry.ts';
import { resolveSpec } from './resolve-spec.ts';
import { describeMove, getMovable, type MoveResult, type MutationOptions, refuseCandidate } from './stage-moves.ts';
import type { Workspace } from './workspace.ts';

/** What to promote. At least one of `version` and `to`. */
export interface PromoteInput extends MutationOptions {
  readonly spec: string;
  readonly model?: string;
  readonly version?: VersionRequest;
  readonly to?: string;
}

/** Promotes. Throws `candidate-expired`, `version-taken`, `tombstoned`, `not-registered`, `bad-stage`, `bad-transition`. */
export async function promote(workspace: Workspace, input: PromoteInput): Promise<MoveResult> {
  if (input.version === undefined && input.to === undefined) {
    throw new RegistryError('usage', 'promote: expected --as VERSION, --bump PART or --to STAGE');
  }
  const named = await resolveSpec(workspace, input.spec, input.model);
  const { stages } = await workspace.settings.policy();
  const to = input.to === undefined ? undefined : parseSlot(input.to, stages);
  return appendEvents(
    workspace,
    named.model,
    async (deciding) => {
      const entry = getMovable(deciding.state, named.entry.sha256);
      const versioned =
        input.version === undefined ? undefined : await planVersion(workspace, deciding, entry, input.version);
      const staged =
        to === undefined
          ? undefined
          : planStage(deciding.state, entry, to, stages, versioned?.version ?? named.version, versioned !== undefined);
      const events = [...(versioned?.events ?? []), ...(staged ?? [])];
      const details = {
        changed: events.length > 0,
        ...(versioned === undefined ? {} : { version: versioned.version }),
        ...(versioned?.reason === undefined ? {} : { reason: versioned.reason }),
      };
      const describe = (after: ModelState, dryRun: boolean, logged: readonly LoggedEvent[] = []): MoveResult =>
        describeMove(deciding.state, after, entry.sha256, { ...details, dryRun, logged });
      if (events.length === 0) return { kind: 'answer', answer: describe(deciding.state, false) };
      if (input.dryRun === true)
        return { kind: 'answer', answer: describe(previewEvents(deciding.state, events), true) };
      return { kind: 'append', events, answer: (logged, after) => describe(after, false, logged) };
    },
    input.onBehalfOf === undefined ? {} : { onBehalfOf: input.onBehalfOf },
  );
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

function planStage(
  state: ModelState,
  entry: EntryState,
  to: string,
  stages: readonly string[],
  version: Version | undefined,
  becomesRegistered: boolean,
): readonly NewEvent[] {
  if (!becomesRegistered) refuseCandidate(state, entry);
  if (entry.status === 'registered') refuseDownward(entry, to, stages);
  const body = planMove(state, entry, to, 'promote', version === undefined ? {} : { version });
  return body === undefined ? [] : [{ body, entryCommit: entry.commit }];
}
