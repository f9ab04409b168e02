/** Which models a push must leave out, so that no remote holds an entry without its parents (format §7.1). */
import type { Sha256 } from '../digest.ts';
import type { LoggedEvent } from '../event.ts';
import type { ModelName } from '../model-name.ts';
import type { ModelState } from '../state.ts';

/** A model whose log a push would move. */
export interface PushCandidate {
  readonly model: ModelName;
  /** That of its log as it would be pushed. */
  readonly state: ModelState;
  /** The events that the remote lacks, oldest first. */
  readonly unpublished: readonly LoggedEvent[];
}

/** A parent or input that the remote would lack. */
export interface MissingRelation {
  readonly sha256: Sha256;
  readonly relation: Sha256;
}

/** Returns the parents and inputs of an entry. */
export type RelationsOf = (sha256: Sha256) => readonly Sha256[];

/**
 * Returns the models that must not be pushed now, each with what is missing; the others may go in one push.
 * `isOnRemote` tells whether a log of the remote has a SHA registered.
 */
export function heldBack(
  candidates: readonly PushCandidate[],
  relationsOf: RelationsOf,
  isOnRemote: (sha256: Sha256) => boolean,
): ReadonlyMap<ModelName, readonly MissingRelation[]> {
  const held = new Map<ModelName, readonly MissingRelation[]>();
  for (;;) {
    const going = candidates.filter(({ model }) => !held.has(model));
    const arriving = new Set(
      going.flatMap(({ unpublished, state }) => unpublished.map((event) => registeredBy(event, state))),
    );
    const before = held.size;
    for (const { model, unpublished } of going) {
      const missing = unpublished
        .flatMap((event) => relationsIn(event, relationsOf))
        .filter(({ relation }) => !arriving.has(relation) && !isOnRemote(relation));
      if (missing.length > 0) held.set(model, missing);
    }
    if (held.size === before) return held;
  }
}

/** Returns the parents and inputs that an event's entry must find registered. */
export function relationsIn({ event }: LoggedEvent, relationsOf: RelationsOf): readonly MissingRelation[] {
  if (event.kind !== 'register') return [];
  return relationsOf(event.sha256).map((relation) => ({ sha256: event.sha256, relation }));
}

/** Returns the SHA that an event makes registered; of a log's events, one does. */
export function registeredBy({ event }: LoggedEvent, state: ModelState): Sha256 | undefined {
  if (event.kind !== 'register' && event.kind !== 'promote') return undefined;
  return state.entries.get(event.sha256)?.registered?.event === event.id ? event.sha256 : undefined;
}
