/** Reading a model: the log at its tip, checked and folded; a cached fold spares what was folded before (format §6.4). */

import type { ObjectId } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import type { LoggedEvent } from '../domain/event.ts';
import { type ChainFault, type ChainPosition, entryCommitOf } from '../domain/event-chain.ts';
import { Folder } from '../domain/fold.ts';
import type { ModelName } from '../domain/model-name.ts';
import { emptyState, type ModelState } from '../domain/state.ts';
import type { FoldedModel } from '../ports/fold-cache.ts';
import { mapAhead } from './for-each.ts';
import type { Workspace } from './workspace.ts';

/** Returns the folded model, or undefined where it has no log. Throws `corrupt-event`, `incomplete-history`. */
export async function findModel(workspace: Workspace, model: ModelName): Promise<FoldedModel | undefined> {
  const tip = await workspace.refs.find({ kind: 'log', model });
  return tip === undefined ? undefined : foldModel(workspace, model, tip);
}

/** Folds under way at a time: while one waits for git, others are folded. */
export const AT_ONCE = 8;

/** Yields each model that has a log, in the order asked for. Throws as {@link findModel}. */
export async function* findModels(workspace: Workspace, models: readonly ModelName[]): AsyncGenerator<FoldedModel> {
  for await (const folded of mapAhead(AT_ONCE, models, (model) => findModel(workspace, model)))
    if (folded !== undefined) yield folded;
}

/** Returns the folded model. Throws `unknown-model`. */
export async function getModel(workspace: Workspace, model: ModelName): Promise<FoldedModel> {
  const folded = await findModel(workspace, model);
  if (folded !== undefined) return folded;
  const { unknownModel } = await import('./choose-model.ts');
  throw await unknownModel(workspace, model);
}

/** Returns the fold of the log behind `tip`, from the cache as far as it reaches. */
export async function foldModel(workspace: Workspace, model: ModelName, tip: ObjectId): Promise<FoldedModel> {
  const cached = await workspace.folds.find(model);
  if (cached?.tip === tip) return cached;
  const folded = (cached && (await continueFold(workspace, cached, tip))) ?? (await foldAll(workspace, model, tip));
  await workspace.folds.save(folded);
  return folded;
}

/**
 * Returns the fold of the log behind `tip` up to its first event that is beyond, and as tip the last event before that;
 * undefined where the first one is. No cached fold is used or made: those are of tips.
 */
export async function foldPrefix(
  workspace: Workspace,
  model: ModelName,
  tip: ObjectId,
  isBeyond: (event: LoggedEvent['event']) => boolean,
): Promise<FoldedModel | undefined> {
  const { commit, state } = await foldFrom(workspace, nothingOf(model), tip, isBeyond);
  return commit === undefined ? undefined : { tip: commit, state };
}

/** Folds on from a cached state; undefined when the log does not descend from it (it was replayed, format §7.3). */
async function continueFold(
  workspace: Workspace,
  cached: FoldedModel,
  tip: ObjectId,
): Promise<FoldedModel | undefined> {
  try {
    return await foldToTip(workspace, cached, tip);
  } catch (error) {
    if (error instanceof RegistryError && (error.code === 'corrupt-event' || error.code === 'corrupt-object'))
      return undefined;
    throw error;
  }
}

async function foldAll(workspace: Workspace, model: ModelName, tip: ObjectId): Promise<FoldedModel> {
  return foldToTip(workspace, nothingOf(model), tip);
}

/** Where a fold starts from. */
interface FoldStart {
  readonly tip: ObjectId | undefined;
  readonly state: ModelState;
}

function nothingOf(model: ModelName): FoldStart {
  return { tip: undefined, state: emptyState(model) };
}

async function foldToTip(workspace: Workspace, from: FoldStart, tip: ObjectId): Promise<FoldedModel> {
  const { commit, state } = await foldFrom(workspace, from, tip, () => false);
  if (commit !== tip)
    throw new RegistryError('corrupt-event', `log of ${from.state.model}: it does not lead to its tip ${tip}`);
  return { tip, state };
}

async function foldFrom(
  workspace: Workspace,
  from: FoldStart,
  tip: ObjectId,
  isBeyond: (event: LoggedEvent['event']) => boolean,
): Promise<{ readonly commit: ObjectId | undefined; readonly state: ModelState }> {
  // On demand: validators cost a reader of a cached fold more than its whole answer.
  const { checkEventCommit } = await import('./check-event-commit.ts');
  const folder = new Folder(from.state);
  const emptyTree = workspace.hash('tree', new Uint8Array());
  let commit = from.tip;
  for await (const record of workspace.log.read(tip, from.tip)) {
    const position = { ...positionOf(folder, commit), emptyTree };
    const checked = checkEventCommit(record, position);
    if (checked.kind === 'fault') throw corruptEvent(record.id, position, checked);
    const { link } = checked;
    if (isBeyond(link.event)) break;
    const entryCommit = entryCommitOf(link);
    folder.add(entryCommit === undefined ? link : { ...link, entryCommit });
    commit = record.id;
  }
  return { commit, state: folder.state };
}

function positionOf(folder: Folder, commit: ObjectId | undefined): Omit<ChainPosition, 'emptyTree'> {
  const { model, events, lastDigest, ids } = folder.state;
  return { model, seq: events, prev: lastDigest, commit, ids };
}

function corruptEvent(commit: ObjectId, { model, seq }: ChainPosition, fault: ChainFault): RegistryError {
  return new RegistryError('corrupt-event', `event ${seq} of ${model}: ${fault.message}`, {
    data: { model, seq, commit, finding: fault.code },
    hint: 'git registry verify --all',
  });
}
