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
  /** The events that the remote lacks. */
  readonly unpublished: readonly LoggedEvent[];
}

/** A parent or input that the remote would lack. */
export interface MissingRelation {
  readonly sha256: Sha256;
  readonly relation: Sha256;
}

/**
 * Returns the models that must not be pushed now, each with what is missing; the others may go in one push.
 * `isOnRemote` tells whether a log of the remote has a SHA registered.
 */
export function heldBack(
  candidates: readonly PushCandidate[],
  relationsOf: (sha256: Sha256) => readonly Sha256[],
  isOnRemote: (sha256: Sha256) => boolean,
): ReadonlyMap<ModelName, readonly MissingRelation[]> {
  const held = new Map<ModelName, readonly MissingRelation[]>();
  for (;;) {
    const going = candidates.filter(({ model }) => !held.has(model));
    const arrives = (sha256: Sha256): boolean =>
      isOnRemote(sha256) || going.some(({ state }) => state.entries.get(sha256)?.status === 'registered');
    const before = held.size;
    for (const { model, unpublished } of going) {
      const missing = relationsIn(unpublished, relationsOf).filter(({ relation }) => !arrives(relation));
      if (missing.length > 0) held.set(model, missing);
    }
    if (held.size === before) return held;
  }
}

function relationsIn(
  events: readonly LoggedEvent[],
  relationsOf: (sha256: Sha256) => readonly Sha256[],
): readonly MissingRelation[] {
  const registered = events.flatMap(({ event }) => (event.kind === 'register' ? [event.sha256] : []));
  return [...new Set(registered)].flatMap((sha256) => relationsOf(sha256).map((relation) => ({ sha256, relation })));
}
