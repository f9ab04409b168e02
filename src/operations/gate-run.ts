/** Judges an entry by the gates of a stage, and keeps the report as an event; nothing moves. */
import type { Sha256 } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import { allVerdicts, boundDigest, type GateReport } from '../domain/gate-report.ts';
import type { ModelName } from '../domain/model-name.ts';
import type { GateRules } from '../domain/policy.ts';
import { highestVersion } from '../domain/transitions.ts';
import type { Version } from '../domain/version.ts';
import { appendEvents, type Decision } from './append-events.ts';
import { judgeForSlot, slotOf } from './gates/gate-subject.ts';
import { reportFile } from './gates/govern-move.ts';
import { resolveSpec } from './resolve-spec.ts';
import { getMovable, type MutationOptions } from './stage-moves.ts';
import type { Workspace } from './workspace.ts';

/** What to judge. */
export interface GateRunInput extends MutationOptions {
  readonly spec: string;
  readonly to: string;
  readonly gates?: GateRules;
}

/** What came of it. */
export interface GateRunResult {
  readonly model: ModelName;
  readonly sha256: Sha256;
  readonly version: Version | null;
  readonly to: string;
  readonly passed: boolean;
  /** SHA-256 of the stored report. */
  readonly digest: Sha256;
  /** SHA-256 of what approvals would be bound to. */
  readonly bound: Sha256;
  readonly report: GateReport;
  /** Id of the event; null for a dry run. */
  readonly event: string | null;
}

/** Judges. Throws `unknown-spec`, `bad-stage`, `tombstoned`, `weights-missing`. */
export async function gateRun(workspace: Workspace, input: GateRunInput): Promise<GateRunResult> {
  const named = await resolveSpec(workspace, input.spec);
  const to = await slotOf(workspace, named.model, input.to);
  return appendEvents(
    workspace,
    named.model,
    async ({ state, at }): Promise<Decision<GateRunResult>> => {
      const entry = getMovable(state, named.entry.sha256);
      const extra = input.gates === undefined ? {} : { extra: input.gates };
      const judged = await judgeForSlot(workspace, { state, entry, to, at, ...extra });
      // A report is of an instant, whether or not a gate depends on it.
      const report: GateReport = { moment: { at, verdicts: [] }, ...judged.report };
      const file = reportFile({ report, projectFiles: [] });
      const result = {
        ...{ model: state.model, sha256: entry.sha256, to, report, digest: file.sha256, bound: boundDigest(report) },
        version: named.version ?? highestVersion(entry) ?? null,
        passed: !allVerdicts(report).some(({ outcome }) => outcome === 'fail'),
      };
      if (input.dryRun === true) return { kind: 'answer', answer: { ...result, event: null } };
      const body = { kind: 'gate', sha256: entry.sha256, to, report: file.sha256 } as const;
      return {
        kind: 'append',
        events: [{ body, entryCommit: entry.commit, evidence: [file] }],
        answer: ([logged]) => ({ ...result, event: eventIdOf(logged?.event) }),
      };
    },
    input.onBehalfOf === undefined ? {} : { onBehalfOf: input.onBehalfOf },
  );
}

function eventIdOf(event: { readonly id: string } | undefined): string {
  if (event === undefined) throw new RegistryError('bug', 'an appended event is not there');
  return event.id;
}
