/** Verifies a model's log: the chain, and for each event the entry that its commit names (format §6.2). */

import { type ObjectId, sha256Of } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import { type ChainLink, entryCommitOf, namedEvidence } from '../domain/event-chain.ts';
import { type Finding, finding } from '../domain/finding.ts';
import { Folder } from '../domain/fold.ts';
import { decodeTree } from '../domain/git-object.ts';
import type { ModelName } from '../domain/model-name.ts';
import { emptyState, type ModelState } from '../domain/state.ts';
import { checkEventCommit } from './check-event-commit.ts';
import { judgeStageEvent, type StageJudgement } from './gates/judge-stage-event.ts';
import type { VerifiedEntry } from './verify-entry.ts';
import type { Workspace } from './workspace.ts';

/** What verification found of one log. */
export interface VerifiedLog {
  readonly model: ModelName;
  readonly tip: ObjectId;
  readonly findings: readonly Finding[];
  readonly events: number;
  /** The folded state; undefined when the chain does not hold. */
  readonly state?: ModelState;
}

/** Verifies one log. `entryOf` verifies an entry commit once, whatever the number of events that name it. */
export async function verifyLog(
  workspace: Workspace,
  model: ModelName,
  tip: ObjectId,
  entryOf: (commit: ObjectId) => Promise<VerifiedEntry>,
): Promise<VerifiedLog> {
  const folder = new Folder(emptyState(model));
  const emptyTree = workspace.hash('tree', new Uint8Array());
  const findings: Finding[] = [];
  let commit: ObjectId | undefined;
  const broken = (): VerifiedLog => ({ model, tip, findings, events: folder.state.events });
  try {
    for await (const record of workspace.log.read(tip)) {
      const { events: seq, lastDigest: prev, ids } = folder.state;
      const checked = checkEventCommit(record, { model, seq, prev, commit, ids, emptyTree });
      if (checked.kind === 'fault') {
        findings.push(finding(checked.code, `${model} event ${seq}`, checked.message));
        return broken();
      }
      const { link } = checked;
      findings.push(...(await verifyLink(workspace, link, emptyTree, entryOf)));
      const judged = await judgeStageEvent(workspace, link, folder.state);
      const entryCommit = entryCommitOf(link);
      const reason = folder.add(entryCommit === undefined ? link : { ...link, entryCommit });
      if (reason !== undefined) findings.push(withoutEffect(link, reason));
      else findings.push(...unjustified(link, judged));
      commit = record.id;
    }
  } catch (error) {
    if (!(error instanceof RegistryError) || /policy/.test(error.code)) throw error;
    if (error.code === 'incomplete-history') findings.push(finding('log-incomplete', `${model}`, error.message));
    else findings.push(finding('entry-missing', `${model} event ${folder.state.events}`, error.message));
    return broken();
  }
  return { model, tip, findings, events: folder.state.events, state: folder.state };
}

function subjectOf(link: ChainLink): string {
  return `${link.event.model} event ${link.event.seq}`;
}

function unjustified(link: ChainLink, { faults, unjudged }: StageJudgement): readonly Finding[] {
  const subject = subjectOf(link);
  return [
    ...(faults.length === 0 ? [] : [finding('stage-not-justified', subject, faults.join('; '))]),
    ...unjudged.map((message) => finding('stage-unjudged', subject, message)),
  ];
}

function withoutEffect(link: ChainLink, reason: string): Finding {
  const unknown = link.event.kind === 'unknown' && link.event.why !== 'malformed';
  return finding(
    unknown ? 'event-unknown' : 'event-without-effect',
    subjectOf(link),
    `${link.event.kind === 'unknown' ? link.event.named : link.event.kind}: ${reason}`,
  );
}

/** Verifies what the chain alone does not show of an event: its author, the entry and the evidence that it names. */
export async function verifyLink(
  workspace: Workspace,
  link: ChainLink,
  emptyTree: ObjectId,
  entryOf: (commit: ObjectId) => Promise<VerifiedEntry>,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const { event, author } = link;
  if (author.name !== event.by.name || author.email !== event.by.email) {
    findings.push(
      finding('event-author-differs', subjectOf(link), `by ${event.by.email}, committed by ${author.email}`),
    );
  }
  const entryCommit = entryCommitOf(link);
  if (entryCommit !== undefined) findings.push(...(await verifyNamedEntry(link, entryCommit, entryOf)));
  if (link.tree !== emptyTree)
    findings.push(
      ...(await verifyEvidence(workspace, link).catch((error: unknown) => unreadableEvidence(link, error))),
    );
  return findings;
}

async function verifyNamedEntry(
  link: ChainLink,
  entryCommit: ObjectId,
  entryOf: (commit: ObjectId) => Promise<VerifiedEntry>,
): Promise<readonly Finding[]> {
  const { event } = link;
  const named = 'sha256' in event ? event.sha256 : undefined;
  const entry = await entryOf(entryCommit);
  const wrong = (message: string): readonly Finding[] => [finding('event-wrong-entry', subjectOf(link), message)];
  if (entry.sha256 !== named)
    return wrong(`it names ${named ?? 'no SHA'}, its second parent is ${entry.sha256 ?? 'no entry'}`);
  if (event.kind === 'register' && entry.manifestDigest !== event.manifest)
    return wrong('its manifest digest is not that of the entry');
  return [];
}

function unreadableEvidence(link: ChainLink, error: unknown): readonly Finding[] {
  if (!(error instanceof RegistryError) || error.code === 'incomplete-history') throw error;
  return [finding('event-wrong-evidence', subjectOf(link), error.message)];
}

/** An event commit's tree is `evidence/<SHA-256>` files, each of which the event names and which hash to their name (format §6.1). */
async function verifyEvidence(workspace: Workspace, link: ChainLink): Promise<readonly Finding[]> {
  const wrong = (message: string): readonly Finding[] => [finding('event-wrong-evidence', subjectOf(link), message)];
  const root = await workspace.objects.find(link.tree);
  if (root?.type !== 'tree') return wrong('its tree is missing');
  const entries = decodeTree(root.body, workspace.objects.format);
  const [folder] = entries;
  if (entries.length !== 1 || folder?.name !== 'evidence' || folder.mode !== '40000')
    return wrong('its tree holds more than evidence/');
  const files = await workspace.objects.find(folder.id);
  if (files?.type !== 'tree') return wrong('its evidence is missing');
  const listed = decodeTree(files.body, workspace.objects.format);
  if (listed.length > 64) return wrong('more than 64 files of evidence');
  const named = namedEvidence(link.event);
  const free = link.event.kind === 'void' || link.event.kind === 'unknown';
  for (const file of listed) {
    const size = (await workspace.objects.findHeader(file.id))?.bytes ?? 0;
    if (file.mode !== '100644' || size > 1_048_576) return wrong(`evidence ${file.name} is no file of at most 1 MiB`);
    const blob = await workspace.objects.find(file.id);
    if (blob === undefined || sha256Of(blob.body) !== file.name) return wrong(`evidence ${file.name} has other bytes`);
    if (!free && ![...named].some((digest) => digest === file.name))
      return wrong(`evidence ${file.name} is not named by the event`);
  }
  return [];
}
