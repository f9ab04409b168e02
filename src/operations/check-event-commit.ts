/** One event commit against its place in a log. */
import { type ChainLink, type ChainPosition, checkLink } from '../domain/event-chain.ts';
import type { FindingCode } from '../domain/finding.ts';
import type { EventCommit } from '../ports/event-log.ts';
import { decodeEvent, eventJsonOf } from '../schema/decode-event.ts';

/** Decodes and checks one event commit against its place in the chain (format §6.2). */
export function checkEventCommit(
  record: EventCommit,
  position: ChainPosition,
):
  | { readonly kind: 'link'; readonly link: ChainLink }
  | { readonly kind: 'fault'; readonly code: FindingCode; readonly message: string; readonly link?: ChainLink } {
  const json = eventJsonOf(record.message);
  if (json === undefined)
    return { kind: 'fault', code: 'event-not-canonical', message: 'its message holds no single line of JSON' };
  const decoded = decodeEvent(json);
  if (decoded.kind === 'corrupt') return { kind: 'fault', code: decoded.code, message: decoded.message };
  const { tree, parents, author, authorTime, committerTime } = record;
  const link: ChainLink = { ...decoded.logged, commit: record.id, tree, parents, author, authorTime, committerTime };
  const fault = checkLink(link, position);
  return fault === undefined ? { kind: 'link', link } : { kind: 'fault', ...fault, link };
}
