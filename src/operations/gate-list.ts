/** Every kind of gate there is, and where the policy of a model asks for it. */
import { rulesFor } from '../domain/effective-policy.ts';
import type { ModelName } from '../domain/model-name.ts';
import type { Gate } from '../ports/gate.ts';
import { findDefaultModel } from './choose-model.ts';
import type { Workspace } from './workspace.ts';

/** A kind of gate. */
export interface GateRow {
  readonly gate: string;
  readonly says: string;
  readonly basis: Gate['basis'];
  /** Stages of the model, and `rollback`, whose rules ask for it. */
  readonly asked: readonly string[];
}

/** The kinds. */
export interface GateListResult {
  /** Whose policy `asked` is; null where no model is the default. */
  readonly model: ModelName | null;
  readonly gates: readonly GateRow[];
}

/** Lists. Throws `bad-policy`, `no-policy`. */
export async function gateList(workspace: Workspace): Promise<GateListResult> {
  const model = await findDefaultModel(workspace);
  const { policy } = await workspace.settings.governing();
  const rules = model === undefined ? policy : rulesFor(policy, model);
  const gates = (await workspace.gates()).map(({ name, says, basis, isAsked }) => ({
    gate: name,
    says,
    basis,
    asked: Object.keys(rules.gates).filter((target) => isAsked(rules.gates[target] ?? {})),
  }));
  return { model: model ?? null, gates };
}
