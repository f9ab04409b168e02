/** When a state says already what an event would: then no event is written (format §6.5). */
import { type AnnotationChange, type Annotations, annotated, sameAnnotations } from './annotations.ts';
import type { Sha256 } from './digest.ts';
import type { EventBody } from './event.ts';
import { type ModelState, stageOf } from './state.ts';
import type { Version } from './version.ts';

/** Tells whether an event would say nothing new on this state. */
export function changesNothing(state: ModelState, event: EventBody): boolean {
  switch (event.kind) {
    case 'register':
      return isRegisteredAs(state, event.sha256, event.version);
    case 'promote':
      return isRegisteredAs(state, event.sha256, event.version);
    case 'stage': {
      const entry = state.entries.get(event.sha256);
      return entry !== undefined && stageOf(entry) === event.to;
    }
    case 'tombstone':
      return state.entries.get(event.sha256)?.tombstone !== undefined;
    case 'alias':
      return (state.aliases.get(event.name) ?? null) === event.sha256;
    case 'annotate':
      return saysAlready(annotationsOf(state, event.sha256), event);
    default:
      return false;
  }
}

/** Returns the annotations of an entry or, without a SHA, of the model; undefined for an absent SHA. */
export function annotationsOf(state: ModelState, sha256: Sha256 | undefined): Annotations | undefined {
  return sha256 === undefined ? state.annotations : state.entries.get(sha256)?.annotations;
}

/** A candidate's registration has no version: it says nothing new of what is registered under any. */
function isRegisteredAs(state: ModelState, sha256: Sha256, version: Version | undefined): boolean {
  const entry = state.entries.get(sha256);
  if (entry?.status !== 'registered' || entry.tombstone !== undefined) return false;
  return version === undefined || entry.versions.includes(version);
}

function saysAlready(annotations: Annotations | undefined, change: AnnotationChange): boolean {
  return annotations !== undefined && sameAnnotations(annotations, annotated(annotations, change));
}
