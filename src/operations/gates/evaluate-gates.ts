/** Judges an entry by the gates that a policy asks for: one report, the same bytes wherever it is judged (ADR 9). */
import { sha256Of } from '../../domain/digest.ts';
import { type EffectivePolicy, effectivePolicyDocument, encodeEffectivePolicy } from '../../domain/effective-policy.ts';
import type { EvidenceFile } from '../../domain/evidence.ts';
import { type GateReport, type ReportedVerdict, sortInputs } from '../../domain/gate-report.ts';
import type { GateRules } from '../../domain/policy.ts';
import type { EntryState } from '../../domain/state.ts';
import type { Gate, GateVerdict } from '../../ports/gate.ts';
import type { Workspace } from '../workspace.ts';
import { type JudgedMove, judgedEntry, NotedInputs } from './noted-inputs.ts';

/** What to judge. */
export interface GateQuestion extends JudgedMove {
  readonly entry: EntryState;
  readonly policy: EffectivePolicy;
  /** Gates beside the policy's. */
  readonly extra?: GateRules;
  /** Which gates to judge; all when not given. A replay leaves out what cannot be judged again. */
  readonly bases?: readonly Gate['basis'][];
}

/** How it came out. */
export interface GateAnswer {
  readonly report: GateReport;
  /** Files that the report rests on and no entry holds. */
  readonly projectFiles: readonly EvidenceFile[];
}

/** Evaluates. Throws `weights-missing` and faults of the environment; what a bundle lacks is a verdict that fails. */
export async function evaluateGates(workspace: Workspace, question: GateQuestion): Promise<GateAnswer> {
  const { entry, policy, extra } = question;
  const candidate = await judgedEntry(workspace, entry);
  const gates = await workspace.gates();
  const bases = question.bases ?? ['content', 'moment', 'command'];
  const judge = async (rules: GateRules, of: readonly Gate['basis'][], inputs: NotedInputs): Promise<GateVerdict[]> => {
    const verdicts: GateVerdict[] = [];
    for (const gate of gates) {
      const isMine = of.includes(gate.basis) && bases.includes(gate.basis) && gate.isAsked(rules);
      if (isMine) verdicts.push(...(await gate.judge(rules, inputs)));
    }
    return verdicts;
  };
  // What gates of the moment read is no part of what approvals are bound to.
  const [bound, passing] = [0, 1].map(() => new NotedInputs(workspace, question, candidate)) as [
    NotedInputs,
    NotedInputs,
  ];
  const content = await judge(policy.gates, ['content'], bound);
  const moment = await judge(policy.gates, ['moment', 'command'], passing);
  const added = extra === undefined ? undefined : await judge(extra, ['content', 'moment', 'command'], passing);
  const report: GateReport = {
    v: 1,
    model: bound.model,
    sha256: entry.sha256,
    to: question.to,
    policy: sha256Of(encodeEffectivePolicy(policy)),
    rules: effectivePolicyDocument(policy),
    inputs: sortInputs(bound.noted),
    verdicts: [...requiredAnnotations(policy, entry), ...content],
    ...(moment.length === 0 ? {} : { moment: { at: question.at, verdicts: moment } }),
    ...(extra === undefined || added === undefined ? {} : { extra: { gates: extra, verdicts: added } }),
  };
  return { report, projectFiles: [...bound.projectFiles, ...passing.projectFiles] };
}

function requiredAnnotations({ requiredAnnotations: keys }: EffectivePolicy, entry: EntryState): ReportedVerdict[] {
  return keys.map((key) => {
    const value = entry.annotations[key];
    const method = value === undefined || value === '' ? 'the entry has no such annotation' : 'the entry has it';
    return { gate: 'required', metric: key, method, outcome: value === undefined || value === '' ? 'fail' : 'pass' };
  });
}
