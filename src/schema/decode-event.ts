/** Bytes to event: the JSON line of an event commit's message (format §6.1-6.3). */
import { type Sha256, sha256Of } from '../domain/digest.ts';
import { decodeDocument } from '../domain/document-json.ts';
import type { LoggedEvent, RegistryEvent, UnknownEvent } from '../domain/event.ts';
import type { FindingCode } from '../domain/finding.ts';
import { validateEvent, validateEventEnvelope } from './validate-event.ts';

/** A decoded event, or why it is corrupt. */
export type DecodedEvent =
  | { readonly kind: 'event'; readonly logged: LoggedEvent }
  | { readonly kind: 'corrupt'; readonly code: FindingCode; readonly message: string };

const KNOWN_KINDS: ReadonlySet<string> = new Set<RegistryEvent['kind']>([
  'create',
  'register',
  'promote',
  'stage',
  'annotate',
  'tombstone',
  'expire',
  'rename',
  'retire',
  'point',
  'approve',
  'reject',
  'withdraw',
  'gate',
  'deploy',
  'reproduce',
  'alias',
  'experiment',
  'void',
]);

/** Returns the JSON of an event's commit message: what lies between the first empty line and the final newline. */
export function eventJsonOf(message: string): string | undefined {
  const start = message.indexOf('\n\n');
  if (start < 0 || !message.endsWith('\n')) return undefined;
  const json = message.slice(start + 2, -1);
  return json.includes('\n') ? undefined : json;
}

/** Decodes an event's JSON text. An envelope that does not fit is corrupt; a body that does not fit has no effect. */
export function decodeEvent(json: string): DecodedEvent {
  if (json.length > 1_048_576) return { kind: 'corrupt', code: 'event-invalid', message: 'expected at most 1 MiB' };
  const value = decodeDocument(json);
  if (value === undefined)
    return { kind: 'corrupt', code: 'event-not-canonical', message: 'its JSON is not canonical' };
  const envelope = validateEventEnvelope(value);
  if (envelope.kind === 'invalid') {
    return { kind: 'corrupt', code: 'event-invalid', message: `${envelope.pointer || '/'} ${envelope.message}` };
  }
  // SAFETY: the envelope schema has just been checked.
  const event = value as RegistryEvent;
  const digest: Sha256 = sha256Of(json);
  const unknown = (why: UnknownEvent['why']): DecodedEvent => ({
    kind: 'event',
    logged: { event: unknownEvent(event, why), json, digest },
  });
  if ((event.v as number) !== 1) return unknown('version');
  if (!KNOWN_KINDS.has(event.kind)) return unknown('kind');
  if (validateEvent(value).kind === 'invalid') return unknown('malformed');
  return { kind: 'event', logged: { event, json, digest } };
}

function unknownEvent(event: RegistryEvent, why: UnknownEvent['why']): UnknownEvent {
  const { id, seq, prev, at, by, model } = event;
  const named = String(event.kind);
  const sha256 = 'sha256' in event && typeof event.sha256 === 'string' ? { sha256: event.sha256 } : {};
  return { kind: 'unknown', why, named, model, id, seq, prev, at, by, ...sha256 };
}
