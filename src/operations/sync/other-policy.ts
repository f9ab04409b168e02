/** Which events of ours were decided under other rules than are in force for them now (format §7.3). */
import { type Sha256, sha256Of } from '../../domain/digest.ts';
import { effectivePolicy, encodeEffectivePolicy } from '../../domain/effective-policy.ts';
import type { ModelName } from '../../domain/model-name.ts';
import type { Policy } from '../../domain/policy.ts';
import { readCarriedPolicy } from '../carried-policy.ts';
import type { Workspace } from '../workspace.ts';
import type { SideEvent } from './find-divergence.ts';

/** Returns their ids. Rules are compared as they hold for the model and stage: what registry.yaml says elsewhere may differ. */
export async function findOfOtherPolicy(
  workspace: Workspace,
  events: readonly SideEvent[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  // Policy is read for decisions alone: what else there is to replay waits for none.
  const decisions = events.filter(({ event }) => /^(?:approve|reject|stage)$/.test(event.kind));
  if (decisions.length === 0) return found;
  const { policy } = await workspace.settings.governing();
  for (const link of decisions) if (await isOfOther(workspace, policy, link)) found.add(link.event.id);
  return found;
}

async function isOfOther(workspace: Workspace, policy: Policy, link: SideEvent): Promise<boolean> {
  const { event, tree } = link;
  const { model } = event;
  if (event.kind === 'approve' || event.kind === 'reject')
    return ![event.to, 'rollback'].some((target) => digestFor(policy, model, target) === event.policy);
  // A move down or out asks nobody.
  if (event.kind !== 'stage' || event.cause === 'demote' || event.cause === 'archive') return false;
  const carried = await readCarriedPolicy(workspace, tree, event.policy);
  if (carried === undefined) return true;
  const targets = event.cause === 'rollback' ? ['rollback', event.to] : [event.to];
  return targets.some((target) => digestFor(policy, model, target) !== digestFor(carried, model, target));
}

function digestFor(policy: Policy, model: ModelName, target: string): Sha256 {
  return sha256Of(encodeEffectivePolicy(effectivePolicy(policy, model, target)));
}
