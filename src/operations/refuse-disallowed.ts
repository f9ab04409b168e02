/** Enforces `allow` of registry.yaml on every event that is written here. */
import { findDisallowed } from '../domain/allowed.ts';
import { rulesFor } from '../domain/effective-policy.ts';
import { RegistryError } from '../domain/errors.ts';
import type { Actor, EventBody } from '../domain/event.ts';
import { personIn } from '../domain/mailmap.ts';
import type { ModelName } from '../domain/model-name.ts';
import type { Workspace } from './workspace.ts';

/** Throws `not-allowed`, naming who may. Where registry.yaml has no `allow` nothing more than that is read. */
export async function refuseDisallowed(
  workspace: Workspace,
  model: ModelName,
  events: readonly { readonly body: EventBody }[],
  by: Actor,
): Promise<void> {
  const rules = rulesFor((await workspace.settings.governing()).policy, model);
  if (Object.keys(rules.allow).length === 0) return;
  const { readMailmap } = await import('./gates/read-people.ts');
  const mailmap = await readMailmap(workspace);
  // Whoever may register may begin the model with it.
  const judged = events.length > 1 && events[0]?.body.kind === 'create' ? events.slice(1) : events;
  for (const { body } of judged) {
    const found = findDisallowed(rules, body, by.email, (email) => personIn(mailmap, email));
    if (found === undefined) continue;
    const { key, allowed } = found;
    throw new RegistryError(
      'not-allowed',
      `${key} of ${model}: registry.yaml allows it to ${allowed.join(', ') || 'nobody'}, and you are ${by.email}`,
      { data: { model, key, by: by.email, allowed }, hint: 'git registry policy show' },
    );
  }
}
