/** What decides a move: the policy in force, its gates, and the approvals bound to both. */
import { type ApprovalStanding, judgeApprovals } from '../../domain/approval.ts';
import { type Sha256, sha256Of } from '../../domain/digest.ts';
import {
  type EffectivePolicy,
  effectivePolicy,
  encodeEffectivePolicy,
  expandActors,
  rulesFor,
} from '../../domain/effective-policy.ts';
import { RegistryError } from '../../domain/errors.ts';
import type { Actor, Verdict } from '../../domain/event.ts';
import { type EvidenceFile, MAX_EVIDENCE_BYTES, MAX_EVIDENCE_FILES } from '../../domain/evidence.ts';
import { allVerdicts, boundDigest, encodeGateReport, type ReportedVerdict } from '../../domain/gate-report.ts';
import type { GateRules } from '../../domain/policy.ts';
import type { EntryState, ModelState } from '../../domain/state.ts';
import { encodeUtf8 } from '../../domain/utf8.ts';
import type { GoverningPolicy } from '../../ports/settings.ts';
import type { Workspace } from '../workspace.ts';
import { evaluateGates, type GateAnswer, type GateQuestion } from './evaluate-gates.ts';
import { readPeople } from './read-people.ts';

/** A move to decide. */
export interface MoveQuestion {
  readonly state: ModelState;
  readonly entry: EntryState;
  /** The slot. */
  readonly to: string;
  /** Whose rules: those of the slot, or those of a rollback. */
  readonly target: string;
  readonly at: string;
  readonly by: Actor;
  /** Gates beside the policy's. */
  readonly extra?: GateRules;
  /** Past gates and approvals, by leave of the policy. */
  readonly emergency?: boolean;
}

/** How it was decided. */
export interface Governed {
  /** The slot. */
  readonly to: string;
  readonly target: string;
  readonly verdicts: readonly ReportedVerdict[];
  readonly approvals: ApprovalStanding;
  readonly policy: {
    readonly source: GoverningPolicy['source'];
    readonly sha256: Sha256 | null;
    readonly differs: boolean;
  };
  readonly emergency: boolean;
  readonly refused: boolean;
}

/** Members and evidence that a `stage` event carries. */
export interface MoveGround {
  readonly policy?: Sha256;
  readonly verdicts: readonly Verdict[];
  readonly approvals: readonly string[];
  readonly emergency?: true;
  readonly evidence: readonly EvidenceFile[];
}

/** A decision. */
export interface MoveDecision {
  readonly governed: Governed;
  readonly ground: MoveGround;
}

/** Decides. Throws `not-allowed` (an emergency that policy does not permit), `bad-policy`, `no-policy`, `weights-missing`. */
export async function governMove(workspace: Workspace, question: MoveQuestion): Promise<MoveDecision> {
  const governing = await workspace.settings.governing();
  const { state, target, emergency = false } = question;
  const policy = effectivePolicy(governing.policy, state.model, target);
  if (emergency) requireEmergency(governing, question);
  const judged = emergency
    ? await tryGates(workspace, question, policy)
    : await answerGates(workspace, question, policy);
  const answer = judged === 'unjudged' ? undefined : judged;
  const verdicts = answer === undefined ? [] : allVerdicts(answer.report);
  const approvals = await standingOf(workspace, question, policy, answer, verdicts);
  const isFailed = judged === 'unjudged' || verdicts.some(({ outcome }) => outcome === 'fail');
  const isRefused = isFailed || !approvals.holds;
  return {
    governed: {
      to: question.to,
      target,
      verdicts,
      approvals,
      policy: { source: governing.source, sha256: governing.file?.sha256 ?? null, differs: governing.differs },
      emergency: emergency && isRefused,
      refused: isRefused && !emergency,
    },
    ground: groundOf(governing, answer, verdicts, approvals, emergency && isRefused),
  };
}

/** Decides a question again and again while a writer tries; a state that was decided on before is not judged anew. */
export type Governor = (question: MoveQuestion) => Promise<MoveDecision>;

/**
 * Returns a governor. Ask it before the log is locked: gates may take their time, and a command of theirs may write to the
 * same log.
 */
export function rememberingGovernor(workspace: Workspace): Governor {
  const decided = new Map<string, MoveDecision>();
  return async (question) => {
    const key = `${question.state.lastDigest ?? ''} ${question.entry.sha256} ${question.target}`;
    const known = decided.get(key) ?? (await governMove(workspace, question));
    decided.set(key, known);
    return known;
  };
}

/** Returns what a move carries that nothing has to permit: the policy under which it was made. */
export async function policyGround(workspace: Workspace): Promise<MoveGround> {
  return groundOf(await workspace.settings.governing(), undefined, [], undefined, false);
}

/** An emergency waits for no command, and is not stopped by what cannot be judged; what can be is kept in the event. */
async function tryGates(
  workspace: Workspace,
  question: MoveQuestion,
  policy: EffectivePolicy,
): Promise<GateAnswer | 'unjudged' | undefined> {
  try {
    return await answerGates(workspace, question, policy, ['content', 'moment']);
  } catch (error) {
    if (!(error instanceof RegistryError) || error.code === 'bug') throw error;
    return 'unjudged';
  }
}

/** Where nothing is asked, nothing is read: no manifest, no report. */
async function answerGates(
  workspace: Workspace,
  { state, entry, to, at, extra }: MoveQuestion,
  policy: EffectivePolicy,
  bases?: GateQuestion['bases'],
): Promise<GateAnswer | undefined> {
  const isAsked = Object.keys(policy.gates).length + policy.requiredAnnotations.length > 0;
  if (!isAsked && policy.approvals === undefined && extra === undefined) return undefined;
  const readProjectFile = (path: string): Promise<Uint8Array | undefined> => workspace.settings.readProjectFile(path);
  const question = { state, entry, to, at, policy, readProjectFile };
  return evaluateGates(workspace, {
    ...question,
    ...(extra === undefined ? {} : { extra }),
    ...(bases === undefined ? {} : { bases }),
  });
}

async function standingOf(
  workspace: Workspace,
  { state, entry, to }: MoveQuestion,
  policy: EffectivePolicy,
  answer: GateAnswer | undefined,
  verdicts: readonly ReportedVerdict[],
): Promise<ApprovalStanding> {
  const escalations = verdicts.filter(({ outcome }) => outcome === 'escalate').length;
  if (answer === undefined || (policy.approvals === undefined && escalations === 0))
    return { needed: 0, given: [], counted: [], rejected: false, holds: true };
  const binding = {
    sha256: entry.sha256,
    to,
    policy: sha256Of(encodeEffectivePolicy(policy)),
    report: boundDigest(answer.report),
  };
  const people = await readPeople(workspace, { state, policy, sha256: entry.sha256, to });
  return judgeApprovals({ state, entry, binding, rules: policy.approvals, escalations, people });
}

function requireEmergency({ policy }: GoverningPolicy, { state, to, by }: MoveQuestion): void {
  const rules = rulesFor(policy, state.model);
  const allowed = expandActors(rules, rules.emergency[to] ?? []);
  if (allowed.includes(by.email)) return;
  const who = allowed.length === 0 ? 'nobody' : allowed.join(', ');
  throw new RegistryError('not-allowed', `--emergency to ${to} of ${state.model}: registry.yaml permits it to ${who}`, {
    data: { model: state.model, stage: to, by: by.email, allowed },
    hint: 'git registry policy show',
  });
}

function groundOf(
  { file }: GoverningPolicy,
  answer: GateAnswer | undefined,
  verdicts: readonly ReportedVerdict[],
  approvals: ApprovalStanding | undefined,
  isEmergency: boolean,
): MoveGround {
  const report = answer === undefined || verdicts.length === 0 ? [] : [reportFile(answer)];
  const room = MAX_EVIDENCE_FILES - report.length - 1;
  const attached = (answer?.projectFiles ?? [])
    .filter(({ bytes }) => bytes.length <= MAX_EVIDENCE_BYTES)
    .slice(0, room);
  const named = [...new Set([...report, ...attached].map(({ sha256 }) => sha256))];
  return {
    ...(file === undefined ? {} : { policy: file.sha256 }),
    verdicts: verdicts.map((verdict) => ({ ...verdict, evidence: named })),
    approvals: approvals?.counted ?? [],
    ...(isEmergency ? { emergency: true as const } : {}),
    evidence: [...report, ...attached, ...(file === undefined ? [] : [file])],
  };
}

/** The whole report, so that a log alone tells on what it was decided. */
export function reportFile({ report }: GateAnswer): EvidenceFile {
  const bytes = encodeUtf8(encodeGateReport(report));
  return { sha256: sha256Of(bytes), bytes };
}
