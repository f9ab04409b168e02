/** Walks lineage: up to parents, corpus, tokenizer, code and seed; down to everything that an entry touched. */
import { encodeJson, type JsonValue, parseJson } from '../domain/canonical-json.ts';
import { isObjectId, type ObjectId, type Sha256 } from '../domain/digest.ts';
import { parseEntryMessage } from '../domain/entry.ts';
import { RegistryError } from '../domain/errors.ts';
import type { StageName } from '../domain/event.ts';
import { type Edge, selectLineage, type WalkedEntry } from '../domain/lineage.ts';
import type { Profile } from '../domain/manifest.ts';
import type { ModelName } from '../domain/model-name.ts';
import { flattenParams } from '../domain/params.ts';
import { readTrainManifest, type TrainManifest } from '../domain/train-manifest.ts';
import type { Version } from '../domain/version.ts';
import type { EntryNode } from '../ports/entry-graph.ts';
import type { FoldedModel } from '../ports/fold-cache.ts';
import type { StoredObject } from '../ports/object-store.ts';
import { describeEntry, type EntryStatus } from './describe-entry.ts';
import { findModel } from './read-model.ts';
import { resolveSpec } from './resolve-spec.ts';
import type { Workspace } from './workspace.ts';

/** What to walk. */
export interface LineageInput {
  readonly spec: string;
  readonly model?: string;
  readonly direction: 'up' | 'down';
  /** Steps from the root; Infinity for all. */
  readonly depth: number;
}

/** The commit of the training code, as far as this repository knows it. */
export interface CodeReference {
  readonly commit: string;
  readonly here: boolean;
  readonly subject: string | null;
  readonly date: string | null;
}

/** Where an entry is known: a model, with its versions and stage there. */
export interface LineagePlace {
  readonly model: ModelName;
  readonly versions: readonly Version[];
  readonly stage: StageName | null;
  readonly status: EntryStatus;
  readonly tombstone: string | null;
}

/** One entry of the graph. */
export interface LineageNode {
  readonly sha256: Sha256;
  readonly commit: ObjectId;
  readonly profile: Profile;
  readonly places: readonly LineagePlace[];
  readonly corpus: string | null;
  readonly tokenizer: string | null;
  readonly code: CodeReference | null;
  readonly seed: string | null;
  readonly hparams: Readonly<Record<string, string>>;
  readonly environment: string | null;
  readonly runId: string | null;
}

/** The graph. Edges point from the entry that depends to the one it depends on. */
export interface LineageResult {
  readonly root: Sha256;
  readonly direction: 'up' | 'down';
  readonly nodes: readonly LineageNode[];
  readonly edges: readonly Edge[];
  /** Entries beyond `--depth`. */
  readonly cut: number;
}

/** Walks. One git process for the walk, one for all that is read. Throws `unknown-spec`, `corrupt-entry`. */
export async function lineage(workspace: Workspace, input: LineageInput): Promise<LineageResult> {
  const named = await resolveSpec(workspace, input.spec, input.model);
  const { commit, sha256 } = named.entry;
  const walked: WalkedEntry[] = [];
  if (input.direction === 'up') {
    for await (const node of workspace.graph.ancestors(commit)) walked.push(readNode(node));
  } else {
    for await (const node of workspace.graph.ancestors(commit)) {
      walked.push(readNode(node));
      break;
    }
    for await (const node of workspace.graph.descendants(commit)) walked.push(readNode(node));
  }
  const graph = selectLineage(sha256, walked, input.direction, input.depth);
  const trains = await readTrainManifests(workspace, graph.nodes);
  const codes = await readCodes(workspace, trains);
  const places = await findPlaces(workspace, named.folded, graph.nodes, input.direction);
  const nodes = graph.nodes.map((entry, index) =>
    describeNode(entry, trains[index], codes, places.get(entry.sha256) ?? []),
  );
  return { root: sha256, direction: input.direction, nodes, edges: graph.edges, cut: graph.cut };
}

function readNode(node: EntryNode): WalkedEntry {
  const entry = parseEntryMessage(node.message);
  if (entry === undefined) {
    throw new RegistryError('corrupt-entry', `commit ${node.commit}: expected an entry commit`, {
      data: { commit: node.commit },
      hint: 'git registry verify --all',
    });
  }
  return { ...entry, commit: node.commit };
}

/** Asks the one reading process for many objects at a time; the questions are all in its pipe before the first answer. */
async function findMany(
  workspace: Workspace,
  addresses: readonly string[],
): Promise<readonly (StoredObject | undefined)[]> {
  const found: (StoredObject | undefined)[] = [];
  for (let start = 0; start < addresses.length; start += 500) {
    found.push(
      ...(await Promise.all(addresses.slice(start, start + 500).map((address) => workspace.objects.find(address)))),
    );
  }
  return found;
}

async function readTrainManifests(
  workspace: Workspace,
  nodes: readonly WalkedEntry[],
): Promise<readonly (TrainManifest | undefined)[]> {
  const blobs = await findMany(
    workspace,
    nodes.map(({ commit }) => `${commit}:bundle/train_manifest.json`),
  );
  return blobs.map((blob) =>
    blob === undefined ? undefined : readTrainManifest(parseJson(blob.body, 'train_manifest.json')),
  );
}

async function readCodes(
  workspace: Workspace,
  trains: readonly (TrainManifest | undefined)[],
): Promise<ReadonlyMap<string, CodeReference>> {
  // A commit id of the other object format cannot be in this repository.
  const digits = workspace.objects.format === 'sha1' ? 40 : 64;
  const ids = [...new Set(trains.flatMap((train) => train?.codeGitSha ?? []))].filter(
    (id) => isObjectId(id) && id.length === digits,
  );
  const objects = await findMany(workspace, ids);
  return new Map(
    ids.map((id, index) => {
      const object = objects[index];
      return [id, object?.type === 'commit' ? describeCode(id, object.body) : absentCode(id)];
    }),
  );
}

function absentCode(commit: string): CodeReference {
  return { commit, here: false, subject: null, date: null };
}

function describeCode(id: string, body: Uint8Array): CodeReference {
  const text = new TextDecoder().decode(body);
  const seconds = /^committer .*> ([0-9]+) /m.exec(text)?.[1];
  const subject = text.slice(text.indexOf('\n\n') + 2).split('\n', 1)[0] ?? '';
  return {
    commit: id,
    here: true,
    subject,
    date: seconds === undefined ? null : new Date(Number(seconds) * 1000).toISOString(),
  };
}

/** The root's model is folded already; entries that it lacks are looked up in the logs that reach them, all at once. */
async function findPlaces(
  workspace: Workspace,
  home: FoldedModel,
  nodes: readonly WalkedEntry[],
  direction: 'up' | 'down',
): Promise<ReadonlyMap<Sha256, readonly LineagePlace[]>> {
  const foreign = nodes.filter(({ sha256 }) => direction === 'down' || !home.state.entries.has(sha256));
  const models = foreign.length === 0 ? [] : await workspace.log.modelsContaining(foreign.map(({ commit }) => commit));
  const folds = [home];
  for (const model of models) {
    const folded = model === home.state.model ? undefined : await findModel(workspace, model);
    if (folded !== undefined) folds.push(folded);
  }
  const now = new Date(workspace.clock.now()).toISOString();
  return new Map(nodes.map(({ sha256 }) => [sha256, folds.flatMap((folded) => placeIn(folded, sha256, now))]));
}

function placeIn(folded: FoldedModel, sha256: Sha256, now: string): readonly LineagePlace[] {
  const entry = folded.state.entries.get(sha256);
  if (entry === undefined) return [];
  const { versions, stage, status, tombstone } = describeEntry(folded.state.model, entry, now);
  return [{ model: folded.state.model, versions, stage, status, tombstone: tombstone?.reason ?? null }];
}

function describeNode(
  entry: WalkedEntry,
  train: TrainManifest | undefined,
  codes: ReadonlyMap<string, CodeReference>,
  places: readonly LineagePlace[],
): LineageNode {
  const { sha256, commit, profile } = entry;
  return {
    sha256,
    commit,
    profile,
    places,
    corpus: train?.corpusDvcHash ?? null,
    tokenizer: train?.tokenizerSha ?? null,
    code: train?.codeGitSha === undefined ? null : (codes.get(train.codeGitSha) ?? absentCode(train.codeGitSha)),
    seed: train?.seed ?? null,
    hparams: train?.hparams === undefined ? {} : flattenParams(train.hparams as JsonValue),
    environment: train?.environment === undefined ? null : encodeJson(train.environment),
    runId: train?.mlflowRunId ?? null,
  };
}
