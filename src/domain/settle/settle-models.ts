/** Settles the models of a remote together: a parent that one of them loses, no other may build on (format §7.3). */
import type { Sha256 } from '../digest.ts';
import { foldEvents } from '../fold.ts';
import type { ModelName } from '../model-name.ts';
import type { ModelState } from '../state.ts';
import { settleModel } from './settle-model.ts';
import type { Divergence, SettleContext, Settlement } from './settlement.ts';

/** Returns how each model is settled; parents and inputs are checked again until nothing changes. */
export function settleModels(
  divergences: readonly Divergence[],
  context: SettleContext,
): ReadonlyMap<ModelName, Settlement> {
  const locals = divergences.map(({ base, local }) => foldEvents(base, local));
  let registered = registeredIn(locals);
  for (;;) {
    const known = registered;
    const settlements = divergences.map((divergence) =>
      settleModel(divergence, {
        ...context,
        isRegisteredElsewhere: (sha256) => known.has(sha256) || context.isRegisteredElsewhere(sha256),
      }),
    );
    const states = settlements.map((settlement, index) =>
      settlement.kind === 'replay' ? settlement.state : locals[index],
    );
    // What was once found missing stays missing, so this ends.
    registered = new Set([...registeredIn(states)].filter((sha256) => known.has(sha256)));
    if (registered.size === known.size)
      return new Map(divergences.map(({ model }, index) => [model, settlements[index] as Settlement]));
  }
}

function registeredIn(states: readonly (ModelState | undefined)[]): Set<Sha256> {
  const entries = states.flatMap((state) => [...(state?.entries.values() ?? [])]);
  return new Set(entries.filter(({ status }) => status === 'registered').map(({ sha256 }) => sha256));
}
