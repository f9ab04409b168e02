/** What speaks against an event of ours at its turn: then it becomes a `void` (format §7.3). */
import type { Sha256 } from '../digest.ts';
import type { RegistryEvent } from '../event.ts';
import type { ModelState } from '../state.ts';
import { findTouch, type Ground } from './ground.ts';
import type { Opponent, SettleContext, VoidReason } from './settlement.ts';

/** What an event meets. */
export interface Turn {
  /** Behind the remote's tip and what was replayed so far. */
  readonly state: ModelState;
  readonly ground: Ground;
  /** Ids of events that the remote has voided. */
  readonly voided: ReadonlySet<string>;
  readonly context: SettleContext;
}

/** Why an event is void. */
export interface Objection {
  readonly kind: 'void';
  readonly reason: VoidReason;
  readonly message: string;
  readonly other?: Opponent;
}

/** Returns why an event must not be replayed, undefined where nothing speaks against it. */
export function objectionTo(event: RegistryEvent, turn: Turn): Objection | undefined {
  const { runner } = turn.context;
  const isDecision = event.kind === 'approve' || event.kind === 'reject' || event.kind === 'withdraw';
  if (isDecision && event.by.email !== runner.email)
    return { kind: 'void', reason: 'not-adoptable', message: `it is ${event.by.email}'s own decision` };
  const touch = findTouch(turn.ground, event);
  if (touch !== undefined) {
    const { kind, sha256, event: id } = touch;
    const message = `${kind}${sha256 === undefined ? '' : ` of ${short(sha256)}`} came first`;
    const other = { event: id, ...(sha256 === undefined ? {} : { sha256 }) };
    return { kind: 'void', reason: 'ground-touched', message, other };
  }
  if (turn.context.isOfOtherPolicy?.(event) === true)
    return { kind: 'void', reason: 'policy-changed', message: 'another policy is in force' };
  const approvals = event.kind === 'stage' ? explainApprovals(event, turn.state) : undefined;
  if (approvals !== undefined) return { kind: 'void', reason: 'approvals-missing', message: approvals };
  const missing = event.kind === 'register' ? findMissing(event.sha256, turn) : undefined;
  if (missing === undefined) return undefined;
  return { kind: 'void', reason: 'relations-missing', message: `${short(missing)} is not registered` };
}

/** Returns why approvals do not carry a stage move: each must stand in the log as the move names it, one a person. */
function explainApprovals(event: Extract<RegistryEvent, { kind: 'stage' }>, state: ModelState): string | undefined {
  const people = new Set<string>();
  for (const id of event.approvals) {
    const approval = state.approvals.get(id);
    if (approval?.kind !== 'approve' || approval.sha256 !== event.sha256 || approval.to !== event.to)
      return `approval ${id} is not in the log`;
    if (approval.withdrawn) return `approval ${id} was withdrawn`;
    if (people.has(approval.given.by.email)) return `${approval.given.by.email} approves twice`;
    people.add(approval.given.by.email);
  }
  return undefined;
}

function findMissing(sha256: Sha256, { state, context }: Turn): Sha256 | undefined {
  return context
    .relationsOf(sha256)
    .find((other) => state.entries.get(other)?.status !== 'registered' && !context.isRegisteredElsewhere(other));
}

function short(sha256: Sha256): string {
  return sha256.slice(0, 12);
}
