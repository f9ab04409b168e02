/** Proves what the registry says: identity, trees, commits, event chains, views, and with `weights` every cached byte. */
import type { ObjectId, Sha256 } from '../domain/digest.ts';
import { type Finding, finding } from '../domain/finding.ts';
import type { ModelName } from '../domain/model-name.ts';
import type { EntryState, ModelState } from '../domain/state.ts';
import { findGcRisk } from './gc-risk.ts';
import { inspectEntry } from './inspect-entry.ts';
import { resolveSpec } from './resolve-spec.ts';
import { type VerifiedEntry, verifyEntry } from './verify-entry.ts';
import { verifyLog } from './verify-log.ts';
import { compareViews } from './verify-views.ts';
import { verifyWeights } from './verify-weights.ts';
import type { Workspace } from './workspace.ts';

/** What to verify: entries by SPEC with all their ancestors and their models' logs, or everything when empty. */
export interface VerifyInput {
  readonly specs: readonly string[];
  readonly model?: string;
  /** Read every cached byte too. */
  readonly weights: boolean;
  /** Say what `dvc gc` would take. */
  readonly gcRisk?: boolean;
}

/** The findings, and how much was looked at. */
export interface VerifyResult {
  /** No finding that is corrupt or repairable. */
  readonly ok: boolean;
  readonly findings: readonly Finding[];
  readonly checked: {
    readonly models: number;
    readonly events: number;
    readonly entries: number;
    readonly weights: number;
  };
}

/** Verifies. Damage is a finding, never a fault. */
export async function verify(workspace: Workspace, input: VerifyInput): Promise<VerifyResult> {
  const entries = new Map<ObjectId, VerifiedEntry>();
  const entryOf = async (commit: ObjectId): Promise<VerifiedEntry> => {
    const known = entries.get(commit);
    if (known !== undefined) return known;
    const verified = await verifyEntry(workspace, commit);
    entries.set(commit, verified);
    return verified;
  };
  const scope =
    input.specs.length === 0 ? { models: await workspace.log.models(), commits: [] } : await scopeOf(workspace, input);
  const task = workspace.progress.start('verifying', scope.models.length, 'items');
  const findings: Finding[] = [];
  const states: ModelState[] = [];
  const unreadable = new Set<string>();
  let events = 0;
  for (const model of scope.models) {
    const tip = await workspace.refs.find({ kind: 'log', model });
    if (tip === undefined) continue;
    const log = await verifyLog(workspace, model, tip, entryOf);
    findings.push(...log.findings);
    events += log.events;
    if (log.state === undefined) unreadable.add(model);
    else states.push(log.state);
    task.add(1);
  }
  task.end();
  for (const commit of scope.commits) await entryOf(commit);
  for (const verified of entries.values()) findings.push(...verified.findings);
  if (input.specs.length === 0) findings.push(...(await verifyWhole(workspace, states, unreadable, entries)));
  for (const [commit, { manifest }] of entries) {
    if (manifest !== undefined && input.weights) findings.push(...(await inspectEntry(workspace, commit, manifest)));
  }
  const manifests = [...entries.values()].flatMap(({ manifest }) => manifest ?? []);
  const weights = input.weights
    ? await verifyWeights(workspace, manifests, dispensableShas(states))
    : { findings: [], files: 0 };
  findings.push(...weights.findings);
  if (input.gcRisk === true) findings.push(...(await findGcRisk(workspace, manifests)));
  const ok = findings.every(({ severity }) => severity === 'notice');
  return {
    ok,
    findings,
    checked: { models: scope.models.length, events, entries: entries.size, weights: weights.files },
  };
}

/** Entries whose bytes may rightly be gone: candidates that expired, and tombstoned ones, wherever they are known. */
function dispensableShas(states: readonly ModelState[]): ReadonlySet<Sha256> {
  const entries = states.flatMap((state) => [...state.entries.values()]);
  const isDispensable = (entry: EntryState): boolean => entry.tombstone !== undefined || entry.status === 'expired';
  const needed = new Set(entries.filter((entry) => !isDispensable(entry)).map(({ sha256 }) => sha256));
  return new Set(
    entries.filter((entry) => isDispensable(entry) && !needed.has(entry.sha256)).map(({ sha256 }) => sha256),
  );
}

async function scopeOf(
  workspace: Workspace,
  input: VerifyInput,
): Promise<{ readonly models: readonly ModelName[]; readonly commits: readonly ObjectId[] }> {
  const models = new Set<ModelName>();
  const commits = new Set<ObjectId>();
  for (const spec of input.specs) {
    const named = await resolveSpec(workspace, spec, input.model);
    models.add(named.model);
    for await (const { commit } of workspace.graph.ancestors(named.entry.commit)) commits.add(commit);
  }
  return { models: [...models], commits: [...commits] };
}

/** What can only be said with every log at hand: views, and that each parent is registered somewhere. */
async function verifyWhole(
  workspace: Workspace,
  states: readonly ModelState[],
  unreadable: ReadonlySet<string>,
  entries: ReadonlyMap<ObjectId, VerifiedEntry>,
): Promise<readonly Finding[]> {
  const { differences, odd } = await compareViews(workspace, states, unreadable);
  const registered = new Set<Sha256>();
  for (const { entries: known } of states)
    for (const entry of known.values()) if (entry.status === 'registered') registered.add(entry.sha256);
  const orphans: Finding[] = [];
  for (const { manifest } of entries.values()) {
    if (manifest === undefined || !registered.has(manifest.sha256) || unreadable.size > 0) continue;
    for (const related of [...manifest.parents, ...manifest.inputs]) {
      if (!registered.has(related))
        orphans.push(finding('parent-unregistered', manifest.sha256, `${related} is registered in no log here`));
    }
  }
  return [...differences.map((difference) => difference.finding), ...odd, ...orphans];
}
