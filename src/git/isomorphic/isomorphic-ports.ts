/** The ports that isomorphic-git gives: reading, no git executable. */
import type { EventLog } from '../../ports/event-log.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { RefStore } from '../../ports/ref-store.ts';
import { IsomorphicEventLog } from './isomorphic-event-log.ts';
import { IsomorphicObjectStore } from './isomorphic-object-store.ts';
import type { IsomorphicPlace } from './isomorphic-place.ts';
import { IsomorphicRefStore } from './isomorphic-ref-store.ts';

/** Ports whose writing methods throw `git-missing`. */
export interface IsomorphicPorts {
  readonly objects: ObjectStore;
  readonly refs: RefStore;
  readonly log: EventLog;
}

/** Opens the ports; isomorphic-git is loaded by the first reading. */
export function openIsomorphicPorts(place: IsomorphicPlace): IsomorphicPorts {
  const objects = new IsomorphicObjectStore(place);
  const refs = new IsomorphicRefStore(place);
  return { objects, refs, log: new IsomorphicEventLog(place, objects, refs) };
}
