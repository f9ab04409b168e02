/**
 * The checks that make a chain of event commits a log (format §6.2): what fails here is corrupt, exit 5. The trees that
 * hold evidence, and the entries that second parents name, are recomputed by `verify`, not on every read.
 */
import type { ObjectId, Sha256 } from './digest.ts';
import type { Actor, LoggedEvent } from './event.ts';
import type { FindingCode } from './finding.ts';
import { encodeModelName, type ModelName } from './model-name.ts';

/** An event with what git says of its commit. */
export interface ChainLink extends LoggedEvent {
  readonly commit: ObjectId;
  readonly tree: ObjectId;
  readonly parents: readonly ObjectId[];
  readonly author: Actor;
  readonly authorTime: string;
  readonly committerTime: string;
}

/** Where a chain stands before its next link. */
export interface ChainPosition {
  readonly model: ModelName;
  readonly seq: number;
  readonly prev: Sha256 | null;
  readonly commit: ObjectId | undefined;
  /** Ids of the events before. */
  readonly ids: { has(id: string): boolean };
  readonly emptyTree: ObjectId;
}

/** Why a link does not hold. */
export interface ChainFault {
  readonly code: FindingCode;
  readonly message: string;
}

/** Returns the `<seconds> +0000` that an event's commit must carry: floor(`at`) (format §6.1). */
export function commitTime(at: string): string {
  return `${Math.floor(Date.parse(at) / 1000)} +0000`;
}

/** Returns the digests of the evidence files that an event may name: every `evidence`, `policy` and `report` (format §6.1). */
export function namedEvidence(event: LoggedEvent['event']): ReadonlySet<Sha256> {
  if (event.kind === 'stage') {
    const named = event.verdicts.flatMap((verdict) => verdict.evidence);
    return new Set(event.policy === undefined ? named : [...named, event.policy]);
  }
  if (event.kind === 'approve' || event.kind === 'reject') return new Set([event.policy, event.report]);
  if (event.kind === 'gate') return new Set([event.report]);
  return new Set();
}

/** Tells whether an event's tree may hold files: those of a lost event (`void`) are named by no member. */
function mayHaveEvidence(event: LoggedEvent['event']): boolean {
  return event.kind === 'void' || event.kind === 'unknown' || namedEvidence(event).size > 0;
}

function entryNamedBy(event: LoggedEvent['event']): boolean {
  return 'sha256' in event && typeof event.sha256 === 'string';
}

function checkPosition(link: ChainLink, at: ChainPosition): ChainFault | undefined {
  const { event } = link;
  if (event.seq !== at.seq) return { code: 'event-broken-chain', message: `expected seq ${at.seq}, got ${event.seq}` };
  if (event.prev !== at.prev)
    return { code: 'event-broken-chain', message: 'prev is not the SHA-256 of the event before' };
  if (at.ids.has(event.id)) return { code: 'event-duplicate-id', message: `id ${event.id} occurs twice` };
  if (encodeModelName(event.model) !== encodeModelName(at.model)) {
    return { code: 'event-wrong-model', message: `expected model ${at.model}, got ${event.model}` };
  }
  if (at.seq === 0 && event.kind !== 'create')
    return { code: 'event-not-create', message: `expected create, got ${event.kind}` };
  return undefined;
}

function checkCommit(link: ChainLink, at: ChainPosition): ChainFault | undefined {
  const expected = (at.commit === undefined ? 0 : 1) + (entryNamedBy(link.event) ? 1 : 0);
  if (link.parents.length !== expected || (at.commit !== undefined && link.parents[0] !== at.commit)) {
    return { code: 'event-wrong-parents', message: `expected ${expected} parents, the previous event first` };
  }
  const time = commitTime(link.event.at);
  if (link.authorTime !== time || link.committerTime !== time) {
    return { code: 'event-wrong-time', message: `expected commit time ${time}, got ${link.committerTime}` };
  }
  if (link.tree !== at.emptyTree && !mayHaveEvidence(link.event)) {
    return { code: 'event-wrong-evidence', message: 'the commit has files that the event does not name' };
  }
  return undefined;
}

/** Returns why the link does not continue the chain, or undefined. */
export function checkLink(link: ChainLink, at: ChainPosition): ChainFault | undefined {
  return checkPosition(link, at) ?? checkCommit(link, at);
}

/** Returns the entry commit that an event's commit names as its second parent (the first, for a first event). */
export function entryCommitOf(link: ChainLink): ObjectId | undefined {
  return entryNamedBy(link.event) ? link.parents.at(-1) : undefined;
}
