/** The readable first line of an event commit (format §6.1: not normative, no controls). */
import type { RegistryEvent } from './event.ts';

function target(event: RegistryEvent): string {
  return 'sha256' in event && typeof event.sha256 === 'string' ? event.sha256.slice(0, 12) : '';
}

function words(event: RegistryEvent): readonly (string | undefined)[] {
  switch (event.kind) {
    case 'create':
      return ['create', event.model];
    case 'register':
      return ['register', event.version, target(event), event.pending ? '(pending)' : undefined];
    case 'promote':
      return ['promote', event.version, target(event)];
    case 'stage':
      return [
        event.cause === undefined || event.cause === 'promote' ? 'stage' : event.cause,
        event.to,
        event.version,
        target(event),
      ];
    case 'rename':
      return ['rename', event.to];
    default:
      return [event.kind, target(event) || undefined];
  }
}

/** Returns one line without control characters. */
export function eventSubject(event: RegistryEvent): string {
  return words(event)
    .filter((word) => word !== undefined && word !== '')
    .join(' ')
    .replace(/[\p{Cc}\u2028\u2029]/gu, '');
}

/** Returns the whole commit message of an event. */
export function eventMessage(event: RegistryEvent, json: string): string {
  return `${eventSubject(event)}\n\n${json}\n`;
}
