/** Where two sides of a model part: their last common event, and what each has since (format §7.3). */
import type { ObjectId } from '../../domain/digest.ts';
import { RegistryError } from '../../domain/errors.ts';
import { type ChainLink, entryCommitOf } from '../../domain/event-chain.ts';
import type { ModelName } from '../../domain/model-name.ts';
import type { Divergence } from '../../domain/settle/settlement.ts';
import { emptyState } from '../../domain/state.ts';
import type { EventCommit } from '../../ports/event-log.ts';
import { decodeEvent, eventJsonOf } from '../../schema/decode-event.ts';
import type { Workspace } from '../workspace.ts';
import { foldAt } from './fold-memo.ts';

/** An event of one side with the commit that holds it. */
export interface SideEvent extends ChainLink {
  readonly entryCommit?: ObjectId;
}

/** Both sides, their events with their commits. */
export interface Sides extends Divergence {
  readonly remote: readonly SideEvent[];
  readonly local: readonly SideEvent[];
}

/** Compares two tips of a log, both verified. Costs what lies between them; the base is folded where both sides have events. */
export async function findSides(
  workspace: Workspace,
  model: ModelName,
  local: ObjectId,
  remote: ObjectId,
): Promise<Sides> {
  const [theirs, ours] = [
    await readBeyond(workspace, model, remote, local),
    await readBeyond(workspace, model, local, remote),
  ];
  // The first event of a log has no parent: a `create` names no entry.
  const base = theirs.length > 0 && ours.length > 0 ? theirs[0]?.parents[0] : undefined;
  const state = base === undefined ? emptyState(model) : (await foldAt(workspace, model, base)).state;
  return { model, base: state, remote: theirs, local: ours };
}

/** Returns the events of a log that a remote which verified `remote` of it lacks; all where it has none. */
export async function findUnpublished(
  workspace: Workspace,
  model: ModelName,
  local: ObjectId,
  remote: ObjectId | undefined,
): Promise<readonly SideEvent[]> {
  return readBeyond(workspace, model, local, remote);
}

async function readBeyond(
  workspace: Workspace,
  model: ModelName,
  tip: ObjectId,
  other: ObjectId | undefined,
): Promise<readonly SideEvent[]> {
  const events: SideEvent[] = [];
  for await (const record of workspace.log.read(tip, other)) events.push(decodeSide(model, record));
  return events;
}

/** Where an event stands was checked when it was written here, or verified when it came. */
function decodeSide(model: ModelName, record: EventCommit): SideEvent {
  const json = eventJsonOf(record.message);
  const decoded = json === undefined ? undefined : decodeEvent(json);
  if (decoded === undefined || decoded.kind === 'corrupt') throw corrupt(model, record.id);
  const { id: commit, tree, parents, author, authorTime, committerTime } = record;
  const link: ChainLink = { ...decoded.logged, commit, tree, parents, author, authorTime, committerTime };
  const entryCommit = entryCommitOf(link);
  return entryCommit === undefined ? link : { ...link, entryCommit };
}

function corrupt(model: ModelName, commit: ObjectId): RegistryError {
  return new RegistryError('corrupt-event', `log of ${model}: ${commit} holds no event`, {
    data: { model, commit },
    hint: 'git registry verify --all',
  });
}
