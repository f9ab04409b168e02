/** Settles the models of a remote together: a parent that one of them loses, no other may build on (format §7.3). */
import type { Sha256 } from '../digest.ts';
import { foldEvents } from '../fold.ts';
import type { ModelName } from '../model-name.ts';
import type { ModelState } from '../state.ts';
import { settleModel } from './settle-model.ts';
import type { Divergence, SettleContext, Settlement } from './settlement.ts';

/** A state that is folded when it is first asked for: most syncs never ask. */
type LazyState = () => ModelState;

/** Returns how each model is settled; parents and inputs are checked again until nothing changes. */
export function settleModels(
  divergences: readonly Divergence[],
  context: SettleContext,
): ReadonlyMap<ModelName, Settlement> {
  const locals = divergences.map(localState);
  // What was once found missing stays missing, so this ends.
  const missing = new Set<Sha256>();
  for (;;) {
    const relied = new Set<Sha256>();
    const isRegisteredElsewhere = (sha256: Sha256): boolean => {
      if (context.isRegisteredElsewhere(sha256)) return true;
      if (missing.has(sha256) || !isRegisteredIn(locals, sha256)) return false;
      relied.add(sha256);
      return true;
    };
    const settled = divergences.map((divergence, index): readonly [ModelName, Settlement, LazyState | undefined] => {
      const settlement = settleModel(divergence, { ...context, isRegisteredElsewhere });
      const state = settlement.kind === 'replay' ? () => settlement.state : locals[index];
      return [divergence.model, settlement, state];
    });
    const states = settled.flatMap(([, , state]) => state ?? []);
    const lost = [...relied].filter((sha256) => !isRegisteredIn(states, sha256));
    if (lost.length === 0) return new Map(settled.map(([model, settlement]) => [model, settlement]));
    for (const sha256 of lost) missing.add(sha256);
  }
}

function localState({ base, local }: Divergence): LazyState {
  let state: ModelState | undefined;
  return () => {
    state ??= local.length === 0 ? base : foldEvents(base, local);
    return state;
  };
}

function isRegisteredIn(states: readonly LazyState[], sha256: Sha256): boolean {
  return states.some((state) => state().entries.get(sha256)?.status === 'registered');
}
