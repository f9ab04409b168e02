/** What registry.yaml says of a model, for reading and configuring; moves go by the policy that governs. */
import { rulesFor } from '../domain/effective-policy.ts';
import type { ModelName } from '../domain/model-name.ts';
import type { PolicyRules } from '../domain/policy.ts';
import type { Workspace } from './workspace.ts';

/** Returns the rules of a model by the work tree's registry.yaml. Throws `bad-policy`. */
export async function modelPolicy(workspace: Workspace, model: ModelName): Promise<PolicyRules> {
  return rulesFor(await workspace.settings.policy(), model);
}
