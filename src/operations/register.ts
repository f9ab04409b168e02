/** Registers a bundle: idempotent, immutable, all or nothing (format §3, §4, §6.5). */

import { checkBundlePaths } from '../domain/bundle-path.ts';
import { type JsonValue, parseJson } from '../domain/canonical-json.ts';
import type { ObjectId, Sha256 } from '../domain/digest.ts';
import { planEntry } from '../domain/entry.ts';
import { RegistryError } from '../domain/errors.ts';
import type { Finding } from '../domain/finding.ts';
import { buildManifest } from '../domain/identity.ts';
import { digestOfManifest, type Manifest, type Profile } from '../domain/manifest.ts';
import type { ModelName } from '../domain/model-name.ts';
import { readTrainManifest, type TrainManifest } from '../domain/train-manifest.ts';
import type { Version } from '../domain/version.ts';
import type { SkippedFile } from '../ports/bundle-source.ts';
import { appendEvents } from './append-events.ts';
import { chooseFiles, chooseProfile } from './choose-files.ts';
import { chooseModel } from './choose-model.ts';
import { refuseCollision } from './create-model.ts';
import { decideRegister } from './decide-register.ts';
import { inspectBundle } from './inspect-bundle.ts';
import type { PlannedEntry, RegisterInput } from './planned-entry.ts';
import { type PreparedBundle, prepareBundle } from './prepare-bundle.ts';
import { readManifest } from './read-entry.ts';
import { findModel } from './read-model.ts';
import { findRelated, resolveRelations } from './resolve-relations.ts';
import type { Workspace } from './workspace.ts';

/** What became of it. */
export interface RegisterResult {
  readonly sha256: Sha256;
  readonly commit: ObjectId;
  readonly model: ModelName;
  readonly version: Version | null;
  readonly pending: boolean;
  /** False when it was there already and nothing was written. */
  readonly created: boolean;
  /** The model was started by this registration. */
  readonly modelCreated: boolean;
  readonly dryRun: boolean;
  readonly profile: Profile;
  readonly manifest: Manifest;
  readonly expires?: string;
  /** Why the version is what it is, after `--bump`. */
  readonly reason?: string;
  readonly skipped: readonly SkippedFile[];
  readonly findings: readonly Finding[];
}

/** Registers. Throws the faults of format §3 (exit 2), `tombstoned`, `version-taken`, `has-version`, `unknown-parent`. */
export async function register(workspace: Workspace, input: RegisterInput): Promise<RegisterResult> {
  const model = await chooseModel(workspace, input.model);
  const { files, folded } = await lookAround(workspace, model, input);
  const profile = chooseProfile(files, input.profile, await profileOf(workspace, folded));
  const bundle = await prepareBundle(workspace, profile, files.inputs, { store: !input.dryRun });
  const findings = await inspectBundle(workspace, profile, files.inputs, bundle);
  const planned = await planBundle(workspace, profile, bundle, { ...input, model });
  const outcome = await appendEvents(
    workspace,
    model,
    (deciding) => decideRegister(workspace, planned, input, deciding),
    input.onBehalfOf === undefined ? {} : { onBehalfOf: input.onBehalfOf },
  );
  if (outcome.created && !input.dryRun) await workspace.repository.maintain();
  return {
    sha256: planned.manifest.sha256,
    commit: planned.plan.commit,
    model,
    ...outcome,
    dryRun: input.dryRun,
    profile,
    manifest: planned.manifest,
    skipped: files.skipped,
    findings,
  };
}

/** What the event will need is asked for while files are listed; what is wrong with it is told first, and before any file is read. */
async function lookAround(workspace: Workspace, model: ModelName, input: RegisterInput): Promise<Surroundings> {
  const asked = Promise.all([workspace.settings.identity(), workspace.settings.governing()]);
  const [needed, listed] = await Promise.allSettled([asked, listFiles(workspace, model, input)]);
  if (needed.status === 'rejected') throw needed.reason;
  if (listed.status === 'rejected') throw listed.reason;
  return listed.value;
}

interface Surroundings {
  readonly files: Awaited<ReturnType<typeof chooseFiles>>;
  readonly folded: Awaited<ReturnType<typeof findModel>>;
}

async function listFiles(workspace: Workspace, model: ModelName, input: RegisterInput): Promise<Surroundings> {
  const files = await chooseFiles(workspace, input);
  checkBundlePaths(files.inputs.map(({ path }) => path));
  const folded = await findModel(workspace, model);
  if (folded === undefined) await refuseCollision(workspace, model, input.allowSimilar);
  return { files, folded };
}

/** Returns the profile of the model's first registered entry (format §3.4). */
async function profileOf(
  workspace: Workspace,
  folded: Awaited<ReturnType<typeof findModel>>,
): Promise<Profile | undefined> {
  const first = folded?.state.firstRegistered ?? undefined;
  const entry = first === undefined ? undefined : folded?.state.entries.get(first);
  return entry === undefined ? undefined : (await readManifest(workspace, entry)).profile;
}

async function planBundle(
  workspace: Workspace,
  profile: Profile,
  bundle: PreparedBundle,
  input: Pick<RegisterInput, 'parents' | 'inputs' | 'runId'> & { readonly model: ModelName },
): Promise<PlannedEntry> {
  const train = readTrain(bundle);
  refuseOtherRun(input.runId, train);
  const relations = await resolveRelations(workspace, profile, train, input);
  const related = await findRelated(workspace, relations);
  const manifest = buildManifest({ profile, ...relations, files: bundle.files });
  const plan = planEntry({ manifest, gitFiles: bundle.gitFiles, parentCommits: related, hash: workspace.hash });
  const config = bundle.gitFiles.get('config.json');
  const trainBody = bundle.gitFiles.get('train_manifest.json');
  return {
    manifest,
    manifestDigest: digestOfManifest(manifest),
    plan,
    related,
    train,
    config: config === undefined ? undefined : findJsonValue(config),
    trainJson: trainBody === undefined ? undefined : parseJson(trainBody, 'train_manifest.json'),
  };
}

function readTrain(bundle: PreparedBundle): TrainManifest | undefined {
  const body = bundle.gitFiles.get('train_manifest.json');
  return body === undefined ? undefined : readTrainManifest(parseJson(body, 'train_manifest.json'));
}

/** A config.json of a `files/1` bundle is stored as it is, and may be no JSON at all. */
function findJsonValue(body: Uint8Array): JsonValue | undefined {
  try {
    return parseJson(body, 'config.json');
  } catch {
    return undefined;
  }
}

function refuseOtherRun(runId: string | undefined, train: TrainManifest | undefined): void {
  if (runId === undefined || train?.mlflowRunId === undefined || train.mlflowRunId === runId) return;
  throw new RegistryError(
    'bad-bundle',
    `--run-id: expected ${train.mlflowRunId} as train_manifest.json says, got ${runId}`,
    {
      data: { stated: train.mlflowRunId, given: runId },
    },
  );
}
