/** Whether a server takes a pushed event, as far as policy goes: the one it carries and, where the server names a ref, the one in force. */
import { findDisallowed } from '../domain/allowed.ts';
import { effectivePolicy, encodeEffectivePolicy, expandActors, rulesFor } from '../domain/effective-policy.ts';
import type { EventBody, RegistryEvent } from '../domain/event.ts';
import type { ChainLink } from '../domain/event-chain.ts';
import { personIn } from '../domain/mailmap.ts';
import type { ModelName } from '../domain/model-name.ts';
import type { Policy } from '../domain/policy.ts';
import { type PushRefusal, refusal } from '../domain/push-refusal.ts';
import { isSlotName, type ModelState } from '../domain/state.ts';
import { readCarriedPolicy } from './carried-policy.ts';
import { judgeStageEvent } from './gates/judge-stage-event.ts';
import { readMailmap } from './gates/read-people.ts';
import type { Workspace } from './workspace.ts';

/** Judges an event on the state before it. Throws `no-policy` where `registry.policyRef` names no commit. */
export async function judgePushedMove(
  workspace: Workspace,
  link: ChainLink,
  before: ModelState,
): Promise<PushRefusal | undefined> {
  const { event, tree } = link;
  if (event.kind === 'unknown') return undefined;
  if ((await workspace.settings.find('registry.policyref')) !== undefined) {
    const { policy } = await workspace.settings.governing();
    const why = await explainDisallowed(workspace, policy, event);
    if (why !== undefined) return refusal('not-allowed', `event ${event.seq}: ${why}`);
    const carried = event.kind === 'stage' ? await readCarriedPolicy(workspace, tree, event.policy) : undefined;
    if (event.kind === 'stage' && !(carried !== undefined && isAlike(carried, policy, event)))
      return refusal(
        'stage-not-justified',
        `event ${event.seq}: other rules are in force here than those it was decided under`,
      );
  }
  const { faults } = await judgeStageEvent(workspace, link, before);
  return faults.length === 0
    ? undefined
    : refusal('stage-not-justified', `event ${event.seq}: ${event.kind} by ${event.by.email}: ${faults.join('; ')}`);
}

async function explainDisallowed(
  workspace: Workspace,
  policy: Policy,
  event: RegistryEvent,
): Promise<string | undefined> {
  const rules = rulesFor(policy, event.model);
  // Whoever may register may begin the model with it, and which event comes next is not known yet.
  if (Object.keys(rules.allow).length === 0 || event.kind === 'create') return undefined;
  const mailmap = await readMailmap(workspace);
  const found = findDisallowed(rules, event as EventBody, event.by.email, (email) => personIn(mailmap, email));
  return found === undefined ? undefined : `${found.key} is not allowed to ${event.by.email}`;
}

/** Everything that decides this move; what registry.yaml says elsewhere may differ, so that it may change at all. */
function isAlike(one: Policy, other: Policy, event: Extract<RegistryEvent, { readonly kind: 'stage' }>): boolean {
  const { model, to, cause } = event;
  if (!isSlotName(to) || cause === 'demote') return true;
  const targets = cause === 'rollback' ? ['rollback', to] : [to];
  return [one, other]
    .map((policy) => decidingText(policy, model, to, targets))
    .every((text, _at, all) => text === all[0]);
}

function decidingText(policy: Policy, model: ModelName, to: string, targets: readonly string[]): string {
  const rules = rulesFor(policy, model);
  const { stages, transitions, emergency } = rules;
  const effective = targets.map((target) => encodeEffectivePolicy(effectivePolicy(policy, model, target)));
  return JSON.stringify([effective, stages, transitions, expandActors(rules, emergency[to] ?? [])]);
}
