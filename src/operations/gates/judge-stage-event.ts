/** Judges a `stage` event again, on the state before it, by the registry.yaml that it carries: the log alone shows whether it may stand. */

import { findDisallowed } from '../../domain/allowed.ts';
import { type ApprovalStanding, judgeApprovals } from '../../domain/approval.ts';
import { type EffectivePolicy, effectivePolicy, expandActors, rulesFor } from '../../domain/effective-policy.ts';
import { RegistryError } from '../../domain/errors.ts';
import type { RegistryEvent } from '../../domain/event.ts';
import type { ChainLink } from '../../domain/event-chain.ts';
import { boundDigest, type GateReport } from '../../domain/gate-report.ts';
import { personIn } from '../../domain/mailmap.ts';
import type { Policy } from '../../domain/policy.ts';
import { type EntryState, isSlotName, type ModelState } from '../../domain/state.ts';
import { refuseUnlisted, refuseUpward } from '../../domain/transitions.ts';
import { readCarriedPolicy } from '../carried-policy.ts';
import { readEvidence } from '../read-evidence.ts';
import type { Workspace } from '../workspace.ts';
import { evaluateGates } from './evaluate-gates.ts';
import { judgeContentAgain } from './judge-content-again.ts';
import { findVerdictFaults, unknownGates } from './judge-verdicts.ts';
import { wasAcceptedBefore } from './past-occupants.ts';
import { readGateReport } from './read-gate-report.ts';
import { type KnownPeople, readMailmap, readPeople } from './read-people.ts';

/** What came of it, in words for people. */
export interface StageJudgement {
  /** What does not hold. */
  readonly faults: readonly string[];
  /** What could not be judged here, and why. */
  readonly unjudged: readonly string[];
}

type StageEvent = Extract<RegistryEvent, { readonly kind: 'stage' }>;

const HOLDS: StageJudgement = { faults: [], unjudged: [] };

/** Judges. An event that has no effect, or carries no policy, asks nothing. */
export async function judgeStageEvent(
  workspace: Workspace,
  link: ChainLink,
  before: ModelState,
): Promise<StageJudgement> {
  const { event } = link;
  if (event.kind !== 'stage' || event.policy === undefined) return HOLDS;
  const entry = before.entries.get(event.sha256);
  const policy = await readCarriedPolicy(workspace, link.tree, event.policy);
  if (policy === undefined) return { faults: ['the registry.yaml that it names is not with it'], unjudged: [] };
  if (entry === undefined) return HOLDS;
  const judge = new StageJudge(workspace, { link, event, before, entry, policy });
  return judge.run();
}

interface Case {
  readonly link: ChainLink;
  readonly event: StageEvent;
  readonly before: ModelState;
  readonly entry: EntryState;
  readonly policy: Policy;
}

class StageJudge {
  readonly #workspace: Workspace;
  readonly #case: Case;
  readonly #faults: string[] = [];
  readonly #unjudged: string[] = [];

  constructor(workspace: Workspace, judged: Case) {
    this.#workspace = workspace;
    this.#case = judged;
  }

  async run(): Promise<StageJudgement> {
    const { event, policy, before } = this.#case;
    await this.#judgeActor();
    const cause = event.cause ?? 'promote';
    if (cause === 'demote' || cause === 'archive') this.#judgeDown(cause);
    else if (isSlotName(event.to)) {
      if (cause === 'promote') this.#judgeArrow();
      await this.#judgeLeave(effectivePolicy(policy, before.model, await this.#target(cause)));
    }
    return { faults: this.#faults, unjudged: this.#unjudged };
  }

  async #judgeActor(): Promise<void> {
    const { event, policy, before } = this.#case;
    const rules = rulesFor(policy, before.model);
    if (event.emergency === true) {
      const allowed = expandActors(rules, rules.emergency[event.to] ?? []);
      if (!allowed.includes(event.by.email)) this.#faults.push(`${event.by.email} may declare no emergency`);
      return;
    }
    if (Object.keys(rules.allow).length === 0) return;
    const mailmap = await readMailmap(this.#workspace);
    const found = findDisallowed(rules, event, event.by.email, (email) => personIn(mailmap, email));
    if (found !== undefined) this.#faults.push(`${found.key} is not allowed to ${event.by.email}`);
  }

  /** What goes down or out passes no gate, so it must go there. */
  #judgeDown(cause: 'demote' | 'archive'): void {
    const { event, entry, policy, before } = this.#case;
    if (cause === 'archive') {
      if (event.to !== 'archived') this.#faults.push(`it says archive and goes to ${event.to}`);
      return;
    }
    this.#try(() => refuseUpward(entry, event.to, rulesFor(policy, before.model).stages));
  }

  #judgeArrow(): void {
    const { event, entry, policy, before } = this.#case;
    const { stages, transitions } = rulesFor(policy, before.model);
    if (!stages.includes(event.to)) this.#faults.push(`${event.to} is no stage of registry.yaml`);
    if (event.emergency !== true) this.#try(() => refuseUnlisted(entry, event.to, transitions));
  }

  #try(refuse: () => void): void {
    try {
      refuse();
    } catch (error) {
      if (!(error instanceof RegistryError) || error.code !== 'bad-transition') throw error;
      this.#faults.push(error.message);
    }
  }

  /** Lighter rules are for what the slot's own rules have let in before. */
  async #target(cause: 'promote' | 'rollback'): Promise<string> {
    const { link, event, policy, before, entry } = this.#case;
    if (cause === 'promote') return event.to;
    if (!entry.occupied.includes(event.to)) {
      this.#faults.push(`it says rollback, and was never in ${event.to}`);
      return event.to;
    }
    const slot = effectivePolicy(policy, before.model, event.to);
    if (Object.keys(slot.gates).length === 0 && slot.approvals === undefined) return 'rollback';
    return (await wasAcceptedBefore(this.#workspace, before, link.parents[0], event)) ? 'rollback' : event.to;
  }

  async #judgeLeave(policy: EffectivePolicy): Promise<void> {
    const { event, link, entry, before } = this.#case;
    if (event.emergency === true || (asksNothing(policy) && event.verdicts.length === 0)) return;
    const report = await this.#readReport(policy);
    if (report === undefined) return;
    const gates = await this.#workspace.gates();
    const { verdicts, to } = event;
    this.#faults.push(...findVerdictFaults({ policy, report, verdicts, entry, to, gates }));
    for (const gate of unknownGates({ policy, gates }))
      this.#unjudged.push(`gate ${gate} is not known to this program`);
    if (report.verdicts.length > 0) {
      const again = await judgeContentAgain(this.#workspace, {
        state: before,
        entry,
        event,
        tree: link.tree,
        policy,
        report,
      });
      if (again.kind === 'differs') this.#faults.push(again.message);
      if (again.kind === 'unjudged') this.#unjudged.push(again.message);
    }
    await this.#judgeApprovals(policy, report);
  }

  /** The first evidence of a verdict; where nothing was judged there is no file, and only one report that it can be. */
  async #readReport(policy: EffectivePolicy): Promise<GateReport | undefined> {
    const { event, link, entry, before } = this.#case;
    if (event.verdicts.length === 0) {
      const question = { state: before, entry, to: event.to, at: event.at, policy, bases: [] };
      return (await evaluateGates(this.#workspace, { ...question, readProjectFile: async () => undefined })).report;
    }
    for (const sha256 of new Set(event.verdicts.flatMap(({ evidence }) => evidence))) {
      const bytes = await readEvidence(this.#workspace, link.tree, sha256);
      const report = bytes === undefined ? undefined : readGateReport(bytes);
      if (report !== undefined) return report;
    }
    this.#faults.push(`no gate report for ${policy.to} is with it`);
    return undefined;
  }

  async #judgeApprovals(policy: EffectivePolicy, report: GateReport): Promise<void> {
    const { event, before, entry } = this.#case;
    const escalations = event.verdicts.filter(({ outcome }) => outcome === 'escalate').length;
    if (policy.approvals === undefined && escalations === 0) return;
    const people = await readPeople(this.#workspace, { state: before, policy, sha256: entry.sha256, to: event.to });
    const binding = { sha256: entry.sha256, to: event.to, policy: report.policy, report: boundDigest(report) };
    const standing = judgeApprovals({
      ...{ state: before, entry, binding, rules: policy.approvals, escalations },
      people: { ...people, isSigned: (id) => this.#isSigned(people, id) },
    });
    this.#faults.push(...approvalFaults(event, standing));
  }

  /** Who has pinned nobody's keys cannot say that a signature is bad; one that is not there is. */
  #isSigned(people: KnownPeople, id: string): boolean {
    const worth = people.signatures.get(id);
    if (worth !== 'unknown') return worth === 'good';
    const said = 'signatures: registry.allowedSigners names nobody here';
    if (!this.#unjudged.includes(said)) this.#unjudged.push(said);
    return true;
  }
}

function asksNothing({ gates, requiredAnnotations, approvals }: EffectivePolicy): boolean {
  return Object.keys(gates).length + requiredAnnotations.length === 0 && approvals === undefined;
}

function approvalFaults(event: StageEvent, { needed, given, counted, rejected }: ApprovalStanding): readonly string[] {
  const faults = rejected ? ['a rejection stands'] : [];
  const named = new Set(event.approvals);
  for (const id of named) {
    if (counted.includes(id)) continue;
    const { email, fault } = given.find((it) => it.event === id) ?? { email: undefined, fault: 'not given for this' };
    faults.push(`approval ${email === undefined ? id : `of ${email}`} does not count: ${fault ?? 'it is a rejection'}`);
  }
  const held = counted.filter((id) => named.has(id)).length;
  return held < needed ? [...faults, `${held} of ${needed} approvals`] : faults;
}
