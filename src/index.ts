/**
 * The library: what the commands do, as typed calls. Every call reads the repository as it is at that moment.
 *
 * ```ts
 * await using registry = await openRegistry('.');
 * const model = await registry.get('grammar-tutor@production');
 * const config = await model.json('config.json');
 * ```
 */
import { openWorkspace } from './cli/compose.ts';
import { type AnnotateInput, type AnnotateResult, annotate } from './operations/annotate.ts';
import { type ApprovalRow, type ApprovalsInput, approvals } from './operations/approvals.ts';
import { type ApproveInput, type ApproveResult, approve } from './operations/approve.ts';
import { type ArchiveInput, archive } from './operations/archive.ts';
import { type CompareResult, compare } from './operations/compare.ts';
import { type CreateModelInput, type CreateModelResult, createModel } from './operations/create-model.ts';
import { type DemoteInput, demote } from './operations/demote.ts';
import { type DeployedInput, type DeployedResult, deployed } from './operations/deployed.ts';
import { type GateReplayResult, gateReplay } from './operations/gate-replay.ts';
import { type GateRunInput, type GateRunResult, gateRun } from './operations/gate-run.ts';
import { type GetInput, type GetResult, get } from './operations/get.ts';
import { type HistoryResult, history } from './operations/history.ts';
import { type LineageInput, type LineageResult, lineage } from './operations/lineage.ts';
import { type ListEntriesInput, type ListEntriesResult, listEntries } from './operations/list-entries.ts';
import { listModels, type ModelRow } from './operations/list-models.ts';
import { type LogRow, log } from './operations/log.ts';
import { ModelHandle } from './operations/model-handle.ts';
import { pastWorkspace } from './operations/past-workspace.ts';
import type { RegisterInput } from './operations/planned-entry.ts';
import { type PolicyShowResult, policyShow } from './operations/policy-show.ts';
import { type PromoteInput, promote } from './operations/promote.ts';
import { type PullInput, type PullResult, pull } from './operations/pull.ts';
import { type PushInput, type PushResult, push } from './operations/push.ts';
import { type RegisterResult, register } from './operations/register.ts';
import { type ResolveResult, resolve } from './operations/resolve.ts';
import { refuseTombstoned, resolveSpec } from './operations/resolve-spec.ts';
import { type RollbackInput, rollback } from './operations/rollback.ts';
import { type ShowResult, show } from './operations/show.ts';
import type { MoveResult } from './operations/stage-moves.ts';
import { type StagesResult, stages } from './operations/stages.ts';
import { type StatusResult, status } from './operations/status.ts';
import { type TagsResult, tags } from './operations/tags.ts';
import { type TombstoneInput, type TombstoneResult, tombstone } from './operations/tombstone.ts';
import { type VerifyInput, type VerifyResult, verify } from './operations/verify.ts';
import type { Workspace } from './operations/workspace.ts';
import { type Progress, SILENT } from './ports/progress.ts';

export type { Md5, ObjectId, Sha256 } from './domain/digest.ts';
export { type ErrorCode, RegistryError } from './domain/errors.ts';
export type { Finding, FindingCode } from './domain/finding.ts';
export type { Manifest, ManifestFile, Profile, Role } from './domain/manifest.ts';
export type { Version } from './domain/version.ts';
export type { ModelHandle } from './operations/model-handle.ts';
export type { Progress, ProgressTask } from './ports/progress.ts';

/** How to open a registry. */
export interface OpenOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly progress?: Progress;
}

/** What most registrations leave at its default. */
export type RegisterOptions = Partial<Omit<RegisterInput, 'paths'>> & Pick<RegisterInput, 'paths'>;

const REGISTER_DEFAULTS = {
  roleFiles: [],
  metrics: new Map(),
  params: new Map(),
  followLinks: false,
  exclude: [],
  parents: [],
  inputs: [],
  pending: false,
  allowSimilar: false,
  dryRun: false,
} as const satisfies Partial<RegisterInput>;

/** Opens the registry of the repository that a folder is in. Throws `no-repository`. */
export async function openRegistry(folder: string, options: OpenOptions = {}): Promise<Registry> {
  const { env = process.env, progress = SILENT } = options;
  return new Registry(await openWorkspace({ cwd: folder, env, progress, signal: new AbortController().signal }));
}

/** An open registry. Faults are {@link RegistryError}s. Close it: it may hold a child process. */
export class Registry {
  readonly #workspace: Workspace;

  /** Made by {@link openRegistry}. */
  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  /** Returns a lazy handle of the entry that a SPEC names. Throws `unknown-spec`, `tombstoned`. */
  async get(spec: string, options: { readonly allowTombstoned?: boolean } = {}): Promise<ModelHandle> {
    const named = await resolveSpec(this.#workspace, spec);
    if (options.allowTombstoned !== true) refuseTombstoned(named);
    return new ModelHandle(this.#workspace, named);
  }

  /** Resolves a SPEC to its canonical SHA. */
  resolve(spec: string): Promise<ResolveResult> {
    return resolve(this.#workspace, { spec, allowTombstoned: false });
  }

  /** Returns all that is known of an entry. */
  show(spec: string): Promise<ShowResult> {
    return show(this.#workspace, { spec });
  }

  /** Registers a bundle. Paths are absolute. */
  register(options: RegisterOptions): Promise<RegisterResult> {
    return register(this.#workspace, { ...REGISTER_DEFAULTS, ...options });
  }

  /** Gives a version, moves up into a slot, or both. */
  promote(input: PromoteInput): Promise<MoveResult> {
    return promote(this.#workspace, input);
  }

  /** Moves an entry down. */
  demote(input: DemoteInput): Promise<MoveResult> {
    return demote(this.#workspace, input);
  }

  /** Takes an entry out of service. */
  archive(input: ArchiveInput): Promise<MoveResult> {
    return archive(this.#workspace, input);
  }

  /** Brings a former occupant back. */
  rollback(input: RollbackInput = {}): Promise<MoveResult> {
    return rollback(this.#workspace, input);
  }

  /** Reports what happened to an entry at an endpoint. */
  deployed(input: DeployedInput): Promise<DeployedResult> {
    return deployed(this.#workspace, input);
  }

  /** Judges an entry by the gates of a stage; the report is kept in the log unless `dryRun`. */
  gateRun(input: GateRunInput): Promise<GateRunResult> {
    return gateRun(this.#workspace, input);
  }

  /** Judges again what an event says was judged. */
  gateReplay(event: string, model?: string): Promise<GateReplayResult> {
    return gateReplay(this.#workspace, { event, ...(model === undefined ? {} : { model }) });
  }

  /** Vouches for a move, or rejects it, by what is judged now. */
  approve(input: ApproveInput): Promise<ApproveResult> {
    return approve(this.#workspace, input);
  }

  /** Lists approvals, whether they count, and how many more it takes. */
  approvals(input: Partial<ApprovalsInput> = {}): Promise<readonly ApprovalRow[]> {
    return approvals(this.#workspace, { waiting: false, ...input });
  }

  /** Returns the policy in force. */
  policy(input: { readonly model?: string; readonly stage?: string } = {}): Promise<PolicyShowResult> {
    return policyShow(this.#workspace, input);
  }

  /** Compares entries with a first one. */
  compare(first: string, ...others: readonly string[]): Promise<CompareResult> {
    return compare(this.#workspace, { first, others });
  }

  /** Returns the registry as it was: a day, a time, or an event by its id or SHA-256. It can only be read. */
  async at(moment: string): Promise<Registry> {
    return new Registry(await pastWorkspace(this.#workspace, moment));
  }

  /** Sets and removes annotations. */
  annotate(input: AnnotateInput): Promise<AnnotateResult> {
    return annotate(this.#workspace, input);
  }

  /** Buries an entry. */
  tombstone(input: TombstoneInput): Promise<TombstoneResult> {
    return tombstone(this.#workspace, input);
  }

  /** Starts a model. */
  createModel(input: CreateModelInput): Promise<CreateModelResult> {
    return createModel(this.#workspace, input);
  }

  /** Lists the models. */
  async models(): Promise<readonly ModelRow[]> {
    return (await listModels(this.#workspace, { all: false })).models;
  }

  /** Lists the entries of a model, newest first. */
  list(input: Partial<ListEntriesInput> = {}): Promise<ListEntriesResult> {
    return listEntries(this.#workspace, { pending: false, all: false, limit: 20, ...input });
  }

  /** Returns version to SHA, by model. */
  tags(model?: string): Promise<TagsResult> {
    return tags(this.#workspace, model === undefined ? {} : { model });
  }

  /** Returns slots and occupants. */
  stages(model?: string): Promise<StagesResult> {
    return stages(this.#workspace, model === undefined ? {} : { model });
  }

  /** Returns the stage moves of a model, newest first. */
  history(input: { readonly model?: string; readonly stage?: string } = {}): Promise<HistoryResult> {
    return history(this.#workspace, input);
  }

  /** Walks lineage. */
  lineage(spec: string, options: Partial<Omit<LineageInput, 'spec'>> = {}): Promise<LineageResult> {
    return lineage(this.#workspace, { direction: 'up', depth: Number.POSITIVE_INFINITY, ...options, spec });
  }

  /** Yields the audit log of a model, or of all, oldest first. */
  log(input: { readonly model?: string; readonly all?: boolean } = {}): AsyncIterable<LogRow> {
    return log(this.#workspace, { all: false, ...input });
  }

  /** Writes an entry's files to a folder. */
  fetch(input: GetInput): Promise<GetResult> {
    return get(this.#workspace, input);
  }

  /** Publishes to a git remote: `words` are `[REMOTE] [MODEL...]`. What one model is at fault for is among `issues`. */
  push(input: PushInput = { words: [] }): Promise<PushResult> {
    return push(this.#workspace, input);
  }

  /** Takes over what others have published. What one model is at fault for is among `issues`. */
  pull(input: PullInput = { words: [] }): Promise<PullResult> {
    return pull(this.#workspace, input);
  }

  /** Tells what is to push and to pull, as of the last fetch. */
  status(input: { readonly words: readonly string[] } = { words: [] }): Promise<StatusResult> {
    return status(this.#workspace, input);
  }

  /** Proves what the registry says. */
  verify(input: Partial<VerifyInput> = {}): Promise<VerifyResult> {
    return verify(this.#workspace, { specs: [], weights: false, ...input });
  }

  /** Ends child processes. */
  close(): Promise<void> {
    return this.#workspace.close();
  }

  /** Closes at the end of an `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
