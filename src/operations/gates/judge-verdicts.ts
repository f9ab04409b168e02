/** Whether the verdicts of a gate report are those that a policy asks for, and hold by their own numbers. */
import { compareDecimals, isDecimal } from '../../domain/decimal.ts';
import { sha256Of } from '../../domain/digest.ts';
import { type EffectivePolicy, encodeEffectivePolicy } from '../../domain/effective-policy.ts';
import type { Verdict } from '../../domain/event.ts';
import { allVerdicts, type GateReport, type ReportedVerdict } from '../../domain/gate-report.ts';
import type { GateRules } from '../../domain/policy.ts';
import type { EntryState } from '../../domain/state.ts';
import type { Gate } from '../../ports/gate.ts';

/** What to judge. */
export interface VerdictQuestion {
  readonly policy: EffectivePolicy;
  readonly report: GateReport;
  /** Those of the event. */
  readonly verdicts: readonly Verdict[];
  readonly entry: EntryState;
  readonly to: string;
  readonly gates: readonly Gate[];
}

/** Returns what does not hold, for people. */
export function findVerdictFaults(question: VerdictQuestion): readonly string[] {
  const { policy, report, verdicts, entry, to, gates } = question;
  const faults: string[] = [];
  const isOfThis = report.model === policy.model && report.sha256 === entry.sha256 && report.to === to;
  if (!isOfThis) faults.push('its gate report is of something else');
  if (report.policy !== sha256Of(encodeEffectivePolicy(policy))) faults.push('its gate report is of other rules');
  const said = verdicts.map(({ evidence: _evidence, ...verdict }) => verdict);
  if (textOf(said) !== textOf(allVerdicts(report))) faults.push('its verdicts are not those of its gate report');
  const asked = [...report.verdicts, ...(report.moment?.verdicts ?? [])];
  for (const [gate, rule] of Object.entries(policy.gates))
    if (isAsked(gates, gate, rule) === true && !asked.some((verdict) => verdict.gate === gate))
      faults.push(`gate ${gate} has no verdict`);
  for (const key of policy.requiredAnnotations)
    if ((entry.annotations[key] ?? '') === '') faults.push(`annotation ${key} is required, and the entry has none`);
  for (const verdict of [...asked, ...(report.extra?.verdicts ?? [])]) {
    if (verdict.outcome === 'fail') faults.push(`gate ${nameOf(verdict)} fails`);
  }
  for (const verdict of asked)
    if (breaksBound(verdict, policy.gates)) faults.push(`gate ${nameOf(verdict)} fails by its own numbers`);
  return faults;
}

/** Returns the gates of a policy that this program does not know, of a newer one. */
export function unknownGates({ policy, gates }: Pick<VerdictQuestion, 'policy' | 'gates'>): readonly string[] {
  return Object.entries(policy.gates).flatMap(([key, rule]) => (isAsked(gates, key, rule) === undefined ? [key] : []));
}

/** A key that is switched off, or names nothing to look at, asks for no verdict; undefined for a gate that is not known. */
function isAsked(gates: readonly Gate[], key: string, rule: unknown): boolean | undefined {
  if (rule === false || (typeof rule === 'object' && rule !== null && isVoid(rule))) return false;
  const name = /^(min|max)_/.exec(key)?.[1] ?? key;
  const gate = gates.find((it) => it.name === name);
  return gate?.isAsked({ [key]: rule } as GateRules);
}

function isVoid(rule: object): boolean {
  return Object.values(rule).every((value) => value === false || (Array.isArray(value) && value.length === 0));
}

/** `min_` and `max_` are judged by value and threshold alone, and the threshold is the policy's. */
function breaksBound(verdict: ReportedVerdict, rules: GateRules): boolean {
  const bound = /^(min|max)_/.exec(verdict.gate)?.[1];
  if (bound === undefined || verdict.outcome !== 'pass') return false;
  const { value = '', threshold = '' } = verdict;
  const rule = rules[verdict.gate as `min_${string}`];
  if (!isDecimal(value) || !isDecimal(threshold) || rule === undefined || !isDecimal(rule)) return true;
  const order = compareDecimals(value, threshold);
  return compareDecimals(threshold, rule) !== 0 || (bound === 'min' ? order < 0 : order > 0);
}

/** Returns how verdicts differ from those that the same gates give now; undefined where they do not. */
export function findOtherVerdict(
  said: readonly ReportedVerdict[],
  judged: readonly ReportedVerdict[],
): string | undefined {
  for (let at = 0; at < Math.max(said.length, judged.length); at += 1) {
    const [one, other] = [said[at], judged[at]];
    // Method texts are words for people, and may be put better some day.
    if (one !== undefined && other !== undefined && coreOf(one) === coreOf(other)) continue;
    const verdict = other ?? one;
    if (verdict !== undefined)
      return `gate ${nameOf(verdict)}: judged again it is ${describe(other)}, the report says ${describe(one)}`;
  }
  return undefined;
}

function describe(verdict: ReportedVerdict | undefined): string {
  if (verdict === undefined) return 'nothing';
  return [verdict.outcome, ...(verdict.value === undefined ? [] : [`at ${verdict.value}`])].join(' ');
}

function coreOf({ gate, metric, value, threshold, outcome }: ReportedVerdict): string {
  return textOf([gate, metric ?? null, value ?? null, threshold ?? null, outcome]);
}

function nameOf({ gate, metric }: ReportedVerdict): string {
  return metric === undefined || gate.endsWith(metric) ? gate : `${gate} (${metric})`;
}

/** Both sides were read from canonical JSON, or are made in one order. */
function textOf(value: readonly unknown[]): string {
  return JSON.stringify(value, (_key, it: unknown) =>
    typeof it === 'object' && it !== null && !Array.isArray(it) ? Object.fromEntries(Object.entries(it).sort()) : it,
  );
}
