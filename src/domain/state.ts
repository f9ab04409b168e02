/**
 * The state of a model: a pure fold of its log in `seq` order (format §6.4). The only place where state is derived; refs
 * are views of it.
 */
import type { ObjectId, Sha256 } from './digest.ts';
import type { Actor, MlflowOrigin, StageCause, StageName } from './event.ts';
import type { ModelName } from './model-name.ts';
import type { Version } from './version.ts';

/** Which event did something, when and by whom. */
export interface Stamp {
  readonly event: string;
  /** Its commit in the log. */
  readonly commit: ObjectId;
  readonly seq: number;
  readonly at: string;
  readonly by: Actor;
  readonly onBehalfOf?: Actor;
}

/** The last report of an entry at one endpoint. */
export interface Deployment extends Stamp {
  readonly endpoint: string;
  readonly status: string;
  /** Another entry was deployed at the endpoint since. */
  readonly replaced?: true;
}

/** An entry in one model. A SHA that the state does not hold is absent (format §6.3). */
export interface EntryState {
  readonly sha256: Sha256;
  /** The entry commit. */
  readonly commit: ObjectId;
  /** SHA-256 of manifest.json. */
  readonly manifest: Sha256;
  /** Integer version, from 1 (format §6.6). */
  readonly number: number;
  readonly status: 'pending' | 'expired' | 'registered';
  /** When a candidate expires. */
  readonly expires?: string;
  /** The first effective event. */
  readonly first: Stamp;
  /** The event that made it registered. */
  readonly registered?: Stamp;
  readonly versions: readonly Version[];
  readonly description?: string;
  readonly mlflow?: MlflowOrigin;
  readonly annotations: Readonly<Record<string, string>>;
  /** The slot that it occupies. */
  readonly slot?: string;
  /** Slots that it has ever occupied, in order. */
  readonly occupied: readonly string[];
  /** Its last effective `stage` event. */
  readonly staged?: Stamp & { readonly to: StageName; readonly cause: StageCause };
  /** Another entry took its slot since: the event by which it did. */
  readonly replaced?: Stamp;
  readonly tombstone?: Stamp & { readonly reason: string };
  /** Its last promotion into a slot. */
  readonly promoted?: Stamp & { readonly to: StageName };
  /** What was last reported at each endpoint, the newest last. */
  readonly deployments?: readonly Deployment[];
  /** The last report that it was deployed. */
  readonly deployed?: Stamp & { readonly endpoint: string };
}

/** A version of a model: names one entry, for ever. */
export interface VersionState {
  readonly sha256: Sha256;
  readonly given: Stamp;
}

/** An approval or a rejection that was given. */
export interface ApprovalState {
  readonly kind: 'approve' | 'reject';
  readonly sha256: Sha256;
  readonly to: StageName;
  readonly policy: Sha256;
  readonly report: Sha256;
  readonly given: Stamp;
  readonly withdrawn?: true;
}

/** An event without effect, and why. */
export interface Ineffective {
  readonly event: string;
  readonly seq: number;
  readonly kind: string;
  readonly reason: string;
}

/** The folded state of a model. */
export interface ModelState {
  readonly model: ModelName;
  /** Number of events folded; the next `seq`. */
  readonly events: number;
  /** SHA-256 of the last event's JSON bytes; the next `prev`. Null before the first. */
  readonly lastDigest: Sha256 | null;
  readonly created?: Stamp;
  readonly displayName?: string;
  readonly description?: string;
  /** Tags of `create` and annotations of the model. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly retired?: Stamp;
  /** By SHA, in order of their first effective event. */
  readonly entries: ReadonlyMap<Sha256, EntryState>;
  readonly versions: ReadonlyMap<Version, VersionState>;
  readonly slots: ReadonlyMap<string, Sha256>;
  /**
   * Of each slot, those that occupied it, oldest first, the occupant last. A rollback takes away what it left, and so does
   * a deliberate move out of the slot: so the next rollback goes further back, never to what was rolled back.
   */
  readonly occupants: ReadonlyMap<string, readonly Sha256[]>;
  readonly aliases: ReadonlyMap<string, Sha256>;
  /** Of each endpoint, the entry that was last reported deployed there. */
  readonly endpoints: ReadonlyMap<string, Sha256>;
  readonly approvals: ReadonlyMap<string, ApprovalState>;
  /** Number of SHAs and `point`s that have an integer version. */
  readonly numbered: number;
  /** Number of entries that lists show (`isListed`). */
  readonly listed: number;
  /** The highest release that names no tombstoned entry. */
  readonly latest: Version | null;
  /** The entry that was registered first, which gives the model its profile (format §3.4). */
  readonly firstRegistered: Sha256 | null;
  /** Ids of all events, each with its `seq`. */
  readonly ids: ReadonlyMap<string, number>;
  readonly ineffective: readonly Ineffective[];
  /** The highest unknown `v`; writing is refused when set (format §6.3). */
  readonly newerFormat?: true;
}

/** Returns the state before the first event. */
export function emptyState(model: ModelName): ModelState {
  return {
    model,
    events: 0,
    lastDigest: null,
    annotations: {},
    entries: new Map(),
    versions: new Map(),
    slots: new Map(),
    occupants: new Map(),
    aliases: new Map(),
    endpoints: new Map(),
    approvals: new Map(),
    numbered: 0,
    listed: 0,
    latest: null,
    firstRegistered: null,
    ids: new Map(),
    ineffective: [],
  };
}

/** Returns the stage of an entry: none when it is no registered entry or tombstoned (format §6.4). */
export function stageOf(entry: EntryState): StageName | undefined {
  if (entry.status !== 'registered' || entry.tombstone !== undefined) return undefined;
  if (entry.staged === undefined) return 'development';
  return entry.replaced ? 'archived' : entry.staged.to;
}

/** Tells whether lists show an entry unasked: alive, with a version or in a slot. */
export function isListed(entry: EntryState): boolean {
  const isAlive = entry.status === 'registered' && entry.tombstone === undefined;
  return entry.slot !== undefined || (isAlive && entry.versions.length > 0);
}

/** Returns the `seq` by which lists order entries: that of the event that registered it, else of its first. */
export function registeredSeq(entry: EntryState): number {
  return (entry.registered ?? entry.first).seq;
}

/** Tells whether a text can name a slot (format §5.1). */
export function isSlotName(text: string): boolean {
  return /^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$/.test(text) && !['development', 'archived', 'rollback'].includes(text);
}

/** Tells whether a text can name a stage. */
export function isStageName(text: string): boolean {
  return text === 'development' || text === 'archived' || isSlotName(text);
}

/** Tells whether a candidate's time is over at an instant (`at`: event time format). */
export function isExpired(entry: EntryState, at: string): boolean {
  return (
    entry.status === 'expired' || (entry.status === 'pending' && entry.expires !== undefined && at >= entry.expires)
  );
}
