/** Moves an entry down: to a lower slot, or to development. */
import { rulesFor } from '../domain/effective-policy.ts';
import { RegistryError } from '../domain/errors.ts';
import { parseSlot, refuseUpward } from '../domain/transitions.ts';
import { moveEntry } from './move-entry.ts';
import { resolveSpec } from './resolve-spec.ts';
import type { MoveResult, MutationOptions } from './stage-moves.ts';
import type { Workspace } from './workspace.ts';

/** What to demote, and where to. */
export interface DemoteInput extends MutationOptions {
  readonly spec: string;
  readonly model?: string;
  readonly to: string;
  /** Take the slot from its occupant. */
  readonly replace: boolean;
  readonly reason?: string;
}

/** Demotes. Throws `bad-stage`, `bad-transition`, `occupied`, `not-registered`, `tombstoned`. */
export async function demote(workspace: Workspace, input: DemoteInput): Promise<MoveResult> {
  const named = await resolveSpec(workspace, input.spec, input.model);
  const { stages } = rulesFor((await workspace.settings.governing()).policy, named.model);
  if (input.to === 'archived') {
    throw new RegistryError('bad-stage', 'demote --to archived: archiving has its own verb', {
      hint: `git registry archive ${input.spec}`,
    });
  }
  const to = input.to === 'development' ? input.to : parseSlot(input.to, [...stages, 'development']);
  return moveEntry(workspace, {
    ...input,
    model: named.model,
    to,
    cause: 'demote',
    ...(named.version === undefined ? {} : { version: named.version }),
    choose: () => named.entry.sha256,
    check: (state, entry) => {
      refuseUpward(entry, to, stages);
      const holder = state.slots.get(to);
      if (holder === undefined || holder === entry.sha256 || input.replace) return;
      throw new RegistryError('occupied', `${to} of ${state.model}: ${holder.slice(0, 12)} occupies it`, {
        data: { model: state.model, stage: to, holder },
        hint: `add --replace to archive ${holder.slice(0, 12)}`,
      });
    },
  });
}
