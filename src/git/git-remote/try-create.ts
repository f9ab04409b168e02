/**
 * Asks a remote whether it would take a ref, without making it: the ref is pushed with one below it, and no repository can
 * hold both. Its hooks judge the push; then git refuses to move anything (`--atomic`).
 */
import type { ObjectId } from '../../domain/digest.ts';
import type { PushOutcome, RemoteTarget } from '../../ports/git-remote.ts';
import type { RealRepository } from './incoming-folder.ts';
import { pushRefs } from './push-refs.ts';

/** Asks. Throws what `pushRefs` throws. */
export async function tryCreate(
  real: RealRepository,
  target: RemoteTarget,
  ref: string,
  id: ObjectId,
): Promise<PushOutcome> {
  const names = [ref, `${ref}/probe`];
  const create = names.map((name) => ({ ref: name, old: null, next: id }));
  const outcome = await pushRefs(real, target, create);
  if (outcome.kind === 'refused') return outcome;
  // Whoever keeps refs otherwise than git may hold both.
  if (outcome.kind === 'accepted') {
    const back = names.map((name) => ({ ref: name, old: id, next: null }));
    const gone = await pushRefs(real, target, back);
    if (gone.kind !== 'accepted') return { kind: 'raced', refs: names };
  }
  return { kind: 'accepted' };
}
