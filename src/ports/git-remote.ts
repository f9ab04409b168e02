/** A git remote as the registry uses it (format §7): listed, downloaded from into quarantine, pushed to. Never trusted. */
import type { ObjectId } from '../domain/digest.ts';
import type { RegistryError } from '../domain/errors.ts';
import type { ModelName } from '../domain/model-name.ts';
import type { EventLog } from './event-log.ts';
import type { ObjectStore } from './object-store.ts';
import type { RefFilter, RefKey, RefListing, RefUpdate } from './ref-store.ts';

/** A remote that was chosen. */
export interface RemoteTarget {
  /** The configured name; for a bare URL or path a text made from it. Verified refs are kept under it. */
  readonly name: string;
  /** What git is given: the name, or the URL. */
  readonly address: string;
  /** For messages: the name, or the URL without credentials. */
  readonly label: string;
}

/** What a hostile remote may make us take at most. */
export interface RemoteCaps {
  /** Refs of a listing. */
  readonly refs: number;
  /** Bytes of one download, packed and unpacked each. */
  readonly bytes: number;
}

/** What is asked of a remote whose whole listing nobody needs: one ref, or those of a filter. */
export type RefWish =
  | { readonly kind: 'ref'; readonly key: RefKey }
  | { readonly kind: 'below'; readonly filter: RefFilter };

/** A log that could not be downloaded beside others that could. */
export interface FailedLog {
  readonly model: ModelName;
  readonly fault: RegistryError;
}

/** What was downloaded: readable beside what this repository has, and gone after `close` unless kept. */
export interface Quarantine {
  /** Reads both the quarantine and this repository. */
  readonly objects: ObjectStore;
  readonly log: EventLog;
  /** Log tips as they were downloaded: a remote may have moved one since it was listed. */
  readonly tips: ReadonlyMap<ModelName, ObjectId>;
  readonly failed: readonly FailedLog[];
  /**
   * Moves what the tips reach and the known commits do not into this repository. `isAll`: nothing that is new comes from
   * other commits than those. Durable when it resolves.
   */
  keep(tips: readonly ObjectId[], known: readonly ObjectId[], isAll: boolean): Promise<void>;
  close(): Promise<void>;
}

/** One entry in quarantine. */
export interface DownloadedEntry {
  readonly commit: ObjectId;
  readonly objects: ObjectStore;
  close(): Promise<void>;
}

/** What to download. */
export interface DownloadRequest {
  readonly logs: readonly { readonly model: ModelName; readonly tip: ObjectId }[];
  /** Log tips that this repository has whole: the remote leaves out what they reach. */
  readonly known: readonly ObjectId[];
  /** Those of them that the remote had when it was last seen. */
  readonly published?: readonly ObjectId[];
  /** Take nothing that is here for granted: everything is downloaded again. */
  readonly afresh: boolean;
  readonly caps: RemoteCaps;
}

/**
 * What a remote has: commits that it lists, each with commits reachable from it. This repository has them too. Neither need
 * be all there is.
 */
export type HeldCommits = ReadonlyMap<ObjectId, ReadonlySet<ObjectId>>;

/** How a push ended where the remote answered. */
export type PushOutcome =
  | { readonly kind: 'accepted' }
  /** Some ref was not at its expected value; nothing was changed. */
  | { readonly kind: 'raced'; readonly refs: readonly string[] }
  /** The remote's own rules refused; nothing was changed. Message: the remote's, cleaned. */
  | { readonly kind: 'refused'; readonly refs: readonly string[]; readonly message: string };

/** A tag that a remote lists. */
export interface ListedTag {
  readonly name: string;
  readonly id: ObjectId;
  /** What it is of, all the way down; `id` itself where it is not annotated. */
  readonly target: ObjectId;
}

/** An annotated tag to be made: its name, and the tag object here. */
export interface NewTag {
  readonly name: string;
  readonly id: ObjectId;
}

/** Tags to be looked at. */
export interface TagRequest {
  readonly tags: readonly ListedTag[];
  /** Commits that this repository has whole, and that those of the tags may be behind. */
  readonly known: readonly ObjectId[];
  readonly caps: RemoteCaps;
}

/** Git remotes. All throw `remote-unreachable` (try later), `permission`, `remote-failed`, `git-missing`. */
export interface GitRemote {
  /** Returns the remote that a word names: a configured one, a URL, an existing folder; undefined where it is neither. */
  find(word: string): Promise<RemoteTarget | undefined>;
  /** Lists what the remote has of the registry; one call. Throws `remote-too-large`. */
  list(target: RemoteTarget, caps: RemoteCaps): Promise<RefListing>;
  /** Lists some refs, with as little traffic as the remote allows. Nothing else is in the answer. Throws `remote-too-large`. */
  listSome(target: RemoteTarget, wishes: readonly RefWish[], caps: RemoteCaps): Promise<RefListing>;
  /**
   * Downloads what one ref names: its commit and that one's parents, with their files and nothing behind them. Undefined
   * where the remote does not have it. Throws `remote-too-large`.
   */
  downloadEntry(target: RemoteTarget, ref: RefKey, caps: RemoteCaps): Promise<DownloadedEntry | undefined>;
  /** Downloads logs with all that they reach, never shallow, never filtered. Throws `remote-too-large`. */
  download(target: RemoteTarget, request: DownloadRequest): Promise<Quarantine>;
  /**
   * Moves refs of the remote, all or none, each only from its expected value. Local objects only; no hook, no signature.
   * `held` spares git to find out what need not be sent: of every commit that is sent, each parent is sent or in it.
   */
  push(target: RemoteTarget, updates: readonly RefUpdate[], held?: HeldCommits): Promise<PushOutcome>;
  /**
   * Asks whether the remote's rules would let a new ref be made; nothing is made. `accepted`, or `refused` with what was
   * refused: that ref alone where the remote judges refs one by one. `raced`: it was made, and could not be removed.
   */
  tryCreate(target: RemoteTarget, key: RefKey, id: ObjectId): Promise<PushOutcome>;
  /** Parts updates into as many as a push takes: `most` refs, and what an argument list holds. */
  batches(updates: readonly RefUpdate[], most: number): readonly (readonly RefUpdate[])[];
  /** Lists the tags of the remote; one call. Throws `remote-too-large`. */
  listTags(target: RemoteTarget, caps: RemoteCaps): Promise<readonly ListedTag[]>;
  /** Brings what tags are of into the object store; no ref is made. Throws `remote-too-large`. */
  downloadTags(target: RemoteTarget, request: TagRequest): Promise<void>;
  /** Makes tags on the remote, all or none; `raced` where one is there already. */
  createTags(target: RemoteTarget, tags: readonly NewTag[]): Promise<PushOutcome>;
  /** Parts tags as `batches` parts updates. */
  tagBatches(tags: readonly NewTag[], most: number): readonly (readonly NewTag[])[];
}
