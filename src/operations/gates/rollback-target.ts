/** Whose rules a rollback goes by: its own, lighter ones are for what was let into the slot by the slot's rules. */
import type { Sha256 } from '../../domain/digest.ts';
import { effectivePolicy } from '../../domain/effective-policy.ts';
import type { ModelName } from '../../domain/model-name.ts';
import type { Policy } from '../../domain/policy.ts';
import { readLog } from '../read-log.ts';
import type { Workspace } from '../workspace.ts';

/** A rollback that is asked for. */
export interface RollbackQuestion {
  readonly policy: Policy;
  readonly model: ModelName;
  readonly slot: string;
  readonly sha256: Sha256;
}

/** Returns `rollback`, or the slot where the entry got in by an emergency alone: then it has to pass what it never passed. */
export async function rollbackTarget(workspace: Workspace, question: RollbackQuestion): Promise<string> {
  const { policy, model, slot } = question;
  const asked = effectivePolicy(policy, model, slot);
  if (Object.keys(asked.gates).length === 0 && asked.approvals === undefined) return 'rollback';
  return (await wasAccepted(workspace, question)) ? 'rollback' : slot;
}

async function wasAccepted(workspace: Workspace, { model, slot, sha256 }: RollbackQuestion): Promise<boolean> {
  let accepted = false;
  for await (const { link, ineffective } of readLog(workspace, model)) {
    const { event } = link;
    const isEntry = event.kind === 'stage' && ineffective === undefined && event.to === slot && event.sha256 === sha256;
    if (isEntry) accepted ||= event.emergency !== true;
  }
  return accepted;
}
