/** An entry, a stage, and the policy that decides: what `gate run`, `approve` and the like begin with. */
import { effectivePolicy, rulesFor } from '../../domain/effective-policy.ts';
import type { ModelName } from '../../domain/model-name.ts';
import type { GateRules } from '../../domain/policy.ts';
import type { EntryState, ModelState } from '../../domain/state.ts';
import { parseSlot } from '../../domain/transitions.ts';
import type { GoverningPolicy } from '../../ports/settings.ts';
import type { Workspace } from '../workspace.ts';
import { evaluateGates, type GateAnswer } from './evaluate-gates.ts';

/** What to judge, on the state at hand. */
export interface Judgement {
  readonly state: ModelState;
  readonly entry: EntryState;
  readonly to: string;
  readonly at: string;
  readonly extra?: GateRules;
}

/** Returns the slot that a user names, by the rules of the model. Throws `bad-stage`. */
export async function slotOf(workspace: Workspace, model: ModelName, text: string): Promise<string> {
  const { policy } = await workspace.settings.governing();
  return parseSlot(text, rulesFor(policy, model).stages);
}

/** Judges by the rules of the slot. */
export async function judgeForSlot(
  workspace: Workspace,
  judgement: Judgement,
): Promise<GateAnswer & { readonly governing: GoverningPolicy }> {
  const governing = await workspace.settings.governing();
  const policy = effectivePolicy(governing.policy, judgement.state.model, judgement.to);
  const readProjectFile = (path: string): Promise<Uint8Array | undefined> => workspace.settings.readProjectFile(path);
  return { governing, ...(await evaluateGates(workspace, { ...judgement, policy, readProjectFile })) };
}
