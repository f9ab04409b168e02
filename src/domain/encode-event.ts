/** An event as its log holds it: canonical JSON and the digest by which the next event names it (format §6.1, §6.2). */
import { sha256Of } from './digest.ts';
import { type Document, encodeDocument } from './document-json.ts';
import type { LoggedEvent, RegistryEvent } from './event.ts';

/** An event of a kind that this program knows, as a log holds it. */
export interface KnownEvent extends LoggedEvent {
  readonly event: RegistryEvent;
}

/** Returns the event with its JSON and digest. Throws `bug` for what is no document (format §2.3). */
export function encodeEvent(event: RegistryEvent): KnownEvent {
  // SAFETY: every member of an event is one of a document's values; encodeDocument refuses what is not.
  const json = encodeDocument(event as unknown as Document);
  return { event, json, digest: sha256Of(json) };
}
