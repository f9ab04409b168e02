/** The refs of format §5, named by what they mean; only the adapter knows how they are spelled. */
import type { ObjectId } from '../domain/digest.ts';
import type { ModelName } from '../domain/model-name.ts';
import type { RefKey } from '../domain/ref-key.ts';

export type { RefKey } from '../domain/ref-key.ts';

/** A ref with its target. */
export interface RefEntry {
  readonly key: RefKey;
  readonly id: ObjectId;
}

/** A ref under refs/registry/ that is not of format §5, or spelled as no encoder spells it. */
export interface OddRef {
  readonly name: string;
  readonly id: ObjectId;
}

/** What a listing found. */
export interface RefListing {
  readonly refs: readonly RefEntry[];
  readonly odd: readonly OddRef[];
}

/** A change of one ref. `old` is the expected value: null = must not exist. `next` null deletes; `next` equal to `old` verifies. */
export interface RefUpdate {
  readonly key: RefKey;
  readonly old: ObjectId | null;
  readonly next: ObjectId | null;
}

/** `applied`, or `moved`: some expected value did not hold (or a lock was taken), and nothing was changed. */
export type RefOutcome =
  | { readonly kind: 'applied' }
  | { readonly kind: 'moved'; readonly message: string; readonly locked: boolean };

/** Reads and moves refs. */
export interface RefStore {
  /** Returns the target, or undefined where the ref does not exist. */
  find(key: RefKey): Promise<ObjectId | undefined>;
  /** Lists refs. A prefix: all; of one kind; of one kind and model; entries whose SHA starts with some digits. Sorted by name. */
  list(filter: RefFilter): Promise<RefListing>;
  /** Moves all or none (compare-and-swap each), in the given order: the log ref comes first (format §6.4). Durable when it resolves. */
  apply(updates: readonly RefUpdate[]): Promise<RefOutcome>;
  /** Spells a ref for messages. */
  nameOf(key: RefKey): string;
}

/** What to list. */
export type RefFilter =
  | { readonly kind: 'all' }
  | { readonly kind: 'models' }
  | { readonly kind: 'entries'; readonly prefix: string }
  | { readonly kind: 'pending' | 'version' | 'stage' | 'tombstone'; readonly model?: ModelName };
