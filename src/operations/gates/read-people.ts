/** Who is who among approvers: addresses are compared without case, as mail is. */
import type { People } from '../../domain/approval.ts';
import type { EffectivePolicy } from '../../domain/effective-policy.ts';
import type { ModelState } from '../../domain/state.ts';
import type { Workspace } from '../workspace.ts';

/** Reads what tells people apart. */
export async function readPeople(_workspace: Workspace, _state: ModelState, _policy: EffectivePolicy): Promise<People> {
  return { personOf: (email) => email.toLowerCase(), isSigned: () => false };
}
