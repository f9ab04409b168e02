/** A generated model: its entries, its log, and the refs that its folded state gives, by the project's own encoders. */
import { type ObjectId, type Sha256, sha256Of } from '../../../src/domain/digest.ts';
import { encodeDocument } from '../../../src/domain/document-json.ts';
import { planEntry } from '../../../src/domain/entry.ts';
import type { EventBody, RegistryEvent } from '../../../src/domain/event.ts';
import { eventMessage } from '../../../src/domain/event-message.ts';
import { Folder } from '../../../src/domain/fold.ts';
import { encodeCommit, type HashObject, type NewObject, type ObjectType } from '../../../src/domain/git-object.ts';
import { digestOfManifest } from '../../../src/domain/manifest.ts';
import { type ModelName, parseModelName } from '../../../src/domain/model-name.ts';
import { emptyState } from '../../../src/domain/state.ts';
import { parseVersion } from '../../../src/domain/version.ts';
import { type View, viewsOf } from '../../../src/domain/views.ts';
import { generateBundle } from './bundle.ts';
import { CHAIN_LENGTH, modelAt, versionAt } from './shape.ts';

/** Takes the objects of a registry, in the order in which they are made. */
export type TakeObject = (object: NewObject) => void;

/** What a model is generated from. */
export interface ModelRequest {
  readonly index: number;
  readonly entries: number;
  /** The commit that the entries name as their code. */
  readonly code: ObjectId;
  readonly hash: HashObject;
  readonly take: TakeObject;
}

const BY = { name: 'Bench', email: 'bench@example.org' };
/** When the first event happens; one a second from there. */
const START = Date.UTC(2025, 0, 1);

/** Makes the objects of a model and returns its views, log included. Its last entry is in production. */
export function generateModel(request: ModelRequest): readonly View[] {
  const log = new GeneratedLog(request);
  log.append({ kind: 'create' });
  let parent: GeneratedEntry | undefined;
  for (let index = 0; index < request.entries; index += 1) {
    const line = index % CHAIN_LENGTH === 0 ? undefined : parent;
    parent = generateEntry(request, index, line);
    const { sha256, manifest, commit } = parent;
    log.append({ kind: 'register', sha256, manifest, pending: false, version: parseVersion(versionAt(index)) }, commit);
  }
  if (parent !== undefined) {
    const { sha256, commit } = parent;
    log.append({ kind: 'stage', sha256, from: null, to: 'production', verdicts: [], approvals: [] }, commit);
  }
  return log.views();
}

interface GeneratedEntry {
  readonly sha256: Sha256;
  /** SHA-256 of manifest.json. */
  readonly manifest: Sha256;
  readonly commit: ObjectId;
  readonly depth: number;
}

function generateEntry(request: ModelRequest, index: number, parent: GeneratedEntry | undefined): GeneratedEntry {
  const { code, hash, take } = request;
  const model = modelAt(request.index);
  const { manifest, gitFiles } = generateBundle({ model, index, parent: parent?.sha256, code });
  const plan = planEntry({ manifest, gitFiles, parentCommits: parent === undefined ? [] : [parent], hash });
  for (const object of plan.objects) take(object);
  return {
    sha256: manifest.sha256,
    manifest: digestOfManifest(manifest),
    commit: plan.commit,
    depth: plan.depth,
  };
}

/** A log under construction, folded as it grows: an event without effect would make the registry a sham. */
class GeneratedLog {
  readonly #request: ModelRequest;
  readonly #model: ModelName;
  readonly #folder: Folder;
  #tip: ObjectId | undefined;

  constructor(request: ModelRequest) {
    this.#request = request;
    this.#model = parseModelName(modelAt(request.index));
    this.#folder = new Folder(emptyState(this.#model));
  }

  append(body: EventBody, entryCommit?: ObjectId): void {
    const { events: seq, lastDigest: prev } = this.#folder.state;
    const time = START + seq * 1000;
    const id = uuidAt(time, this.#request.index, seq);
    const at = new Date(time).toISOString();
    const event: RegistryEvent = { v: 1, id, seq, prev, at, by: BY, model: this.#model, ...body };
    // SAFETY: an event is a document (format §2.3): strings, booleans, null, safe integers, ASCII keys.
    const json = encodeDocument(event as unknown as Parameters<typeof encodeDocument>[0]);
    const commit = this.#commit(event, json, entryCommit);
    const entry = entryCommit === undefined ? {} : { entryCommit };
    const reason = this.#folder.add({ event, json, digest: sha256Of(json), commit, ...entry });
    if (reason !== undefined) throw new Error(`generated ${body.kind} event has no effect: ${reason}`);
    this.#tip = commit;
  }

  views(): readonly View[] {
    if (this.#tip === undefined) throw new Error('expected a log with events');
    return [{ key: { kind: 'log', model: this.#model }, target: this.#tip }, ...viewsOf(this.#folder.state)];
  }

  #commit(event: RegistryEvent, json: string, entryCommit: ObjectId | undefined): ObjectId {
    const who = `${BY.name} <${BY.email}> ${Math.floor(Date.parse(event.at) / 1000)} +0000`;
    const parents = [this.#tip, entryCommit].filter((id) => id !== undefined);
    const tree = this.#make('tree', new Uint8Array());
    const message = eventMessage(event, json);
    return this.#make('commit', encodeCommit({ tree, parents, author: who, committer: who, message }));
  }

  #make(type: ObjectType, body: Uint8Array): ObjectId {
    const id = this.#request.hash(type, body);
    this.#request.take({ type, id, body });
    return id;
  }
}

/** A UUIDv7 (RFC 9562 §5.7) whose random bits are the place of the event. */
function uuidAt(time: number, model: number, seq: number): string {
  const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
  const milliseconds = hex(time, 12);
  const low = `${hex(model, 6)}${hex(seq, 6)}`;
  return `${milliseconds.slice(0, 8)}-${milliseconds.slice(8)}-7000-8000-${low}`;
}
