/** Quorums that rest on claims: whoever may push could give all of their approvals (format §6.7). Pure. */
import { rulesFor } from './effective-policy.ts';
import type { ModelName } from './model-name.ts';
import type { Policy } from './policy.ts';

/** Approvals that count unsigned. */
export interface WeakQuorum {
  /** Null for the rules of all models. */
  readonly model: ModelName | null;
  /** A slot, or `rollback`. */
  readonly target: string;
  readonly count: number;
}

/** Returns them: of the common rules, then of each model what its own rules make of them. */
export function findWeakQuorums(policy: Policy): readonly WeakQuorum[] {
  const models = Object.entries(policy.models).filter(([, own]) => own.approvals !== undefined);
  const scopes = [null, ...models.map(([model]) => model as ModelName)];
  return scopes.flatMap((model) => {
    const rules = model === null ? policy : rulesFor(policy, model);
    const own = model === null ? rules.approvals : policy.models[model]?.approvals;
    return Object.keys(own ?? {}).flatMap((target) => {
      const asked = rules.approvals[target];
      if (asked === undefined || asked.count === 0 || asked.signed === true) return [];
      return [{ model, target, count: asked.count }];
    });
  });
}
