/** Where two sides of a model part: their last common event, and what each has since (format §7.3). */
import type { ObjectId } from '../../domain/digest.ts';
import { RegistryError } from '../../domain/errors.ts';
import { type ChainLink, entryCommitOf } from '../../domain/event-chain.ts';
import { Folder } from '../../domain/fold.ts';
import type { ModelName } from '../../domain/model-name.ts';
import type { Divergence } from '../../domain/settle/settlement.ts';
import { emptyState, type ModelState } from '../../domain/state.ts';
import type { EventCommit } from '../../ports/event-log.ts';
import type { FoldedModel } from '../../ports/fold-cache.ts';
import { checkEventCommit } from '../check-event-commit.ts';
import { foldModel } from '../read-model.ts';
import type { Workspace } from '../workspace.ts';

/** An event of one side with the commit that holds it. */
export interface SideEvent extends ChainLink {
  readonly entryCommit?: ObjectId;
}

/** Both sides, their events with their commits. */
export interface Sides extends Divergence {
  readonly remote: readonly SideEvent[];
  readonly local: readonly SideEvent[];
}

/** Compares two tips of a log. Costs what lies between them, unless both have events: then the base is folded. */
export async function findSides(
  workspace: Workspace,
  model: ModelName,
  local: ObjectId,
  remote: ObjectId,
): Promise<Sides> {
  const theirs = await readBeyond(workspace, remote, local);
  const ours = await readBeyond(workspace, local, remote);
  const first = theirs[0] ?? ours[0];
  const base = first === undefined ? local : baseOf(first);
  const folded = base === undefined ? undefined : await foldModel(workspace, model, base);
  const state = folded?.state ?? emptyState(model);
  return {
    model,
    base: state,
    remote: decodeSide(workspace, model, folded, theirs),
    local: decodeSide(workspace, model, folded, ours),
  };
}

/** Returns the events of a log that a remote which verified `remote` of it lacks; all where it has none. */
export async function findUnpublished(
  workspace: Workspace,
  model: ModelName,
  local: ObjectId,
  remote: ObjectId | undefined,
): Promise<readonly SideEvent[]> {
  if (remote !== undefined) return (await findSides(workspace, model, local, remote)).local;
  const records: EventCommit[] = [];
  for await (const record of workspace.log.read(local)) records.push(record);
  return decodeSide(workspace, model, undefined, records);
}

async function readBeyond(workspace: Workspace, tip: ObjectId, other: ObjectId): Promise<readonly EventCommit[]> {
  const records: EventCommit[] = [];
  for await (const record of workspace.log.read(tip, other)) records.push(record);
  return records;
}

/** The first event of a log has no parent, or its entry: a `create` names none. */
function baseOf({ parents }: EventCommit): ObjectId | undefined {
  return parents[0];
}

function decodeSide(
  workspace: Workspace,
  model: ModelName,
  base: FoldedModel | undefined,
  records: readonly EventCommit[],
): readonly SideEvent[] {
  const folder = new Folder(base?.state ?? emptyState(model));
  const emptyTree = workspace.hash('tree', new Uint8Array());
  let commit = base?.tip;
  return records.map((record) => {
    const { events: seq, lastDigest: prev, ids } = folder.state;
    const checked = checkEventCommit(record, { model, seq, prev, commit, ids, emptyTree });
    if (checked.kind === 'fault') throw corrupt(model, folder.state, checked.message);
    const entryCommit = entryCommitOf(checked.link);
    const event: SideEvent = entryCommit === undefined ? checked.link : { ...checked.link, entryCommit };
    folder.add(event);
    commit = record.id;
    return event;
  });
}

function corrupt(model: ModelName, { events }: ModelState, message: string): RegistryError {
  return new RegistryError('corrupt-event', `event ${events} of ${model}: ${message}`, {
    data: { model, seq: events },
    hint: 'git registry verify --all',
  });
}
