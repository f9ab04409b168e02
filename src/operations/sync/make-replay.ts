/** Makes the commits of replayed events on the remote's tip (format §7.3): `id` and `at` stay, `seq`, `prev` and signature are new. */
import type { ObjectId } from '../../domain/digest.ts';
import { RegistryError } from '../../domain/errors.ts';
import { eventMessage } from '../../domain/event-message.ts';
import { evidenceTree } from '../../domain/evidence.ts';
import type { NewObject } from '../../domain/git-object.ts';
import type { Replay, ReplayedEvent } from '../../domain/settle/settlement.ts';
import { encodeUtf8 } from '../../domain/utf8.ts';
import type { NewEventCommit } from '../../ports/event-log.ts';
import type { Workspace } from '../workspace.ts';
import type { SideEvent } from './find-divergence.ts';

/** Returns the new tip: the last replayed event, or the remote's tip where nothing is left to replay. */
export async function makeReplay(
  workspace: Workspace,
  { events }: Replay,
  remoteTip: ObjectId,
  local: readonly SideEvent[],
): Promise<ObjectId> {
  if (events.length === 0) return remoteTip;
  const trees = new Map(local.map(({ commit, tree }) => [commit, tree]));
  const evidence: NewObject[] = [];
  const commits = events.map((event, index): NewEventCommit => {
    const { logged, entryCommit } = event;
    const previous = index === 0 ? [remoteTip] : [];
    return {
      tree: treeOf(workspace, event, trees, evidence),
      parents: entryCommit === undefined ? previous : [...previous, entryCommit],
      by: logged.event.by,
      time: Math.floor(Date.parse(logged.event.at) / 1000),
      message: eventMessage(logged.event, logged.json),
    };
  });
  await workspace.objects.write(evidence);
  const tip = (await workspace.log.make(commits)).at(-1);
  if (tip === undefined) throw new RegistryError('bug', 'a replay made no commit');
  return tip;
}

/** A renewed event keeps its evidence; a void holds the lost event. */
function treeOf(
  workspace: Workspace,
  { kind, source }: ReplayedEvent,
  trees: ReadonlyMap<ObjectId, ObjectId>,
  objects: NewObject[],
): ObjectId {
  const kept = trees.get(source.commit);
  if (kind === 'renewed' && kept !== undefined) return kept;
  const { tree, objects: made } = evidenceTree(workspace.hash, [
    { sha256: source.digest, bytes: encodeUtf8(source.json) },
  ]);
  objects.push(...made);
  return tree;
}
