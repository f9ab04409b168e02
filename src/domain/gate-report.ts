/** The gate report (ADR 9): what was judged, on what, and how it came out. A file of evidence, in canonical JSON. */
import type { Sha256 } from './digest.ts';
import { sha256Of } from './digest.ts';
import { type Document, encodeDocument } from './document-json.ts';
import type { EffectivePolicyDocument } from './effective-policy.ts';
import type { Verdict } from './event.ts';
import type { ModelName } from './model-name.ts';
import type { GateRules } from './policy.ts';

/** A verdict as a report holds it: the report itself is what the event's verdict names as evidence. */
export type ReportedVerdict = Omit<Verdict, 'evidence'>;

/** Bytes that a gate looked at. */
export interface GateInput {
  /** Path in the bundle, or of the project. */
  readonly name: string;
  /** The entry whose bundle it is of; absent for a file of the project. */
  readonly entry?: Sha256;
  readonly sha256: Sha256;
  readonly bytes: number;
}

/** The part that approvals are bound to: it follows from content, log and policy, so it is the same for everybody. */
export interface BoundReport {
  readonly v: 1;
  readonly model: ModelName;
  readonly sha256: Sha256;
  readonly to: string;
  /** SHA-256 of `rules` in canonical form: what approvals name as their policy. */
  readonly policy: Sha256;
  /** The effective policy itself, so that a report alone can be judged again. */
  readonly rules: EffectivePolicyDocument;
  /** Sorted by entry and name, each once. */
  readonly inputs: readonly GateInput[];
  /** In the order of registry.yaml's keys, sorted. */
  readonly verdicts: readonly ReportedVerdict[];
}

/** The whole report. */
export interface GateReport extends BoundReport {
  /** Judged anew at each promotion: what depends on the instant, on other logs, or on a command. */
  readonly moment?: { readonly at: string; readonly verdicts: readonly ReportedVerdict[] };
  /** Gates that were added on the command line, in force beside the policy's. */
  readonly extra?: { readonly gates: GateRules; readonly verdicts: readonly ReportedVerdict[] };
}

/** Returns the canonical text of a report. */
export function encodeGateReport(report: GateReport | BoundReport): string {
  return encodeDocument(report as unknown as Document);
}

/** Returns the part that approvals are bound to. */
export function boundReport({ moment: _moment, extra: _extra, ...bound }: GateReport): BoundReport {
  return bound;
}

/** Returns the digest that approvals name. */
export function boundDigest(report: GateReport): Sha256 {
  return sha256Of(encodeGateReport(boundReport(report)));
}

/** Returns every verdict of a report. */
export function allVerdicts(report: GateReport): readonly ReportedVerdict[] {
  return [...report.verdicts, ...(report.moment?.verdicts ?? []), ...(report.extra?.verdicts ?? [])];
}

/** Returns inputs sorted, each once. */
export function sortInputs(inputs: readonly GateInput[]): readonly GateInput[] {
  const byKey = new Map(inputs.map((input) => [`${input.entry ?? ''}\n${input.name}`, input]));
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, input]) => input);
}
