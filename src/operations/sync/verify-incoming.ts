/** Verifies what a remote's log adds to what was verified of it before (format §7.2): every new event, every new entry. */
import type { ObjectId } from '../../domain/digest.ts';
import { RegistryError } from '../../domain/errors.ts';
import { entryCommitOf } from '../../domain/event-chain.ts';
import type { Finding } from '../../domain/finding.ts';
import { Folder } from '../../domain/fold.ts';
import { decodeCommit } from '../../domain/git-object.ts';
import type { ModelName } from '../../domain/model-name.ts';
import { emptyState } from '../../domain/state.ts';
import type { FoldedModel } from '../../ports/fold-cache.ts';
import { checkEventCommit } from '../check-event-commit.ts';
import { type VerifiedEntry, verifyEntry } from '../verify-entry.ts';
import { verifyLink } from '../verify-log.ts';
import type { Workspace } from '../workspace.ts';

/** A log as a remote has it. */
export interface IncomingLog {
  readonly model: ModelName;
  readonly tip: ObjectId;
  /** What was verified before; undefined: everything is new. */
  readonly base: FoldedModel | undefined;
  /** A tip that it must have come past, where that is no base. */
  readonly passes?: ObjectId | undefined;
}

/** An entry that was judged. */
interface KnownEntry extends VerifiedEntry {
  /** It was registered here before, and all behind it. */
  readonly isHere?: true;
}

/** Entries that logs of one fetch come past. */
export class IncomingEntries {
  readonly known = new Map<ObjectId, KnownEntry>();
  /** Those that were here before, and that new events name or new entries come from. */
  readonly origins = new Set<ObjectId>();
  /** False where some entry that new ones come from is of a log that is not among these: it may be here or not. */
  areAllOrigins = true;
}

/** Returns the folded log. Throws `remote-tampered` with data `{model, finding?}`, `incomplete-history`. */
export async function verifyIncoming(
  workspace: Workspace,
  log: IncomingLog,
  remote: string,
  entries: IncomingEntries,
): Promise<FoldedModel> {
  const { model, tip, base } = log;
  const { known } = entries;
  for (const { commit, sha256, manifest } of base?.state.entries.values() ?? [])
    known.set(commit, { findings: [], sha256, manifestDigest: manifest, isHere: true });
  const folder = new Folder(base?.state ?? emptyState(model));
  const emptyTree = workspace.hash('tree', new Uint8Array());
  const entryOf = (id: ObjectId): Promise<VerifiedEntry> => verifyWithAncestors(workspace, id, entries);
  let commit = base?.tip;
  let passed = log.passes === undefined;
  for await (const record of workspace.log.read(tip, base?.tip)) {
    const { events: seq, lastDigest: prev, ids } = folder.state;
    const checked = checkEventCommit(record, { model, seq, prev, commit, ids, emptyTree });
    if (checked.kind === 'fault') {
      // What follows the last verified tip must say so in its first parent.
      const isRewritten = commit === base?.tip && commit !== undefined && record.parents[0] !== commit;
      throw isRewritten
        ? rewritten(remote, log)
        : tampered(remote, model, `event ${seq}: ${checked.message}`, checked.code);
    }
    const { link } = checked;
    const bad = (await verifyLink(workspace, link, emptyTree, entryOf)).find(({ severity }) => severity === 'corrupt');
    if (bad !== undefined) throw tampered(remote, model, `${bad.subject}: ${bad.message}`, bad.code);
    const entryCommit = entryCommitOf(link);
    if (entryCommit !== undefined) await refuseDamaged(remote, model, entryCommit, known);
    if (entryCommit !== undefined && (await isHere(workspace, entryCommit, entries, base !== undefined)))
      entries.origins.add(entryCommit);
    folder.add(entryCommit === undefined ? link : { ...link, entryCommit });
    commit = record.id;
    passed ||= commit === log.passes;
  }
  if (commit !== tip || !passed) throw rewritten(remote, log);
  return { tip, state: folder.state };
}

async function refuseDamaged(
  remote: string,
  model: ModelName,
  commit: ObjectId,
  known: ReadonlyMap<ObjectId, VerifiedEntry>,
): Promise<void> {
  const bad = known.get(commit)?.findings.find(({ severity }) => severity === 'corrupt');
  if (bad !== undefined) throw tampered(remote, model, `entry ${bad.subject}: ${bad.message}`, bad.code);
}

/** An entry holds up when its ancestors do. Those that are registered here were verified before. */
async function verifyWithAncestors(
  workspace: Workspace,
  commit: ObjectId,
  entries: IncomingEntries,
): Promise<VerifiedEntry> {
  const { known } = entries;
  const done = known.get(commit);
  if (done !== undefined) return done;
  const verified = await verifyEntry(workspace, commit);
  const findings: Finding[] = [...verified.findings];
  const waiting = await unverifiedParents(workspace, commit, verified, entries);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (known.has(next)) {
      findings.push(...(known.get(next)?.findings ?? []));
      continue;
    }
    const ancestor = await verifyEntry(workspace, next);
    known.set(next, ancestor);
    findings.push(...ancestor.findings);
    waiting.push(...(await unverifiedParents(workspace, next, ancestor, entries)));
  }
  const whole = { ...verified, findings };
  known.set(commit, whole);
  return whole;
}

async function unverifiedParents(
  workspace: Workspace,
  commit: ObjectId,
  { findings, manifest }: VerifiedEntry,
  entries: IncomingEntries,
): Promise<ObjectId[]> {
  const { known, origins } = entries;
  const related = [...(manifest?.parents ?? []), ...(manifest?.inputs ?? [])];
  if (findings.length > 0 || related.length === 0) return [];
  const object = await workspace.objects.find(commit);
  if (object === undefined) return [];
  const left: ObjectId[] = [];
  for (const [index, parent] of decodeCommit(object.body).parents.entries()) {
    const sha256 = related[index];
    const here = sha256 === undefined ? undefined : await workspace.refs.find({ kind: 'entry', sha256 });
    if (here === parent || known.get(parent)?.isHere) origins.add(parent);
    else if (!known.has(parent)) {
      entries.areAllOrigins = false;
      left.push(parent);
    }
  }
  return left;
}

/** Tells whether an entry that an event names was here before; one of another model alone is looked for where few can be. */
async function isHere(
  workspace: Workspace,
  commit: ObjectId,
  { known }: IncomingEntries,
  elsewhere: boolean,
): Promise<boolean> {
  const entry = known.get(commit);
  if (entry?.isHere || !elsewhere || entry?.sha256 === undefined) return entry?.isHere ?? false;
  return (await workspace.refs.find({ kind: 'entry', sha256: entry.sha256 })) === commit;
}

function rewritten(remote: string, { model, tip, base, passes }: IncomingLog): RegistryError {
  return notDescending(remote, model, tip, base?.tip ?? passes);
}

/** Returns the fault of a log that is another than the one that was verified: the only one that trust can end. */
export function notDescending(
  remote: string,
  model: ModelName,
  tip: ObjectId,
  verified: ObjectId | undefined,
): RegistryError {
  const what = `its log at ${tip} does not descend from ${verified ?? 'nothing'}, where it was verified`;
  return new RegistryError('remote-tampered', `remote ${remote}, ${model}: ${what}`, {
    data: { remote, model, finding: 'event-broken-chain' },
    hint: `what is known here is kept; to accept theirs: git registry pull --trust-remote ${model} ${remote}`,
  });
}

/** Returns the fault of a model that a remote may not have as it has it (format §7.4). What helps depends on what is here. */
export function tampered(remote: string, model: ModelName, what: string, finding?: string): RegistryError {
  return new RegistryError('remote-tampered', `remote ${remote}, ${model}: ${what}`, {
    data: { remote, model, ...(finding === undefined ? {} : { finding }) },
  });
}
