/** Approves or rejects a move, bound to what is decided now: content, effective policy, gate report (format §6.3). */
import { type ApprovalStanding, findBar } from '../domain/approval.ts';
import type { Sha256 } from '../domain/digest.ts';
import { rulesFor } from '../domain/effective-policy.ts';
import { RegistryError } from '../domain/errors.ts';
import type { Actor } from '../domain/event.ts';
import type { ReportedVerdict } from '../domain/gate-report.ts';
import type { ModelName } from '../domain/model-name.ts';
import { type EntryState, type ModelState, stageOf } from '../domain/state.ts';
import { highestVersion, parseSlot } from '../domain/transitions.ts';
import type { Version } from '../domain/version.ts';
import { appendEvents, type Deciding, type Decision } from './append-events.ts';
import { type ApprovalGround, readApprovalGround, standingAfter } from './gates/approval-ground.ts';
import { resolveSpec } from './resolve-spec.ts';
import { getMovable, type MoveResult, type MutationOptions, refuseCandidate } from './stage-moves.ts';
import type { Workspace } from './workspace.ts';

/** What to decide. Nobody approves on somebody else's behalf. */
export interface ApproveInput extends Pick<MutationOptions, 'dryRun'> {
  readonly kind: 'approve' | 'reject';
  readonly spec: string;
  readonly model?: string;
  /** The slot. */
  readonly to: string;
  /** It is to come back by `rollback`: by those rules. */
  readonly rollback?: boolean;
  readonly comment?: string;
  /** Promote when that is enough. */
  readonly andPromote?: boolean;
}

/** How it ended. */
export interface ApproveResult {
  readonly model: ModelName;
  readonly sha256: Sha256;
  readonly version: Version | null;
  readonly kind: 'approve' | 'reject';
  readonly to: string;
  /** Whose rules: those of the slot, or `rollback`. */
  readonly target: string;
  /** The event, this one or the one that said so before; null where there is none. */
  readonly event: string | null;
  readonly changed: boolean;
  readonly dryRun: boolean;
  /** The gates fail: nothing was written. */
  readonly refused: boolean;
  /** It stands in that slot, so there is nothing to approve. */
  readonly isThere: boolean;
  /** SHA-256 of the effective policy and of the bound report. */
  readonly policy: Sha256;
  readonly report: Sha256;
  readonly verdicts: readonly ReportedVerdict[];
  readonly approvals: ApprovalStanding;
  /** What `andPromote` did; null where it was not asked for or more approvals are needed. */
  readonly promoted: MoveResult | null;
}

/** Decides. Gates that fail are an answer. Throws `not-allowed` (registrar, not listed, unsigned), `not-registered`, `tombstoned`, `bad-stage`. */
export async function approve(workspace: Workspace, input: ApproveInput): Promise<ApproveResult> {
  const named = await resolveSpec(workspace, input.spec, input.model);
  const { policy } = await workspace.settings.governing();
  const to = parseSlot(input.to, rulesFor(policy, named.model).stages);
  if (input.kind === 'reject' && (input.comment ?? '').trim() === '')
    throw new RegistryError('usage', 'reject: expected --comment TEXT, for whoever has to mend it');
  const readGround = rememberedGround(workspace, input, to);
  // Gates may take their time, and a command of theirs may write to the same log: so they run before it is locked.
  const at = new Date(workspace.clock.now()).toISOString();
  await readGround(named.folded.state, getMovable(named.folded.state, named.entry.sha256), at);
  const done = await appendEvents(workspace, named.model, (deciding) =>
    decide(workspace, deciding, input, { to, sha256: named.entry.sha256, readGround }),
  );
  const { ground, state, ...outcome } = done;
  const entry = getMovable(state, named.entry.sha256);
  const approvals =
    outcome.changed && !outcome.dryRun ? await standingAfter(workspace, ground, state) : ground.standing;
  const isEnough =
    input.andPromote === true && !outcome.refused && !outcome.isThere && !outcome.dryRun && approvals.holds;
  const result = {
    ...{ model: named.model, sha256: entry.sha256, version: named.version ?? highestVersion(entry) ?? null },
    ...{ kind: input.kind, to, target: targetOf(input, to), ...outcome },
    ...{ policy: ground.binding.policy, report: ground.binding.report, verdicts: ground.verdicts, approvals },
  };
  if (!isEnough) return { ...result, promoted: null };
  const { promote } = await import('./promote.ts');
  return { ...result, promoted: await promote(workspace, { spec: `${named.model}@${entry.sha256}`, to }) };
}

interface Outcome extends Pick<ApproveResult, 'event' | 'changed' | 'dryRun' | 'refused' | 'isThere'> {
  readonly ground: ApprovalGround;
  readonly state: ModelState;
}

type ReadGround = (state: ModelState, entry: EntryState, at: string) => Promise<ApprovalGround>;

/** What was judged on a state is not judged anew while a writer tries. */
function rememberedGround(workspace: Workspace, input: ApproveInput, to: string): ReadGround {
  const known = new Map<string | null, ApprovalGround>();
  return async (state, entry, at) => {
    const question = { state, entry, to, target: targetOf(input, to), at };
    const ground = known.get(state.lastDigest) ?? (await readApprovalGround(workspace, question));
    known.set(state.lastDigest, ground);
    return ground;
  };
}

async function decide(
  workspace: Workspace,
  { state, at, by }: Deciding,
  input: ApproveInput,
  { to, sha256, readGround }: { readonly to: string; readonly sha256: Sha256; readonly readGround: ReadGround },
): Promise<Decision<Outcome>> {
  const { kind, comment, dryRun = false } = input;
  const entry = getMovable(state, sha256);
  if (input.andPromote === true) refuseCandidate(state, entry);
  const ground = await readGround(state, entry, at);
  const plain = { ground, state, event: null, changed: false, dryRun: false, refused: false, isThere: false };
  const answer = (told: Partial<Outcome>): Decision<Outcome> => ({ kind: 'answer', answer: { ...plain, ...told } });
  if (stageOf(entry) === to) return answer({ isThere: true });
  refuseBarred(entry, ground, input, by);
  const given = findGiven(state, ground, kind, by);
  if (given !== undefined) return answer({ event: given });
  if (kind === 'approve' && ground.verdicts.some(({ outcome }) => outcome === 'fail')) return answer({ refused: true });
  if (kind === 'approve') refuseContradiction(state, ground, input, by);
  await refuseUnsigned(workspace, ground, to);
  if (dryRun) return answer({ changed: true, dryRun: true });
  const body = { kind, ...ground.binding, ...(comment === undefined || comment === '' ? {} : { comment }) };
  return {
    kind: 'append',
    events: [{ body, entryCommit: entry.commit, evidence: ground.evidence }],
    answer: ([logged], after) => ({ ...plain, state: after, event: logged?.event.id ?? null, changed: true }),
  };
}

function targetOf({ rollback }: ApproveInput, to: string): string {
  return rollback === true ? 'rollback' : to;
}

function refuseBarred(entry: EntryState, { policy, people }: ApprovalGround, input: ApproveInput, by: Actor): void {
  const bar = findBar({ entry, rules: policy.approvals, people }, input.kind, by.email);
  if (bar === undefined) return;
  const short = entry.sha256.slice(0, 12);
  const list = policy.approvals?.from ?? [];
  const message =
    bar === 'registrar'
      ? `${by.email} registered ${short}: somebody else has to approve it`
      : `${by.email} is not among those who decide on ${input.to} of ${policy.model}: ${list.join(', ') || 'nobody'}`;
  throw new RegistryError('not-allowed', message, {
    data: { model: policy.model, sha256: entry.sha256, stage: input.to, by: by.email, why: bar, allowed: list },
    hint: `git registry approvals ${policy.model}@${short} --to ${input.to}`,
  });
}

/** The same person on the same evidence: whoever could be believed before need not say it again. */
function findGiven(
  state: ModelState,
  { binding, people, policy }: ApprovalGround,
  kind: ApproveInput['kind'],
  by: Actor,
): string | undefined {
  const person = people.personOf(by.email);
  for (const [event, approval] of state.approvals) {
    const isSame =
      approval.kind === kind &&
      approval.withdrawn !== true &&
      approval.sha256 === binding.sha256 &&
      approval.to === binding.to &&
      approval.policy === binding.policy &&
      approval.report === binding.report &&
      people.personOf(approval.given.by.email) === person;
    if (isSame && (policy.approvals?.signed !== true || people.isSigned(event))) return event;
  }
  return undefined;
}

/** A rejection stands until it is withdrawn, so an approval beside it would be of no use. */
function refuseContradiction(state: ModelState, ground: ApprovalGround, { to, spec }: ApproveInput, by: Actor): void {
  const event = findGiven(state, ground, 'reject', by);
  if (event === undefined) return;
  throw new RegistryError(
    'not-allowed',
    `${by.email} has rejected it for ${to}: a rejection stands until it is withdrawn`,
    {
      data: { model: state.model, event, stage: to, why: 'rejected' },
      hint: `git registry withdraw ${spec} --to ${to}`,
    },
  );
}

async function refuseUnsigned(workspace: Workspace, { policy }: ApprovalGround, to: string): Promise<void> {
  if (policy.approvals?.signed !== true || (await workspace.settings.isOn('commit.gpgsign'))) return;
  throw new RegistryError(
    'not-allowed',
    `${to} of ${policy.model} counts signed approvals alone, and git does not sign here`,
    {
      data: { model: policy.model, stage: to, why: 'unsigned' },
      hint: 'git config commit.gpgSign true',
    },
  );
}
