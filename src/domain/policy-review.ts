/** What is odd about a policy: rules that can never be met, never apply, or promise more than they hold. Pure. */
import { expandActors, rulesFor } from './effective-policy.ts';
import type { ModelName } from './model-name.ts';
import type { Policy, PolicyRules } from './policy.ts';
import { findWeakQuorums } from './weak-quorum.ts';

/** Something about a policy. `error`: a rule that nobody can meet, or that stands for nothing. */
export interface PolicyRemark {
  readonly severity: 'error' | 'warning';
  /** JSON pointer into registry.yaml. */
  readonly pointer: string;
  readonly message: string;
}

/** Reviews the common rules, then those of each model that has its own. */
export function reviewPolicy(policy: Policy): readonly PolicyRemark[] {
  const models = Object.keys(policy.models).sort() as ModelName[];
  const own = models.flatMap((model) =>
    reviewRules(rulesFor(policy, model), policy.models[model] ?? {}, `/models/${step(model)}`),
  );
  const weak = findWeakQuorums(policy).map(({ model, target }) =>
    warning(
      `${model === null ? '' : `/models/${step(model)}`}/approvals/${target}`,
      'unsigned: whoever sets user.email approves; add signed: true',
    ),
  );
  return [...reviewRules(policy, policy, ''), ...own, ...weak];
}

/** `stated`: what stands at that place of the file; only that is remarked on. */
function reviewRules(rules: PolicyRules, stated: Partial<PolicyRules>, at: string): readonly PolicyRemark[] {
  return [
    ...(at === '' ? [] : onlyForAll(stated, at)),
    ...unknownStages(rules, stated, at),
    ...unknownGroups(rules, stated, at),
    ...quorums(rules, stated, at),
    ...arrows(rules, stated, at),
  ];
}

/** Remotes are those of a repository: a rule of one model would be read by nobody. */
function onlyForAll({ weights, remote }: Partial<PolicyRules>, at: string): readonly PolicyRemark[] {
  return Object.entries({ weights, remote })
    .filter(([, value]) => value !== undefined)
    .map(([key]) => error(`${at}/${key}`, `it holds for the whole repository: state it as /${key}`));
}

function unknownStages(rules: PolicyRules, stated: Partial<PolicyRules>, at: string): readonly PolicyRemark[] {
  const known = new Set([...rules.stages, 'rollback']);
  const keyed: readonly (readonly [string, object | undefined])[] = [
    ['gates', stated.gates],
    ['approvals', stated.approvals],
    ['after_transition', stated.afterTransition],
    ['emergency', stated.emergency],
  ];
  return keyed.flatMap(([key, value]) =>
    Object.keys(value ?? {})
      .filter((stage) => !known.has(stage))
      .map((stage) => error(`${at}/${key}/${stage}`, `no stage of that name: expected ${[...known].join(', ')}`)),
  );
}

function unknownGroups(rules: PolicyRules, stated: Partial<PolicyRules>, at: string): readonly PolicyRemark[] {
  const lists: readonly (readonly [string, readonly string[]])[] = [
    ...Object.entries(stated.allow ?? {}).map(([key, list]) => [`/allow/${step(key)}`, list] as const),
    ...Object.entries(stated.emergency ?? {}).map(([key, list]) => [`/emergency/${key}`, list] as const),
    ...Object.entries(stated.approvals ?? {}).map(([key, { from }]) => [`/approvals/${key}/from`, from ?? []] as const),
  ];
  return lists.flatMap(([pointer, list]) =>
    list
      .filter((actor) => actor.startsWith('@') && rules.groups[actor.slice(1)] === undefined)
      .map((actor) => error(`${at}${pointer}`, `${actor}: no such group under groups`)),
  );
}

function quorums(rules: PolicyRules, stated: Partial<PolicyRules>, at: string): readonly PolicyRemark[] {
  return Object.entries(stated.approvals ?? {}).flatMap(([stage, { count, from }]) => {
    const people =
      from === undefined ? undefined : new Set(expandActors(rules, from).map((mail) => mail.toLowerCase()));
    const pointer = `${at}/approvals/${stage}`;
    if (count === 0) return [];
    if (people !== undefined && people.size < count)
      return [error(pointer, `${count} approvals of ${people.size} people: it can never be reached`)];
    return [
      ...(count > 1 && people?.size === count
        ? [
            warning(
              pointer,
              `all ${count} people of the list must approve: none of them can register what they approve`,
            ),
          ]
        : []),
    ];
  });
}

function arrows(
  { stages, transitions }: PolicyRules,
  stated: Partial<PolicyRules>,
  at: string,
): readonly PolicyRemark[] {
  if (transitions === 'any' || stated.transitions === undefined) return [];
  const known = new Set([...stages, 'development', 'archived']);
  const odd = transitions.flatMap((arrow, index) =>
    arrow
      .split(' -> ')
      .filter((stage) => !known.has(stage))
      .map((stage) => error(`${at}/transitions/${index}`, `${stage}: no stage of that name`)),
  );
  const unreachable = stages
    .filter((stage) => !transitions.some((arrow) => arrow.endsWith(` -> ${stage}`)))
    .map((stage) => warning(`${at}/transitions`, `no arrow leads to ${stage}: nothing can be promoted there`));
  return [...odd, ...unreachable];
}

function step(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

function error(pointer: string, message: string): PolicyRemark {
  return { severity: 'error', pointer, message };
}

function warning(pointer: string, message: string): PolicyRemark {
  return { severity: 'warning', pointer, message };
}
