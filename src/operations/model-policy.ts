/** What registry.yaml says of a model, for reading and configuring; moves go by the policy that governs. */
import { durationOf } from '../domain/duration.ts';
import { rulesFor } from '../domain/effective-policy.ts';
import { RegistryError } from '../domain/errors.ts';
import type { ModelName } from '../domain/model-name.ts';
import type { PolicyRules } from '../domain/policy.ts';
import type { Workspace } from './workspace.ts';

/**
 * Returns the rules of a model by the work tree's registry.yaml; git config goes before it where it only configures
 * (`registry.pendingTtl`, `registry.keyMetrics`). Throws `bad-policy`, `usage`.
 */
export async function modelPolicy({ settings }: Workspace, model: ModelName): Promise<PolicyRules> {
  const rules = rulesFor(await settings.policy(), model);
  const [ttl, metrics] = [await settings.find('registry.pendingttl'), await settings.find('registry.keymetrics')];
  return {
    ...rules,
    ...(ttl === undefined ? {} : { pendingTtl: readTtl(ttl) }),
    ...(metrics === undefined ? {} : { keyMetrics: metrics.split(/[\s,]+/).filter((name) => name !== '') }),
  };
}

function readTtl(text: string): number {
  const milliseconds = durationOf(text);
  if (milliseconds !== undefined) return milliseconds;
  throw new RegistryError(
    'usage',
    `git config registry.pendingTtl: expected a time such as 30m or 7d, got ${JSON.stringify(text)}`,
    { hint: 'git config registry.pendingTtl 24h' },
  );
}
