/** Judges again what an event says was judged, on what it rested on then: the same bytes in any clone. */
import { type Sha256, sha256Of } from '../domain/digest.ts';
import { effectivePolicyOf } from '../domain/effective-policy.ts';
import { RegistryError } from '../domain/errors.ts';
import type { ChainLink } from '../domain/event-chain.ts';
import { boundDigest, boundReport, type GateReport, type ReportedVerdict } from '../domain/gate-report.ts';
import type { ModelName } from '../domain/model-name.ts';
import type { ModelState } from '../domain/state.ts';
import { decodeGateReport } from '../schema/decode-gate-report.ts';
import { chooseModel } from './choose-model.ts';
import { evaluateGates } from './gates/evaluate-gates.ts';
import { readEvidence } from './read-evidence.ts';
import { readLog } from './read-log.ts';
import { foldPrefix } from './read-model.ts';
import type { Workspace } from './workspace.ts';

/** What came of a replay. */
export interface GateReplayResult {
  readonly model: ModelName;
  readonly event: string;
  readonly kind: 'gate' | 'approve' | 'reject' | 'stage';
  readonly sha256: Sha256;
  readonly to: string;
  /** The bound part of the report as it was judged now gives the digest that was stored. */
  readonly same: boolean;
  /** SHA-256 of the bound report that was stored, and of the one that was made now. */
  readonly stored: Sha256;
  readonly replayed: Sha256;
  readonly report: GateReport;
  /** Verdicts that came out otherwise, as they were and as they are. */
  readonly differing: readonly { readonly was: ReportedVerdict | null; readonly is: ReportedVerdict | null }[];
  /** Number of verdicts of the moment or of the command line, which are not judged again. */
  readonly skipped: number;
}

/** Replays. Throws `unknown-event`, `corrupt-event` (evidence that is not there), `replay-input` (a file that nobody kept). */
export async function gateReplay(
  workspace: Workspace,
  input: { readonly event: string; readonly model?: string },
): Promise<GateReplayResult> {
  const model = await chooseModel(workspace, input.model);
  const { link, before, report: digest } = await findJudgement(workspace, model, input.event);
  const stored = await readReport(workspace, link, digest);
  const { event } = link;
  const entry = before.entries.get(stored.sha256);
  if (entry === undefined)
    throw damaged(link, `its report is of ${stored.sha256.slice(0, 12)}, which is not in the model`);
  const { report } = await evaluateGates(workspace, {
    ...{ state: before, entry, to: stored.to, at: event.at },
    policy: effectivePolicyOf(stored.rules),
    readProjectFile: (path) => readNamed(workspace, link, stored, path),
    bases: ['content'],
  });
  const [was, is] = [boundDigest(stored), boundDigest(report)];
  return {
    model,
    event: event.id,
    kind: event.kind as GateReplayResult['kind'],
    ...{
      sha256: stored.sha256,
      to: stored.to,
      same: was === is,
      stored: was,
      replayed: is,
      report: boundReport(report),
    },
    differing: was === is ? [] : differences(stored.verdicts, report.verdicts),
    skipped: (stored.moment?.verdicts.length ?? 0) + (stored.extra?.verdicts.length ?? 0),
  };
}

interface Judged {
  readonly link: ChainLink;
  readonly before: ModelState;
  readonly report: Sha256;
}

async function findJudgement(workspace: Workspace, model: ModelName, name: string): Promise<Judged> {
  for await (const { link } of readLog(workspace, model)) {
    const isNamed = link.event.id === name || (/^[0-9a-f]{7,64}$/.test(name) && link.digest.startsWith(name));
    if (!isNamed) continue;
    const report = reportOf(link);
    const before = await foldPrefix(workspace, model, link.commit, ({ id }) => id === link.event.id);
    if (before === undefined) throw damaged(link, 'it is the first one, before which there is nothing to judge');
    return { link, before: before.state, report };
  }
  throw new RegistryError('unknown-event', `${name}: no event of ${model} has that id or digest`, {
    data: { event: name, model },
    hint: `git registry log ${model}`,
  });
}

function reportOf({ event }: ChainLink): Sha256 {
  const digest =
    event.kind === 'stage'
      ? event.verdicts[0]?.evidence[0]
      : event.kind === 'gate' || event.kind === 'approve' || event.kind === 'reject'
        ? event.report
        : undefined;
  if (digest !== undefined) return digest;
  throw new RegistryError('unknown-event', `${event.id}: expected an event with verdicts, got ${event.kind}`, {
    data: { event: event.id, kind: event.kind },
    hint: 'git registry gate list',
  });
}

async function readReport(workspace: Workspace, link: ChainLink, digest: Sha256): Promise<GateReport> {
  const bytes = await readEvidence(workspace, link.tree, digest);
  if (bytes === undefined) throw damaged(link, `its report ${digest.slice(0, 12)} is not in its evidence`);
  const decoded = decodeGateReport(bytes);
  if (decoded.kind === 'invalid') throw damaged(link, `its report: ${decoded.message}`);
  return decoded.report;
}

/** A file of the project as it was: of the evidence, else of the commit that governs, where that has those bytes still. */
async function readNamed(
  workspace: Workspace,
  link: ChainLink,
  report: GateReport,
  path: string,
): Promise<Uint8Array | undefined> {
  const named = report.inputs.find(({ name, entry }) => name === path && entry === undefined);
  if (named === undefined) return undefined;
  const kept = await readEvidence(workspace, link.tree, named.sha256);
  if (kept !== undefined) return kept;
  const here = await workspace.settings.readProjectFile(path);
  if (here !== undefined && sha256Of(here) === named.sha256) return here;
  throw new RegistryError(
    'replay-input',
    `${path}: the file that was judged (${named.sha256.slice(0, 12)}) is not here`,
    {
      data: { path, sha256: named.sha256 },
      hint: 'git config registry.policyRef COMMIT, one that has the file as it was',
    },
  );
}

function differences(was: readonly ReportedVerdict[], is: readonly ReportedVerdict[]): GateReplayResult['differing'] {
  const text = (verdict: ReportedVerdict | undefined): string => JSON.stringify(verdict ?? null);
  return Array.from({ length: Math.max(was.length, is.length) }, (_, index) => index)
    .filter((index) => text(was[index]) !== text(is[index]))
    .map((index) => ({ was: was[index] ?? null, is: is[index] ?? null }));
}

function damaged({ event }: ChainLink, message: string): RegistryError {
  return new RegistryError('corrupt-event', `event ${event.seq} of ${event.model}: ${message}`, {
    data: { model: event.model, seq: event.seq },
    hint: 'git registry verify --all',
  });
}
