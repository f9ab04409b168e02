/** Events in words. */
import type { Sha256 } from '../../domain/digest.ts';
import type { RegistryEvent } from '../../domain/event.ts';
import { shortSha } from './entry-name.ts';

/** How the log is worded: what SHAs are called, and the arrow. */
export interface Wording {
  /** Names of SHAs, as far as there are any. */
  readonly names: ReadonlyMap<Sha256, string>;
  readonly arrow: string;
}

type EventOf<Kind extends RegistryEvent['kind']> = Extract<RegistryEvent, { readonly kind: Kind }>;

/** Returns what an event did, its kind left out, in few words. */
export function describeDeed(event: RegistryEvent, wording: Wording): string {
  const { arrow } = wording;
  switch (event.kind) {
    case 'create':
      return event.model;
    case 'register':
      return [event.version ?? [], shortSha(event.sha256), event.pending ? 'as candidate' : []].flat().join(' ');
    case 'promote':
      return `${event.version} ${shortSha(event.sha256)}`;
    case 'stage':
      return [event.version ?? nameOf(event.sha256, wording), event.from ?? [], arrow, event.to, causeOf(event)]
        .flat()
        .join(' ');
    case 'annotate':
      return [event.sha256 === undefined ? 'model' : nameOf(event.sha256, wording), ...changesOf(event)].join(' ');
    case 'approve':
    case 'reject':
    case 'gate':
      return `${nameOf(event.sha256, wording)} for ${event.to}`;
    case 'deploy':
      return `${nameOf(event.sha256, wording)} at ${event.endpoint}, ${event.status}`;
    case 'reproduce':
      return `${nameOf(event.sha256, wording)}, ${event.result}`;
    case 'alias':
      return event.sha256 === null
        ? `${event.name} removed`
        : `${event.name} ${arrow} ${nameOf(event.sha256, wording)}`;
    case 'tombstone':
    case 'expire':
      return nameOf(event.sha256, wording);
    case 'rename':
      return `to ${event.to}`;
    case 'point':
      return event.source;
    case 'experiment':
      return event.op;
    case 'withdraw':
    case 'void':
      return event.event;
    case 'retire':
      return '';
  }
}

/** Returns what else there is to say of an event, most of it free text: where a line must be cut, it goes first. */
export function remarksOn(event: RegistryEvent, wording: Wording): readonly string[] {
  switch (event.kind) {
    case 'create':
    case 'register':
      return given(event.description);
    case 'stage':
      return [
        ...(event.replaced === undefined ? [] : [`replaced ${nameOf(event.replaced, wording)}`]),
        ...given(event.reason),
      ];
    case 'tombstone':
    case 'void':
      return [event.reason];
    case 'approve':
    case 'reject':
      return given(event.comment);
    default:
      return [];
  }
}

function given(text: string | undefined): readonly string[] {
  return text === undefined ? [] : [text];
}

function nameOf(sha256: Sha256, { names }: Wording): string {
  return names.get(sha256) ?? shortSha(sha256);
}

/** A promotion is what a stage event is unless it says otherwise. */
function causeOf({ cause }: EventOf<'stage'>): readonly string[] {
  return cause === undefined || cause === 'promote' ? [] : [`(${cause})`];
}

function changesOf({ set, unset }: EventOf<'annotate'>): readonly string[] {
  return [...Object.entries(set).map(([key, value]) => `${key}=${value}`), ...unset.map((key) => `-${key}`)];
}
