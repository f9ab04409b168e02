/** Folding: what each event does to a model's state, and when it has no effect (format §6.3, §6.4). */
import { annotated } from './annotations.ts';
import { withDeployment, withoutEndpoint } from './deployment.ts';
import type { ObjectId, Sha256 } from './digest.ts';
import { RegistryError } from './errors.ts';
import type { Envelope, EventBody, EventKind, LoggedEvent } from './event.ts';
import { LayeredMap } from './layered-map.ts';
import {
  type ApprovalState,
  type EntryState,
  isListed,
  isStageName,
  type ModelState,
  type Stamp,
  stageOf,
  type VersionState,
} from './state.ts';
import type { Version } from './version.ts';
import { isLaterRelease, latestRelease } from './version-order.ts';

/** Maps that grow with the log, and from which nothing ever goes. */
type Growing = 'entries' | 'versions' | 'approvals' | 'ids';
/** A state under construction. Its values are never changed in place, only replaced. */
type Draft = {
  -readonly [K in keyof ModelState]: ModelState[K] extends ReadonlyMap<infer A, infer B>
    ? K extends Growing
      ? LayeredMap<A, B>
      : Map<A, B>
    : ModelState[K] extends readonly (infer A)[]
      ? A[]
      : ModelState[K];
};

/** One event of the log with its commit, and that of the entry that it names. */
export interface FoldInput extends LoggedEvent {
  readonly commit: ObjectId;
  /** The second parent of its commit; present exactly when the event names an entry (format §6.1). */
  readonly entryCommit?: ObjectId;
}

type Body<K extends EventKind> = Envelope & Extract<EventBody, { readonly kind: K }>;
/** Where an event stands in the log. */
type Place = Pick<FoldInput, 'commit' | 'entryCommit'>;
/** Applies an event, or returns why it has no effect. */
type Effect<K extends EventKind> = (draft: Draft, event: Body<K>, place: Place) => string | undefined;

function stampOf(event: Envelope, { commit }: Place): Stamp {
  const { id, seq, at, by, onBehalfOf } = event;
  return { event: id, commit, seq, at, by, ...(onBehalfOf === undefined ? {} : { onBehalfOf }) };
}

function present(draft: Draft, sha256: Sha256): EntryState | undefined {
  return draft.entries.get(sha256);
}

function registeredAlive(draft: Draft, sha256: Sha256): EntryState | string {
  const entry = present(draft, sha256);
  if (entry?.status !== 'registered') return 'the SHA is not registered';
  return entry.tombstone === undefined ? entry : 'the SHA has a tombstone';
}

function putEntry(draft: Draft, entry: EntryState): void {
  const before = draft.entries.get(entry.sha256);
  draft.listed += Number(isListed(entry)) - Number(before !== undefined && isListed(before));
  draft.entries.set(entry.sha256, entry);
}

function giveVersion(draft: Draft, entry: EntryState, version: Version, given: Stamp): void {
  draft.versions.set(version, { sha256: entry.sha256, given } satisfies VersionState);
  putEntry(draft, { ...entry, versions: [...entry.versions, version] });
  if (isLaterRelease(version, draft.latest)) draft.latest = version;
}

/** The highest release went, so all are looked at: a tombstone is rare. */
function findLatest({ entries, versions }: Draft): Version | null {
  const usable = [...versions].filter(([, { sha256 }]) => entries.get(sha256)?.tombstone === undefined);
  return latestRelease(usable.map(([version]) => version)) ?? null;
}

function withoutSlot(entry: EntryState): EntryState {
  const { slot: _left, ...rest } = entry;
  return rest;
}

/** Takes an entry out of its slot and, since that was deliberate, out of the slot's former occupants. */
function vacate(draft: Draft, entry: EntryState): EntryState {
  if (entry.slot === undefined) return entry;
  draft.slots.delete(entry.slot);
  const kept = (draft.occupants.get(entry.slot) ?? []).filter((sha256) => sha256 !== entry.sha256);
  draft.occupants.set(entry.slot, kept);
  return withoutSlot(entry);
}

const applyRegister: Effect<'register'> = (draft, event, place) => {
  const before = present(draft, event.sha256);
  if (before?.tombstone !== undefined) return 'the SHA has a tombstone';
  if (before?.status === 'registered') return 'the SHA is registered already';
  if (event.version !== undefined && event.pending) return 'a candidate has no version';
  if (event.version !== undefined && draft.versions.has(event.version)) return `${event.version} is taken`;
  const { entryCommit } = place;
  if (entryCommit === undefined) return 'the event names no entry commit';
  const stamp = stampOf(event, place);
  if (before === undefined) draft.numbered += 1;
  const { expires: _old, ...kept } = before ?? {
    sha256: event.sha256,
    number: draft.numbered,
    first: stamp,
    versions: [],
    annotations: {},
    occupied: [],
  };
  const entry: EntryState = {
    ...kept,
    commit: entryCommit,
    manifest: event.manifest,
    status: event.pending ? 'pending' : 'registered',
    ...(event.pending && event.expires !== undefined ? { expires: event.expires } : {}),
    ...(event.pending ? {} : { registered: stamp }),
    ...(event.description === undefined ? {} : { description: event.description }),
    ...(event.mlflow === undefined ? {} : { mlflow: event.mlflow }),
  };
  putEntry(draft, entry);
  if (!event.pending) draft.firstRegistered ??= entry.sha256;
  if (event.version !== undefined) giveVersion(draft, entry, event.version, stamp);
  return undefined;
};

const applyPromote: Effect<'promote'> = (draft, event, place) => {
  const before = present(draft, event.sha256);
  if (before === undefined) return 'the SHA is not in the model';
  if (before.tombstone !== undefined) return 'the SHA has a tombstone';
  if (draft.versions.has(event.version)) return `${event.version} is taken`;
  const stamp = stampOf(event, place);
  const { expires: _old, ...kept } = before;
  const entry: EntryState =
    before.status === 'registered' ? before : { ...kept, status: 'registered', registered: stamp };
  draft.firstRegistered ??= entry.sha256;
  giveVersion(draft, entry, event.version, stamp);
  return undefined;
};

function refuseStage(draft: Draft, event: Body<'stage'>, entry: EntryState): string | undefined {
  if (!isStageName(event.to)) return `${event.to} is no stage`;
  if (event.version !== undefined && draft.versions.get(event.version)?.sha256 !== event.sha256)
    return `${event.version} is not of the SHA`;
  if (event.from !== (entry.slot ?? null)) return 'it is not where the event says';
  if (event.to === stageOf(entry)) return `it is in ${event.to} already`;
  if (event.replaced !== draft.slots.get(event.to)) return 'the slot has another holder than the event says';
  return undefined;
}

const applyStage: Effect<'stage'> = (draft, event, place) => {
  const entry = registeredAlive(draft, event.sha256);
  if (typeof entry === 'string') return entry;
  const refusal = refuseStage(draft, event, entry);
  if (refusal !== undefined) return refusal;
  const cause = event.cause ?? 'promote';
  const { replaced: _since, ...moved } = vacate(draft, entry);
  const stamp = { ...stampOf(event, place), to: event.to, cause };
  if (event.to === 'development' || event.to === 'archived') {
    putEntry(draft, { ...moved, staged: stamp });
    return undefined;
  }
  const holder = event.replaced === undefined ? undefined : present(draft, event.replaced);
  if (holder !== undefined) putEntry(draft, { ...withoutSlot(holder), replaced: stampOf(event, place) });
  draft.slots.set(event.to, event.sha256);
  const occupied = moved.occupied.includes(event.to) ? moved.occupied : [...moved.occupied, event.to];
  const promoted = cause === 'promote' ? { promoted: { ...stampOf(event, place), to: event.to } } : {};
  putEntry(draft, { ...moved, ...promoted, staged: stamp, slot: event.to, occupied });
  const former = draft.occupants.get(event.to) ?? [];
  const back = former.lastIndexOf(event.sha256);
  draft.occupants.set(
    event.to,
    cause === 'rollback' && back >= 0 ? former.slice(0, back + 1) : [...former, event.sha256],
  );
  return undefined;
};

const applyAnnotate: Effect<'annotate'> = (draft, event) => {
  if (event.sha256 === undefined) {
    draft.annotations = annotated(draft.annotations, event);
    return undefined;
  }
  const entry = present(draft, event.sha256);
  if (entry === undefined) return 'the SHA is not in the model';
  putEntry(draft, { ...entry, annotations: annotated(entry.annotations, event) });
  return undefined;
};

const applyTombstone: Effect<'tombstone'> = (draft, event, place) => {
  const entry = present(draft, event.sha256);
  if (entry === undefined) return 'the SHA is not in the model';
  if (entry.tombstone !== undefined) return 'the SHA has a tombstone already';
  const { expires: _old, ...kept } = vacate(draft, entry);
  putEntry(draft, {
    ...kept,
    status: entry.status === 'pending' ? 'expired' : entry.status,
    tombstone: { ...stampOf(event, place), reason: event.reason },
  });
  if (draft.latest !== null && entry.versions.includes(draft.latest)) draft.latest = findLatest(draft);
  return undefined;
};

const applyExpire: Effect<'expire'> = (draft, event) => {
  const entry = present(draft, event.sha256);
  if (entry?.status !== 'pending') return 'the SHA is no candidate';
  if (entry.expires === undefined || event.at < entry.expires) return 'its time is not over';
  putEntry(draft, { ...entry, status: 'expired' });
  return undefined;
};

function applyApproval(draft: Draft, event: Body<'approve'> | Body<'reject'>, place: Place): string | undefined {
  if (present(draft, event.sha256) === undefined) return 'the SHA is not in the model';
  const { kind, sha256, to, policy, report } = event;
  draft.approvals.set(event.id, {
    kind,
    sha256,
    to,
    policy,
    report,
    given: stampOf(event, place),
  } satisfies ApprovalState);
  return undefined;
}

const applyWithdraw: Effect<'withdraw'> = (draft, event) => {
  const approval = draft.approvals.get(event.event);
  if (approval === undefined) return 'the event is no approval of this log';
  if (approval.given.by.email !== event.by.email) return "the approval is somebody else's";
  draft.approvals.set(event.event, { ...approval, withdrawn: true });
  return undefined;
};

const applyAlias: Effect<'alias'> = (draft, event) => {
  if (event.sha256 === null) {
    draft.aliases.delete(event.name);
    return undefined;
  }
  const entry = registeredAlive(draft, event.sha256);
  if (typeof entry === 'string') return entry;
  draft.aliases.set(event.name, event.sha256);
  return undefined;
};

const applyDeploy: Effect<'deploy'> = (draft, event, place) => {
  const entry = present(draft, event.sha256);
  if (entry === undefined) return 'the SHA is not in the model';
  const { sha256, endpoint, status } = event;
  const holder = draft.endpoints.get(endpoint);
  if (status === 'deployed') {
    const other = holder === undefined || holder === sha256 ? undefined : present(draft, holder);
    if (other !== undefined) putEntry(draft, withoutEndpoint(other, endpoint));
    draft.endpoints.set(endpoint, sha256);
  } else if (holder === sha256) draft.endpoints.delete(endpoint);
  putEntry(draft, withDeployment(entry, { ...stampOf(event, place), endpoint, status }));
  return undefined;
};

function needsPresent(draft: Draft, event: Body<'gate'> | Body<'reproduce'>): string | undefined {
  return present(draft, event.sha256) === undefined ? 'the SHA is not in the model' : undefined;
}

function noState(): undefined {
  return undefined;
}

/** One effect per kind; a new kind that is not listed does not compile. */
const EFFECTS: { readonly [K in EventKind]: Effect<K> } = {
  create: (draft, event, place) => {
    if (event.seq !== 0) return 'the model exists already';
    draft.created = stampOf(event, place);
    if (event.description !== undefined) draft.description = event.description;
    draft.annotations = { ...event.tags };
    return undefined;
  },
  register: applyRegister,
  promote: applyPromote,
  stage: applyStage,
  annotate: applyAnnotate,
  tombstone: applyTombstone,
  expire: applyExpire,
  rename: (draft, event) => {
    draft.displayName = event.to;
    return undefined;
  },
  retire: (draft, event, place) => {
    draft.retired = stampOf(event, place);
    return undefined;
  },
  point: (draft) => {
    draft.numbered += 1;
    return undefined;
  },
  approve: applyApproval,
  reject: applyApproval,
  withdraw: applyWithdraw,
  gate: needsPresent,
  reproduce: needsPresent,
  deploy: applyDeploy,
  alias: applyAlias,
  experiment: noState,
  void: noState,
};

function effectOf(draft: Draft, input: FoldInput): string | undefined {
  const { event } = input;
  if (event.kind === 'unknown') {
    if (event.why === 'version') draft.newerFormat = true;
    return event.why === 'malformed' ? 'its members do not fit its kind' : `unknown ${event.why}`;
  }
  // SAFETY: EFFECTS is indexed by the event's own kind, which TypeScript cannot correlate across the union.
  const apply = EFFECTS[event.kind] as Effect<EventBody['kind']>;
  return apply(draft, event as never, input);
}

/** Returns the state after more events, and of each whether it had no effect. `before` is not changed. */
export function foldEvents(before: ModelState, inputs: Iterable<FoldInput>): ModelState {
  const folder = new Folder(before);
  for (const input of inputs) folder.add(input);
  return folder.state;
}

/** Folds a log event by event, in place: for logs that arrive as a stream. */
export class Folder {
  readonly #draft: Draft;

  constructor(before: ModelState) {
    this.#draft = {
      ...before,
      entries: LayeredMap.over(before.entries),
      versions: LayeredMap.over(before.versions),
      slots: new Map(before.slots),
      occupants: new Map(before.occupants),
      aliases: new Map(before.aliases),
      endpoints: new Map(before.endpoints),
      approvals: LayeredMap.over(before.approvals),
      ids: LayeredMap.over(before.ids),
      ineffective: [...before.ineffective],
    };
  }

  /** The state so far. Further `add`s change it: take it when done. */
  get state(): ModelState {
    return this.#draft;
  }

  /** Adds the next event and returns why it has no effect, if so. */
  add(input: FoldInput): string | undefined {
    const { event } = input;
    const reason = this.#apply(input);
    this.#count(input);
    if (reason !== undefined) {
      const kind = event.kind === 'unknown' ? event.named : event.kind;
      this.#draft.ineffective.push({ event: event.id, seq: event.seq, kind, reason });
    }
    return reason;
  }

  /** Adds the next event if it has an effect; else returns why not, and the state is as it was. */
  addEffective(input: FoldInput): string | undefined {
    const reason = this.#apply(input);
    if (reason === undefined) this.#count(input);
    return reason;
  }

  /** An effect changes the draft only once it knows that it has one. */
  #apply(input: FoldInput): string | undefined {
    const { seq } = input.event;
    const { events } = this.#draft;
    if (seq !== events) throw new RegistryError('bug', `fold: expected seq ${events}, got ${seq}`);
    return effectOf(this.#draft, input);
  }

  #count({ event, digest }: FoldInput): void {
    this.#draft.events += 1;
    this.#draft.lastDigest = digest;
    this.#draft.ids.set(event.id, event.seq);
  }
}
