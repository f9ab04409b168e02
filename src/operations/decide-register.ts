/** What `register` writes on a given state, if anything: the idempotence table of format §6.5. */
import { RegistryError } from '../domain/errors.ts';
import type { EventBody } from '../domain/event.ts';
import type { EntryState, ModelState } from '../domain/state.ts';
import type { Version } from '../domain/version.ts';
import type { Deciding, Decision, NewEvent } from './append-events.ts';
import { chooseVersion, refuseTaken } from './choose-version.ts';
import { modelPolicy } from './model-policy.ts';
import type { PlannedEntry, RegisterInput } from './planned-entry.ts';
import type { Workspace } from './workspace.ts';

/** What the state says after the decision. */
export interface RegisterOutcome {
  readonly version: Version | null;
  readonly pending: boolean;
  readonly created: boolean;
  /** The model was started by this registration. */
  readonly modelCreated: boolean;
  readonly expires?: string;
  readonly reason?: string;
}

type RegisterBody = Extract<EventBody, { readonly kind: 'register' }>;

/** Decides on the state at the tip. Throws `tombstoned`, `version-taken`, `has-version`. */
export async function decideRegister(
  workspace: Workspace,
  planned: PlannedEntry,
  input: RegisterInput,
  deciding: Deciding,
): Promise<Decision<RegisterOutcome>> {
  const { state } = deciding;
  const { sha256 } = planned.manifest;
  const entry = state.entries.get(sha256);
  refuseTombstone(state, entry);
  if (entry?.status === 'registered') return { kind: 'answer', answer: answerRegistered(state, entry, input) };
  const chosen =
    input.version === undefined
      ? undefined
      : await chooseVersion(workspace, state, input.version, async () => ({
          files: new Map(planned.manifest.files.map(({ path, sha256: digest }) => [path, digest])),
          config: planned.config,
          train: planned.trainJson,
        }));
  if (chosen !== undefined) refuseTaken(state, chosen.version, sha256);
  const { pendingTtl: ttl } = await modelPolicy(workspace, state.model);
  const expires = input.pending ? new Date(Date.parse(deciding.at) + ttl).toISOString() : undefined;
  const outcome: RegisterOutcome = {
    version: chosen?.version ?? null,
    pending: input.pending,
    created: true,
    modelCreated: deciding.isNew,
    ...(expires === undefined ? {} : { expires }),
    ...(chosen?.reason === undefined ? {} : { reason: chosen.reason }),
  };
  if (input.dryRun) return { kind: 'answer', answer: outcome };
  const body: RegisterBody = {
    kind: 'register',
    sha256,
    manifest: planned.manifestDigest,
    pending: input.pending,
    ...(expires === undefined ? {} : { expires }),
    ...(chosen === undefined ? {} : { version: chosen.version }),
    ...(input.description === undefined ? {} : { description: input.description }),
    ...(input.runId === undefined ? {} : { mlflow: { run_id: input.runId } }),
  };
  const create: readonly NewEvent[] = deciding.isNew ? [{ body: { kind: 'create' } }] : [];
  return {
    kind: 'append',
    events: [...create, { body, entryCommit: planned.plan.commit }],
    relied: planned.related.map(({ relied }) => relied),
    objects: planned.plan.objects,
    answer: () => outcome,
  };
}

function refuseTombstone(state: ModelState, entry: EntryState | undefined): void {
  if (entry?.tombstone === undefined) return;
  throw new RegistryError(
    'tombstoned',
    `${entry.sha256.slice(0, 12)} of ${state.model} has a tombstone: ${entry.tombstone.reason}`,
    {
      data: { sha256: entry.sha256, model: state.model, reason: entry.tombstone.reason },
      hint: `git registry show ${state.model}@${entry.sha256.slice(0, 12)}`,
    },
  );
}

/** It is there: the same version, or no version, is nothing to do; another version is promote's work (format §6.5). */
function answerRegistered(state: ModelState, entry: EntryState, input: RegisterInput): RegisterOutcome {
  const { version: request } = input;
  const answer = (version: Version | undefined): RegisterOutcome => ({
    version: version ?? null,
    pending: false,
    created: false,
    modelCreated: false,
  });
  if (request === undefined || input.pending) return answer(entry.versions.at(-1));
  if (request.kind === 'as' && entry.versions.includes(request.version)) return answer(request.version);
  // A bump asks for "a version": a CI job that runs again must not make a second one.
  if (request.kind === 'bump' && entry.versions.length > 0) return answer(entry.versions.at(-1));
  if (request.kind === 'as') refuseTaken(state, request.version, entry.sha256);
  const has = entry.versions.length === 0 ? 'without a version' : `as ${entry.versions.join(', ')}`;
  const wanted = request.kind === 'as' ? `--as ${request.version}` : `--bump ${request.bump}`;
  throw new RegistryError('has-version', `${entry.sha256.slice(0, 12)}: it is registered in ${state.model} ${has}`, {
    data: { sha256: entry.sha256, model: state.model, versions: entry.versions },
    hint: `git registry promote ${state.model}@${entry.sha256.slice(0, 12)} ${wanted}`,
  });
}
