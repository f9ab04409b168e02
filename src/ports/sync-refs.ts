/** The refs that synchronising keeps beside those of the registry (format §5): what a remote had when it was last verified, and lost tips. */
import type { ObjectId, Sha256 } from '../domain/digest.ts';
import type { ModelName } from '../domain/model-name.ts';
import type { RefEntry, RefKey, RefOutcome } from './ref-store.ts';

/** A ref of the registry here, as a remote has it, or a tip that a replay left behind. */
export type SyncRefKey =
  | { readonly place: 'local'; readonly key: RefKey }
  | { readonly place: 'verified'; readonly remote: string; readonly key: RefKey }
  | { readonly place: 'lost'; readonly model: ModelName; readonly event: Sha256 };

/** A change of one ref, as `RefUpdate` in `ref-store.ts`. */
export interface SyncRefUpdate {
  readonly ref: SyncRefKey;
  readonly old: ObjectId | null;
  readonly next: ObjectId | null;
}

/** A tip that a replay left behind; `event` is the SHA-256 of its event. */
export interface LostTip {
  readonly model: ModelName;
  readonly event: Sha256;
  readonly id: ObjectId;
}

/** Reads and moves them. */
export interface SyncRefs {
  find(ref: SyncRefKey): Promise<ObjectId | undefined>;
  /** Returns everything that was last verified of a remote, by name of `RemoteTarget`. */
  verified(remote: string): Promise<readonly RefEntry[]>;
  /** Returns the verified logs of every remote. */
  verifiedLogs(): Promise<readonly (RefEntry & { readonly remote: string })[]>;
  lost(): Promise<readonly LostTip[]>;
  /** Moves all or none, in order, as `RefStore.apply` does. */
  apply(updates: readonly SyncRefUpdate[]): Promise<RefOutcome>;
  /** Spells a ref for messages. */
  nameOf(ref: SyncRefKey): string;
}
