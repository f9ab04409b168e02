/** What becomes of one event of ours at its turn, judged on the state that it would be appended to (format §7.3). */
import type { Sha256 } from '../digest.ts';
import type { RegistryEvent } from '../event.ts';
import { changesNothing } from '../idempotence.ts';
import type { ModelState } from '../state.ts';
import { findTouch, type Ground } from './ground.ts';
import type { AlterReason, DropReason, Opponent, SettleContext, VoidReason } from './settlement.ts';

/** Replayed, perhaps as another event under the same id; left out; or void. */
export type Fate =
  | {
      readonly kind: 'keep';
      readonly event: RegistryEvent;
      readonly reasons: readonly AlterReason[];
      readonly other?: Opponent;
    }
  | { readonly kind: 'drop'; readonly reason: DropReason }
  | { readonly kind: 'void'; readonly reason: VoidReason; readonly message: string; readonly other?: Opponent };

/** What an event meets. */
export interface Turn {
  /** Behind the remote's tip and what was replayed so far. */
  readonly state: ModelState;
  readonly ground: Ground;
  /** Ids of events that the remote has voided. */
  readonly voided: ReadonlySet<string>;
  readonly context: SettleContext;
}

/** Returns what becomes of an event, as far as the rules of replay go; whether it has an effect is the fold's to say. */
export function fateOf(event: RegistryEvent, turn: Turn): Fate {
  const { state, context } = turn;
  if (state.ids.has(event.id)) return { kind: 'drop', reason: 'on-remote' };
  if (turn.voided.has(event.id)) return { kind: 'drop', reason: 'voided-on-remote' };
  if (event.kind === 'create' || changesNothing(state, event)) return dropOrAnnotate(event, turn);
  const adopted = event.by.email !== context.runner.email;
  if (adopted && (event.kind === 'approve' || event.kind === 'reject' || event.kind === 'withdraw'))
    return {
      kind: 'void',
      reason: 'not-adoptable',
      message: `${event.by.email} alone can ${event.kind} for themselves`,
    };
  return objection(event, turn) ?? keep(event, turn);
}

/** What a dropped event says about its entry or model, and the remote lacks, becomes an `annotate` in its place. */
function dropOrAnnotate(event: RegistryEvent, turn: Turn): Fate {
  const said = event.kind === 'create' || event.kind === 'register' ? unsaid(event, turn.state) : {};
  if (Object.keys(said).length === 0) return { kind: 'drop', reason: 'changes-nothing' };
  const { v, id, seq, prev, at, by, onBehalfOf, model } = event;
  const behalf = onBehalfOf === undefined ? {} : { onBehalfOf };
  const about = event.kind === 'register' ? { sha256: event.sha256 } : {};
  const body = { kind: 'annotate', ...about, set: said, unset: [] } as const;
  return adopt({ v, id, seq, prev, at, by, ...behalf, model, ...body }, turn, ['became-annotate']);
}

function unsaid(
  event: Extract<RegistryEvent, { kind: 'create' | 'register' }>,
  state: ModelState,
): Readonly<Record<string, string>> {
  const about = event.kind === 'create' ? state : state.entries.get(event.sha256);
  const { description } = event;
  const described = description === undefined || about?.description !== undefined ? {} : { description };
  const said = { ...(event.kind === 'create' ? event.tags : {}), ...described };
  return Object.fromEntries(Object.entries(said).filter(([key]) => !Object.hasOwn(about?.annotations ?? {}, key)));
}

function objection(event: RegistryEvent, turn: Turn): Fate | undefined {
  const touch = findTouch(turn.ground, event);
  if (touch !== undefined) {
    const { kind, sha256, event: id } = touch;
    const message = `${kind}${sha256 === undefined ? '' : ` of ${short(sha256)}`} came first`;
    const other = { event: id, ...(sha256 === undefined ? {} : { sha256 }) };
    return { kind: 'void', reason: 'ground-touched', message, other };
  }
  if (hasOtherPolicy(event, turn.context.policy))
    return { kind: 'void', reason: 'policy-changed', message: 'another policy is in force' };
  const approvals = event.kind === 'stage' ? explainApprovals(event, turn.state) : undefined;
  if (approvals !== undefined) return { kind: 'void', reason: 'approvals-missing', message: approvals };
  const missing = event.kind === 'register' ? findMissing(event.sha256, turn) : undefined;
  if (missing === undefined) return undefined;
  return { kind: 'void', reason: 'relations-missing', message: `${short(missing)} is not registered` };
}

function hasOtherPolicy(event: RegistryEvent, inForce: Sha256 | undefined): boolean {
  if (event.kind !== 'approve' && event.kind !== 'reject' && event.kind !== 'stage') return false;
  return inForce !== undefined && event.policy !== undefined && event.policy !== inForce;
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

function keep(event: RegistryEvent, turn: Turn): Fate {
  const given = event.kind === 'register' && event.version && turn.state.versions.get(event.version);
  const entry = event.kind === 'register' ? turn.state.entries.get(event.sha256) : undefined;
  // A version that fails alone: what is registered already would fail without it too.
  if (!given || event.kind !== 'register' || entry?.status === 'registered') return adopt(event, turn, []);
  const { version: _taken, ...rest } = event;
  return adopt(rest, turn, ['version-taken'], { event: given.given.event, sha256: given.sha256 });
}

/** Somebody else's event becomes the runner's, on behalf of who first did it. */
function adopt(event: RegistryEvent, { context }: Turn, reasons: readonly AlterReason[], other?: Opponent): Fate {
  const against = other === undefined ? {} : { other };
  if (event.by.email === context.runner.email) return { kind: 'keep', event, reasons, ...against };
  const adopted = { ...event, by: context.runner, onBehalfOf: event.onBehalfOf ?? event.by };
  return { kind: 'keep', event: adopted, reasons: [...reasons, 'adopted'], ...against };
}

function short(sha256: Sha256): string {
  return sha256.slice(0, 12);
}
