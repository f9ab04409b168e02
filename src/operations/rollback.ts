/** Brings a former occupant back into its slot. */
import type { Sha256 } from '../domain/digest.ts';
import { rulesFor } from '../domain/effective-policy.ts';
import { RegistryError } from '../domain/errors.ts';
import type { ModelState } from '../domain/state.ts';
import { formerOccupant, highestVersion, parseSlot } from '../domain/transitions.ts';
import { chooseModel } from './choose-model.ts';
import { governMove } from './gates/govern-move.ts';
import { rollbackTarget } from './gates/rollback-target.ts';
import { moveEntry } from './move-entry.ts';
import { getModel } from './read-model.ts';
import { resolveSpec } from './resolve-spec.ts';
import type { MoveResult, MutationOptions } from './stage-moves.ts';
import type { Workspace } from './workspace.ts';

/** What to roll back. */
export interface RollbackInput extends MutationOptions {
  readonly model?: string;
  /** The slot; production when not given. */
  readonly stage?: string;
  /** A former occupant; the one before when not given. */
  readonly to?: string;
  readonly reason?: string;
  /** Past gates and approvals, by leave of the policy; needs `reason`. */
  readonly emergency?: boolean;
}

/**
 * Rolls back; a refusal by gates or approvals is an answer. Throws `no-former-occupant`, `bad-stage`, `unknown-spec`,
 * `tombstoned`, `not-allowed`.
 */
export async function rollback(workspace: Workspace, input: RollbackInput): Promise<MoveResult> {
  const { emergency = false } = input;
  if (emergency && (input.reason === undefined || input.reason === ''))
    throw new RegistryError('usage', 'rollback --emergency: expected --reason TEXT, for the history');
  const model = await chooseModel(workspace, input.model);
  await getModel(workspace, model);
  const { policy } = await workspace.settings.governing();
  const slot = parseSlot(input.stage ?? 'production', rulesFor(policy, model).stages);
  const named =
    input.to === undefined
      ? undefined
      : await resolveSpec(workspace, input.to, input.to.includes('@') ? undefined : model);
  return moveEntry(workspace, {
    ...input,
    model,
    to: slot,
    cause: 'rollback',
    ...(named?.version === undefined ? {} : { version: named.version }),
    govern: async ({ state, at, by }, entry) => {
      const target = await rollbackTarget(workspace, { policy, model, slot, sha256: entry.sha256 });
      return governMove(workspace, { state, entry, to: slot, target, at, by, emergency });
    },
    choose: (state) => named?.entry.sha256 ?? getFormer(state, slot),
    check: (state, entry) => {
      if (entry.occupied.includes(slot)) return;
      throw new RegistryError(
        'no-former-occupant',
        `${entry.sha256.slice(0, 12)}: it never occupied ${slot} of ${state.model}`,
        {
          data: { sha256: entry.sha256, model: state.model, stage: slot },
          hint: `git registry promote ${state.model}@${entry.sha256.slice(0, 12)} --to ${slot}`,
        },
      );
    },
  });
}

function getFormer(state: ModelState, slot: string): Sha256 {
  const former = formerOccupant(state, slot);
  if (former !== undefined) return former;
  throw new RegistryError(
    'no-former-occupant',
    `${slot} of ${state.model}: there is no former occupant to go back to`,
    {
      data: { model: state.model, stage: slot },
      hint: hintOf(state, slot),
    },
  );
}

/** What was taken out by hand is not gone back to unasked, but may be what is wanted; what a rollback took out is not. */
function hintOf(state: ModelState, slot: string): string {
  const present = state.slots.get(slot);
  const usable = [...state.entries.values()].filter(
    ({ sha256, occupied, tombstone, replaced }) =>
      sha256 !== present && occupied.includes(slot) && tombstone === undefined && replaced === undefined,
  );
  const last = usable.sort((a, b) => (a.staged?.seq ?? 0) - (b.staged?.seq ?? 0)).at(-1);
  const stage = slot === 'production' ? '' : ` --stage ${slot}`;
  if (last === undefined) return `git registry history ${state.model} --stage ${slot}`;
  return `git registry rollback ${state.model}${stage} --to ${highestVersion(last) ?? last.sha256.slice(0, 12)}`;
}
