/** In how many pushes logs go where one cannot hold them all (format §7.1). */
import type { Sha256 } from '../digest.ts';
import { RegistryError } from '../errors.ts';
import type { ModelName } from '../model-name.ts';
import { type PushCandidate, type RelationsOf, registeredBy, relationsIn } from './hold-back.ts';

/** A log in one push: its first `events` unpublished events, those of earlier pushes included. */
export interface LogPrefix {
  readonly model: ModelName;
  readonly events: number;
}

/** Number of unpublished events that each log is sent with. */
type Reach = ReadonlyMap<ModelName, number>;

/**
 * Returns pushes of at most `atMost` logs, in order. Behind each of them every entry on the remote has its parents and
 * inputs there: where two logs build on each other, they go by prefixes, and only a knot of more logs than that goes as
 * one. None of `candidates` may be held back.
 */
export function planLogPushes(
  candidates: readonly PushCandidate[],
  relationsOf: RelationsOf,
  isOnRemote: (sha256: Sha256) => boolean,
  atMost: number,
): readonly (readonly LogPrefix[])[] {
  const whole = candidates.map(({ model, unpublished }) => ({ model, events: unpublished.length }));
  if (candidates.length <= atMost) return candidates.length === 0 ? [] : [whole];
  const knots = new Knots(candidates, relationsOf, isOnRemote);
  const pushes: (readonly LogPrefix[])[] = [];
  const sent = new Map<ModelName, number>();
  for (;;) {
    const push = nextPush(candidates, knots, sent, atMost);
    if (push.size === 0) return pushes;
    pushes.push(Array.from(push, ([model, events]) => ({ model, events })));
    for (const [model, events] of push) sent.set(model, events);
  }
}

/** Takes of each log as much as still fits; where nothing does, the next event of one, with all that it needs. */
function nextPush(candidates: readonly PushCandidate[], knots: Knots, sent: Reach, atMost: number): Reach {
  const push = new Map<ModelName, number>();
  const reached = (model: ModelName): number => push.get(model) ?? sent.get(model) ?? 0;
  let tight: Reach | undefined;
  for (const { model, unpublished } of candidates) {
    for (let events = reached(model) + 1; events <= unpublished.length; events += 1) {
      const more = knots.reach(reached, { model, events });
      if ([...more.keys()].filter((other) => !push.has(other)).length + push.size > atMost) {
        tight ??= more;
        break;
      }
      for (const [other, length] of more) push.set(other, length);
    }
  }
  return push.size === 0 && tight !== undefined ? tight : push;
}

/** What must go together. */
class Knots {
  readonly #events: ReadonlyMap<ModelName, PushCandidate['unpublished']>;
  /** Where each SHA is registered: in the log of that model, once so many events are there. */
  readonly #places = new Map<Sha256, LogPrefix[]>();
  readonly #relationsOf: RelationsOf;
  readonly #isOnRemote: (sha256: Sha256) => boolean;

  constructor(candidates: readonly PushCandidate[], relationsOf: RelationsOf, isOnRemote: (sha256: Sha256) => boolean) {
    this.#events = new Map(candidates.map(({ model, unpublished }) => [model, unpublished]));
    this.#relationsOf = relationsOf;
    this.#isOnRemote = isOnRemote;
    for (const { model, unpublished, state } of candidates) {
      for (const [index, event] of unpublished.entries()) {
        const sha256 = registeredBy(event, state);
        if (sha256 === undefined) continue;
        this.#places.set(sha256, [...(this.#places.get(sha256) ?? []), { model, events: index + 1 }]);
      }
    }
  }

  /** Returns how far logs must reach for one to reach so far, as far as they have not yet. */
  reach(reached: (model: ModelName) => number, goal: LogPrefix): Reach {
    const more = new Map<ModelName, number>();
    const lengthOf = (model: ModelName): number => more.get(model) ?? reached(model);
    const has = ({ model, events }: LogPrefix): boolean => lengthOf(model) >= events;
    const wanted = [goal];
    for (let next = wanted.pop(); next !== undefined; next = wanted.pop()) {
      if (has(next)) continue;
      const added = (this.#events.get(next.model) ?? []).slice(lengthOf(next.model), next.events);
      more.set(next.model, next.events);
      for (const { relation } of added.flatMap((event) => relationsIn(event, this.#relationsOf))) {
        if (this.#isOnRemote(relation)) continue;
        const places = this.#places.get(relation) ?? [];
        const [first] = places;
        if (first === undefined) throw new RegistryError('bug', `log pushes: ${relation} goes with none of them`);
        if (!places.some(has)) wanted.push(first);
      }
    }
    return more;
  }
}
