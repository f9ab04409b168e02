/** The log of one model as git holds it (format §6.1): commits, oldest first. */
import type { ObjectId } from '../domain/digest.ts';
import type { Actor } from '../domain/event.ts';
import type { NewObject } from '../domain/git-object.ts';
import type { ModelName } from '../domain/model-name.ts';

/** One event commit, as read. Nothing is checked yet: see `domain/event-chain.ts`. */
export interface EventCommit {
  readonly id: ObjectId;
  readonly tree: ObjectId;
  readonly parents: readonly ObjectId[];
  readonly author: Actor;
  /** `<seconds> <zone>` as git writes it, e.g. `1763678040 +0000`. */
  readonly authorTime: string;
  readonly committerTime: string;
  /** The whole message, decoded as UTF-8. */
  readonly message: string;
}

/** An event commit to be made. */
export interface NewEventCommit {
  /** Id of the tree that holds the evidence, or of the empty tree. */
  readonly tree: ObjectId;
  readonly parents: readonly ObjectId[];
  readonly by: Actor;
  /** Unix seconds. */
  readonly time: number;
  readonly message: string;
}

/** Reads and makes event commits. */
export interface EventLog {
  /**
   * Yields the commits behind `tip` by first parent, oldest first, leaving out `after` and what is behind it. At most one
   * git process of its own. Throws `corrupt-object` when the chain cannot be read, `incomplete-history` when a shallow
   * clone cuts it.
   */
  read(tip: ObjectId, after?: ObjectId): AsyncIterable<EventCommit>;
  /**
   * Makes an event commit and returns its id; signed where git's configuration signs commits (then by `git commit-tree`,
   * else encoded in process and handed to the object store). Durable when it resolves. Throws `signing-failed`.
   * Several at once form a chain: each gets the one before as its first parent (`parents` of those then holds only the
   * rest), and unsigned ones cost one git process together. `objects` are written with them, or before signed ones: what
   * they refer to and may not be there yet.
   */
  make(commits: readonly NewEventCommit[], objects?: readonly NewObject[]): Promise<readonly ObjectId[]>;
  /** Returns the models that have a log, sorted. */
  models(): Promise<readonly ModelName[]>;
  /** Returns the models whose log reaches one of some entry commits (`for-each-ref --contains` over the log refs alone). */
  modelsContaining(entries: readonly ObjectId[]): Promise<readonly ModelName[]>;
}
