/** What an approval of an entry for a stage would be of, now: the effective policy, the bound gate report, and how it stands. */
import { type ApprovalBinding, type ApprovalStanding, judgeApprovals } from '../../domain/approval.ts';
import { sha256Of } from '../../domain/digest.ts';
import { type EffectivePolicy, effectivePolicy, encodeEffectivePolicy } from '../../domain/effective-policy.ts';
import { RegistryError } from '../../domain/errors.ts';
import { type EvidenceFile, MAX_EVIDENCE_BYTES } from '../../domain/evidence.ts';
import { allVerdicts, boundReport, encodeGateReport, type ReportedVerdict } from '../../domain/gate-report.ts';
import type { EntryState, ModelState } from '../../domain/state.ts';
import { encodeUtf8 } from '../../domain/utf8.ts';
import type { Workspace } from '../workspace.ts';
import { evaluateGates } from './evaluate-gates.ts';
import { type KnownPeople, readPeople } from './read-people.ts';

/** Which move. */
export interface GroundQuestion {
  readonly state: ModelState;
  readonly entry: EntryState;
  /** The slot. */
  readonly to: string;
  /** Whose rules: those of the slot, or `rollback`. */
  readonly target: string;
  readonly at: string;
}

/** The ground of approvals. */
export interface ApprovalGround {
  readonly policy: EffectivePolicy;
  readonly verdicts: readonly ReportedVerdict[];
  /** Verdicts that ask for one approver more each. */
  readonly escalations: number;
  readonly binding: ApprovalBinding;
  readonly people: KnownPeople;
  readonly standing: ApprovalStanding;
  /** The texts that the binding names. */
  readonly evidence: readonly EvidenceFile[];
}

/** Runs the gates and reads who has approved. Throws `bad-policy`, `no-policy`, `weights-missing`, `too-big`. */
export async function readApprovalGround(workspace: Workspace, question: GroundQuestion): Promise<ApprovalGround> {
  const { state, entry, to, target, at } = question;
  const governing = await workspace.settings.governing();
  const policy = effectivePolicy(governing.policy, state.model, target);
  const readProjectFile = (path: string): Promise<Uint8Array | undefined> => workspace.settings.readProjectFile(path);
  const { report } = await evaluateGates(workspace, { state, entry, to, at, policy, readProjectFile });
  const verdicts = allVerdicts(report);
  const evidence = [encodeEffectivePolicy(policy), encodeGateReport(boundReport(report))].map(fileOf);
  const [policyFile, reportFile] = evidence as [EvidenceFile, EvidenceFile];
  const binding = { sha256: entry.sha256, to, policy: policyFile.sha256, report: reportFile.sha256 };
  const escalations = verdicts.filter(({ outcome }) => outcome === 'escalate').length;
  const people = await readPeople(workspace, { state, policy, sha256: entry.sha256, to });
  const standing = judgeApprovals({ state, entry, binding, rules: policy.approvals, escalations, people });
  return { policy, verdicts, escalations, binding, people, standing, evidence };
}

/** Judges again on a later state. */
export async function standingAfter(
  workspace: Workspace,
  { policy, binding, escalations }: ApprovalGround,
  state: ModelState,
): Promise<ApprovalStanding> {
  const entry = state.entries.get(binding.sha256);
  if (entry === undefined) throw new RegistryError('bug', 'an approved entry is not in its model');
  const people = await readPeople(workspace, { state, policy, sha256: binding.sha256, to: binding.to });
  return judgeApprovals({ state, entry, binding, rules: policy.approvals, escalations, people });
}

function fileOf(text: string): EvidenceFile {
  const bytes = encodeUtf8(text);
  if (bytes.length > MAX_EVIDENCE_BYTES)
    throw new RegistryError('too-big', `gate report: ${bytes.length} bytes, evidence is at most ${MAX_EVIDENCE_BYTES}`);
  return { sha256: sha256Of(bytes), bytes };
}
