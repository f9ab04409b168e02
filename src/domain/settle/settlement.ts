/** What settling a model takes and gives (format §7.3): shapes only. */
import type { ObjectId, Sha256 } from '../digest.ts';
import type { KnownEvent } from '../encode-event.ts';
import type { Actor, RegistryEvent } from '../event.ts';
import type { FoldInput } from '../fold.ts';
import type { ModelName } from '../model-name.ts';
import type { ModelState } from '../state.ts';

/** An event of ours that the remote lacks. */
export interface LocalEvent extends FoldInput {
  /** Another remote's verified log holds it: it is out in the world, so it is never replayed as it is. */
  readonly published?: true;
}

/** The two sides of one model. */
export interface Divergence {
  readonly model: ModelName;
  /** The fold up to the last common event; the empty state for two beginnings. */
  readonly base: ModelState;
  /** The remote's checked events since the base, oldest first. */
  readonly remote: readonly FoldInput[];
  /** Ours since the base, oldest first. */
  readonly local: readonly LocalEvent[];
}

/** What the rules look at beside the two logs. */
export interface SettleContext {
  /** The identity now running. */
  readonly runner: Actor;
  /** `at` of new events. */
  readonly at: string;
  /** Returns the id of a new event. */
  newId(): string;
  /** Returns the parents and inputs of an entry. */
  relationsOf(sha256: Sha256): readonly Sha256[];
  /** Tells whether a verified log of any remote, or a local log of a model that is not being settled, has it registered. */
  isRegisteredElsewhere(sha256: Sha256): boolean;
  /** Tells whether an `approve`, `reject` or `stage` of ours was decided under other rules than are in force for it now. */
  isOfOtherPolicy?(event: RegistryEvent): boolean;
  /** Replay others' events too, as the runner's (`sync --adopt`). */
  readonly adopt?: boolean;
  /** The remote is not the registry's: nothing is replayed on it. */
  readonly fastForwardOnly?: boolean;
}

/** An event of the other side that stood against one of ours. */
export interface Opponent {
  readonly event: string;
  readonly sha256?: Sha256;
}

/** An event to append to the remote's tip. */
export interface ReplayedEvent {
  readonly logged: KnownEvent;
  /** The second parent of its commit. */
  readonly entryCommit?: ObjectId;
  /** `renewed`: its commit has the tree of the source's. `void`: its tree holds the source's JSON as evidence. */
  readonly kind: 'renewed' | 'void';
  /** Our event that it comes from. */
  readonly source: LocalEvent;
}

/** Why an event of ours is left out, nothing being lost by it. */
export type DropReason = 'on-remote' | 'voided-on-remote' | 'changes-nothing' | 'no-longer-applies';

/** An event that is left out. */
export interface DroppedEvent {
  readonly source: LocalEvent;
  readonly reason: DropReason;
}

/** Why an event of ours becomes a `void`. */
export type VoidReason =
  | 'ground-touched'
  | 'policy-changed'
  | 'approvals-missing'
  | 'relations-missing'
  | 'not-adoptable'
  | 'no-effect';

/** An event that the other side's made impossible. */
export interface VoidedEvent {
  readonly source: LocalEvent;
  /** The `void` that takes its place. */
  readonly logged: KnownEvent;
  readonly reason: VoidReason;
  /** For people; the `reason` of the `void`. */
  readonly message: string;
  readonly other?: Opponent;
}

/** Why an event under the same id says something else than ours did. */
export type AlterReason = 'version-taken' | 'adopted' | 'became-annotate';

/** An event that is replayed otherwise than it was written. */
export interface AlteredEvent {
  readonly source: LocalEvent;
  readonly logged: KnownEvent;
  readonly reasons: readonly AlterReason[];
  readonly other?: Opponent;
}

/** Ours, replayed on the remote's tip. */
export interface Replay {
  readonly kind: 'replay';
  /** To append in order. None: our tip becomes the remote's. */
  readonly events: readonly ReplayedEvent[];
  readonly dropped: readonly DroppedEvent[];
  readonly voided: readonly VoidedEvent[];
  readonly altered: readonly AlteredEvent[];
  /** Something was dropped, voided or altered: the tip before is kept under refs/registry-lost. */
  readonly lost: boolean;
  /** The state behind the last of `events`, whose commits it knows as {@link NO_COMMIT}. */
  readonly state: ModelState;
  /** 3 when the user has lost something to the other side, else 0. */
  readonly exitCode: 0 | 3;
}

/** Why a model is left as it is. */
export type HoldReason = 'others-events' | 'other-remote' | 'unknown-events' | 'newer-format';

/** The model stays untouched, on both sides. */
export interface Held {
  readonly kind: 'held';
  readonly reason: HoldReason;
  /** What holds it; none for what the remote's log holds. */
  readonly events: readonly LocalEvent[];
  readonly exitCode: 3 | 4;
}

/** How the two sides of a model become one. */
export type Settlement =
  | { readonly kind: 'nothing' }
  /** Ours holds all that the remote's does, and more. */
  | { readonly kind: 'ahead' }
  /** The remote's holds all that ours does, and more. */
  | { readonly kind: 'fast-forward' }
  | Replay
  | Held;

/** Stands for the commit of an event that is not committed yet. */
export const NO_COMMIT = '' as ObjectId;
