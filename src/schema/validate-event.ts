/** Whether a value is an event (format §6.2, §6.3), by `event.schema.json`. */
import type { EventKind } from '../domain/event.ts';
import { isVersion } from '../domain/version.ts';
import { event, eventEnvelope } from './compiled/event.js';
import { type Validation, validate } from './validate.ts';

/** The kinds whose `version` is one of the registry's; in others a member of that name is unknown, so anything. */
const VERSIONED: ReadonlySet<string> = new Set<EventKind>(['register', 'promote', 'stage', 'annotate', 'alias']);

/** Tells whether a value has the members that every event has, whatever its `v` and kind. */
export function validateEventEnvelope(value: unknown): Validation {
  return validate(eventEnvelope, value);
}

/** Tells whether a value is an event of format 1: the envelope, and for a known kind its members. */
export function validateEvent(value: unknown): Validation {
  const validation = validate(event, value);
  if (validation.kind === 'invalid') return validation;
  // SAFETY: an object with a string `kind`, as the schema has just said.
  const { kind, version } = value as { readonly kind: string; readonly version?: unknown };
  // A schema cannot say that a number is at most 2^53-1; a greater one would stop semver, and with it every reader.
  if (version !== undefined && VERSIONED.has(kind) && !isVersion(version)) {
    return { kind: 'invalid', pointer: '/version', message: 'expected a version (format §5.1)' };
  }
  return validation;
}
