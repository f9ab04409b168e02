/** Which approvals carry a move: distinct people of the policy's list, bound to what is decided now. Pure. */
import type { Sha256 } from './digest.ts';
import type { ApprovalRules } from './policy.ts';
import type { ApprovalState, EntryState, ModelState } from './state.ts';

/** What an approval must be of. */
export interface ApprovalBinding {
  readonly sha256: Sha256;
  readonly to: string;
  /** SHA-256 of the effective policy. */
  readonly policy: Sha256;
  /** SHA-256 of the bound gate report. */
  readonly report: Sha256;
}

/** Who is who, and whose signature holds. */
export interface People {
  /** Returns one name for all addresses of a person. */
  personOf(email: string): string;
  /** Tells whether an event is signed by its actor, by the verifier's own allowed signers (format §6.7). */
  isSigned(event: string): boolean;
}

/** Why an approval does not count. */
export type ApprovalFault =
  | 'withdrawn'
  | 'stale-policy'
  | 'stale-report'
  | 'registrar'
  | 'not-listed'
  | 'unsigned'
  | 'same-person';

/** An approval or rejection that was given for this entry and stage. */
export interface GivenApproval {
  readonly event: string;
  readonly kind: 'approve' | 'reject';
  readonly name: string;
  readonly email: string;
  readonly at: string;
  /** Undefined where it counts. */
  readonly fault?: ApprovalFault;
}

/** How a move stands with its approvals. */
export interface ApprovalStanding {
  /** How many different people it takes. */
  readonly needed: number;
  /** In the order of the log. */
  readonly given: readonly GivenApproval[];
  /** Ids of those that count, one a person. */
  readonly counted: readonly string[];
  /** A rejection that counts stands against it. */
  readonly rejected: boolean;
  /** Enough, and nobody rejects. */
  readonly holds: boolean;
}

/** What to judge. */
export interface ApprovalQuestion {
  readonly state: ModelState;
  readonly entry: EntryState;
  readonly binding: ApprovalBinding;
  readonly rules: ApprovalRules | undefined;
  /** Verdicts that escalate: each asks for one approver more. */
  readonly escalations: number;
  readonly people: People;
}

/** Judges. Duplicates are removed before anything is counted. */
export function judgeApprovals(question: ApprovalQuestion): ApprovalStanding {
  const { state, binding, rules, escalations } = question;
  const needed = (rules?.count ?? 0) + escalations;
  const seen = new Set<string>();
  const given: GivenApproval[] = [];
  for (const [event, approval] of state.approvals) {
    if (approval.sha256 !== binding.sha256 || approval.to !== binding.to) continue;
    const { by, at } = approval.given;
    const fault = findFault(question, event, approval, seen);
    const counts = fault === undefined;
    if (counts && approval.kind === 'approve') seen.add(question.people.personOf(by.email));
    const { kind } = approval;
    given.push({ event, kind, name: by.name, email: by.email, at, ...(counts ? {} : { fault }) });
  }
  const counting = given.filter(({ fault }) => fault === undefined);
  const counted = counting.filter(({ kind }) => kind === 'approve').map(({ event }) => event);
  const rejected = counting.some(({ kind }) => kind === 'reject');
  return { needed, given, counted, rejected, holds: !rejected && counted.length >= needed };
}

function findFault(
  { entry, binding, rules, people }: ApprovalQuestion,
  event: string,
  approval: ApprovalState,
  seen: ReadonlySet<string>,
): ApprovalFault | undefined {
  const { email } = approval.given.by;
  const person = people.personOf(email);
  if (approval.withdrawn === true) return 'withdrawn';
  if (approval.policy !== binding.policy) return 'stale-policy';
  if (approval.report !== binding.report) return 'stale-report';
  const barred = findBar({ entry, rules, people }, approval.kind, email);
  if (barred !== undefined) return barred;
  if (rules?.signed === true && !people.isSigned(event)) return 'unsigned';
  return approval.kind === 'approve' && seen.has(person) ? 'same-person' : undefined;
}

/** Returns why somebody's approval or rejection cannot count, whatever it is bound to. */
export function findBar(
  { entry, rules, people }: Pick<ApprovalQuestion, 'entry' | 'rules' | 'people'>,
  kind: ApprovalState['kind'],
  email: string,
): 'registrar' | 'not-listed' | undefined {
  const person = people.personOf(email);
  // Whoever made it does not judge it; a rejection of one's own is believed.
  if (kind === 'approve' && registrarsOf(entry).some((other) => people.personOf(other) === person)) return 'registrar';
  const isListed = rules?.from === undefined || rules.from.some((listed) => people.personOf(listed) === person);
  return isListed ? undefined : 'not-listed';
}

/** Who registered it first, who made it registered, and on whose behalf. */
function registrarsOf({ first, registered }: EntryState): readonly string[] {
  return [first, registered].flatMap((stamp) =>
    stamp === undefined ? [] : [stamp.by.email, ...(stamp.onBehalfOf === undefined ? [] : [stamp.onBehalfOf.email])],
  );
}
