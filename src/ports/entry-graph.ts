/** Lineage as git stores it: entry commits and their parents (format §4.4). One git process per walk. */
import type { ObjectId } from '../domain/digest.ts';

/** One entry commit. Its message names profile, SHA, parents and inputs. */
export interface EntryNode {
  readonly commit: ObjectId;
  readonly parents: readonly ObjectId[];
  readonly message: string;
}

/** Walks entry commits. */
export interface EntryGraph {
  /** Yields the entry itself and every ancestor, children before parents. */
  ancestors(entry: ObjectId): AsyncIterable<EntryNode>;
  /** Yields every registered or pending entry that descends from the entry, the entry itself left out. */
  descendants(entry: ObjectId): AsyncIterable<EntryNode>;
}
