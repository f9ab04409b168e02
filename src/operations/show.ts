/** Everything the registry knows of one entry. */
import type { JsonValue } from '../domain/canonical-json.ts';
import type { ObjectId, Sha256 } from '../domain/digest.ts';
import type { Actor, MlflowOrigin } from '../domain/event.ts';
import { decodeCommit } from '../domain/git-object.ts';
import type { Manifest, ManifestFile, Profile } from '../domain/manifest.ts';
import { flattenMetrics, type Metric } from '../domain/metrics.ts';
import type { ModelSignature } from '../domain/model-signature.ts';
import { flattenParams } from '../domain/params.ts';
import type { Deployment, ModelState } from '../domain/state.ts';
import type { TrainManifest } from '../domain/train-manifest.ts';
import { detectFormat, FORMAT_HEAD_BYTES, type WeightsFormat } from '../domain/weights-format.ts';
import { decodeEvent, eventJsonOf } from '../schema/decode-event.ts';
import { describeEntry, type EntryDescription } from './describe-entry.ts';
import { approversOf } from './history.ts';
import { type EntryAddress, findJson, findTrainManifest, readGitFile, readManifest } from './read-entry.ts';
import { resolveSpec } from './resolve-spec.ts';
import type { Workspace } from './workspace.ts';

/** A file as `show` lists it: whether its bytes are in reach, and of weights that are, what they are. */
export type ShownFile = ManifestFile & { readonly here: boolean; readonly format: WeightsFormat | null };

/** One entry. */
export interface ShowResult extends EntryDescription {
  readonly profile: Profile;
  readonly parents: readonly Sha256[];
  readonly inputs: readonly Sha256[];
  readonly files: readonly ShownFile[];
  /** Numbers of the eval report, flattened. */
  readonly metrics: readonly Metric[];
  /** Hyperparameters of the train manifest, as text. */
  readonly params: Readonly<Record<string, string>>;
  readonly training: {
    readonly corpus: string | null;
    readonly tokenizer: string | null;
    readonly code: string | null;
    readonly seed: string | null;
  };
  /** Of the MLmodel file, if the bundle has one. */
  readonly signature: ModelSignature | null;
  /** How the event that registered it is signed; whether the signer is to be believed is policy's business (format §6.7). */
  readonly signed: 'ssh' | 'openpgp' | 'x509' | null;
  readonly runId: string | null;
  readonly mlflow: MlflowOrigin | null;
  /** Its last promotion into a slot. */
  readonly promotedAt: string | null;
  readonly promotedBy: Actor | null;
  readonly promotedOnBehalfOf: Actor | null;
  /** Whose approvals that promotion named. */
  readonly approvedBy: readonly Actor[];
  /** When it was last reported deployed. */
  readonly deployedAt: string | null;
  /** What was last reported at each endpoint, the newest last. */
  readonly deployments: readonly ShownDeployment[];
}

/** The last report at one endpoint. */
export interface ShownDeployment {
  readonly endpoint: string;
  readonly status: string;
  readonly at: string;
  readonly by: Actor;
  readonly onBehalfOf: Actor | null;
  /** Another entry was deployed there since. */
  readonly replaced: boolean;
}

/** Shows an entry, tombstoned or pending ones too. Throws `unknown-spec` and the like. */
export async function show(
  workspace: Workspace,
  input: { readonly spec: string; readonly model?: string },
): Promise<ShowResult> {
  const { model, entry, folded } = await resolveSpec(workspace, input.spec, input.model);
  const manifest = await readManifest(workspace, entry);
  const report = await findJson(workspace, entry, manifest, 'eval_report.json');
  const train = await findTrainManifest(workspace, entry, manifest);
  return {
    ...describeEntry(model, entry, new Date(workspace.clock.now()).toISOString()),
    profile: manifest.profile,
    parents: manifest.parents,
    inputs: manifest.inputs,
    files: await describeFiles(workspace, manifest),
    metrics: report === undefined ? [] : flattenMetrics(report),
    params: train?.hparams === undefined ? {} : flattenParams(train.hparams as JsonValue),
    training: trainingOf(train),
    signature: await findSignature(workspace, entry, manifest),
    signed: await findEventSignature(workspace, (entry.registered ?? entry.first).commit),
    runId: entry.mlflow?.run_id ?? train?.mlflowRunId ?? null,
    mlflow: entry.mlflow ?? null,
    promotedAt: entry.promoted?.at ?? null,
    promotedBy: entry.promoted?.by ?? null,
    promotedOnBehalfOf: entry.promoted?.onBehalfOf ?? null,
    approvedBy: await readApprovers(workspace, folded.state, entry.promoted?.commit),
    deployedAt: entry.deployed?.at ?? null,
    deployments: (entry.deployments ?? []).map(describeDeployment),
  };
}

/** The event names ids; where nobody ever approved anything it need not be read. */
async function readApprovers(
  workspace: Workspace,
  state: ModelState,
  commit: ObjectId | undefined,
): Promise<readonly Actor[]> {
  if (commit === undefined || state.approvals.size === 0) return [];
  const body = (await workspace.objects.find(commit))?.body;
  const json = body === undefined ? undefined : eventJsonOf(decodeCommit(body).message);
  const decoded = json === undefined ? undefined : decodeEvent(json);
  if (decoded?.kind !== 'event' || decoded.logged.event.kind !== 'stage') return [];
  return approversOf(state, decoded.logged.event.approvals);
}

function describeDeployment({ endpoint, status, at, by, onBehalfOf, replaced }: Deployment): ShownDeployment {
  return { endpoint, status, at, by, onBehalfOf: onBehalfOf ?? null, replaced: replaced ?? false };
}

async function findEventSignature(workspace: Workspace, commit: ObjectId): Promise<ShowResult['signed']> {
  const object = await workspace.objects.find(commit);
  const signature =
    object === undefined
      ? undefined
      : /^gpgsig(?:-sha256)? (.*)$/m.exec(new TextDecoder().decode(object.body).split('\n\n', 1)[0] ?? '')?.[1];
  if (signature === undefined) return null;
  if (signature.includes('SSH')) return 'ssh';
  return signature.includes('PGP') ? 'openpgp' : 'x509';
}

function trainingOf(train: TrainManifest | undefined): ShowResult['training'] {
  return {
    corpus: train?.corpusDvcHash ?? null,
    tokenizer: train?.tokenizerSha ?? null,
    code: train?.codeGitSha ?? null,
    seed: train?.seed ?? null,
  };
}

async function findSignature(
  workspace: Workspace,
  entry: EntryAddress,
  manifest: Manifest,
): Promise<ModelSignature | null> {
  const file = manifest.files.find(({ path, store }) => path === 'MLmodel' && store === 'git');
  if (file === undefined) return null;
  const { decodeModelSignature } = await import('../schema/decode-mlmodel.ts');
  return decodeModelSignature(new TextDecoder().decode(await readGitFile(workspace, entry, file))) ?? null;
}

/** One after the other: a bundle can have more files than a process may open at once. */
async function describeFiles(workspace: Workspace, manifest: Manifest): Promise<readonly ShownFile[]> {
  const files: ShownFile[] = [];
  for (const file of manifest.files) files.push(await describeFile(workspace, file));
  return files;
}

/** The format is told by content, so only where the bytes are here (format: threat model, untrusted weights). */
async function describeFile(workspace: Workspace, file: ManifestFile): Promise<ShownFile> {
  if (file.store === 'git') return { ...file, here: true, format: null };
  const path = await (await workspace.weights()).findPath(file);
  if (path === undefined || file.role !== 'weights') return { ...file, here: path !== undefined, format: null };
  const head = await (await workspace.source()).readHead(path, FORMAT_HEAD_BYTES);
  return { ...file, here: true, format: detectFormat(head, file.path, file.bytes) };
}
