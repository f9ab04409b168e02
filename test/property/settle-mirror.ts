/**
 * A second remote beside the registry's (format §7.3): it is sent only what the registry remote's verified log holds, by
 * fast-forward; a pull from it fast-forwards a model or leaves it, and never replays.
 */
import { heldBack } from '../../src/domain/settle/hold-back.ts';
import { settleModels } from '../../src/domain/settle/settle-models.ts';
import { checkRelations } from './settle-invariants.ts';
import {
  type Clone,
  candidatesOf,
  descends,
  divergencesOf,
  isRegistered,
  type Log,
  relationsOf,
  startLog,
  type World,
} from './settle-world.ts';

/** Sends what is verified of the registry's remote, not what is here. */
export function pushToMirror(world: World, clone: Clone): void {
  const known = new Map(world.mirror);
  clone.verifiedMirror = known;
  const candidates = candidatesOf(clone.verified, known);
  const held = heldBack(candidates, relationsOf, (sha256) => isRegistered(known, sha256));
  const going = candidates.filter(({ model }) => !held.has(model));
  for (const { model } of going) receive(world, clone.verified.get(model) ?? startLog(model));
  if (going.length > 0) world.seen.add('mirror: pushed');
  clone.verifiedMirror = new Map(world.mirror);
  checkMirror(world);
}

/** Takes over what follows on what is here. */
export function pullFromMirror(world: World, clone: Clone): void {
  clone.verifiedMirror = new Map(world.mirror);
  const divergences = divergencesOf(clone, clone.verifiedMirror);
  const context = world.contextOf(clone, { fastForwardOnly: true });
  for (const [model, settlement] of settleModels(divergences, context)) {
    const there = clone.verifiedMirror.get(model) ?? startLog(model);
    const here = world.logOf(clone, model);
    if (settlement.kind === 'replay') throw new Error(`${model}: replayed on a remote that is not the registry's`);
    if (settlement.kind === 'held') world.seen.add(`mirror: held: ${settlement.reason}`);
    if (settlement.kind !== 'fast-forward') continue;
    if (!descends(there, here)) throw new Error(`${model}: the pull would not fast-forward`);
    clone.logs.set(model, there);
    world.seen.add('mirror: pulled');
  }
}

function receive(world: World, log: Log): void {
  const { model } = log.state;
  if (!descends(log, world.mirror.get(model) ?? startLog(model)))
    throw new Error(`${model}: the second remote would not fast-forward`);
  world.mirror.set(model, log);
}

/** It never holds what the registry's remote does not, and an entry never without its parents. */
function checkMirror({ mirror, remote }: World): void {
  for (const [model, log] of mirror)
    if (!descends(remote.get(model) ?? startLog(model), log))
      throw new Error(`${model}: the second remote has what the registry's has not`);
  checkRelations(
    [...mirror.values()].map(({ state }) => state),
    relationsOf,
  );
}
