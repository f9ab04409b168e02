/** What a policy asks for one model, and for one move of it: the text that approvals are bound to. */
import { type Document, encodeDocument } from './document-json.ts';
import type { ModelName } from './model-name.ts';
import type { ApprovalRules, GateRules, Policy, PolicyRules } from './policy.ts';

/** A key of `gates` and `approvals`: a slot, or `rollback`. */
export type PolicyTarget = string;

/** What moving an entry of a model to a target takes. */
export interface EffectivePolicy {
  readonly model: ModelName;
  readonly to: PolicyTarget;
  readonly gates: GateRules;
  /** Undefined where none is asked for. */
  readonly approvals?: ApprovalRules;
  readonly requiredAnnotations: readonly string[];
}

const ROLLBACK_GATES: GateRules = { integrity: true };

/** Returns the rules of a model: the common ones, and its own over them, key by key; a list replaces. */
export function rulesFor(policy: Policy, model: ModelName): PolicyRules {
  const own = policy.models[model];
  return own === undefined ? policy : (merge(policy as never, own as never) as unknown as PolicyRules);
}

type Tree = Readonly<Record<string, unknown>>;

function merge(common: Tree, own: Tree): Tree {
  const merged: Record<string, unknown> = { ...common };
  for (const [key, value] of Object.entries(own)) {
    const before = merged[key];
    merged[key] = isTree(before) && isTree(value) ? merge(before, value) : value;
  }
  return merged;
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns what a target takes: `@group`s are replaced by their members, so that the text says who. */
export function effectivePolicy(policy: Policy, model: ModelName, to: PolicyTarget): EffectivePolicy {
  const rules = rulesFor(policy, model);
  const approvals = rules.approvals[to];
  const from = approvals?.from;
  return {
    model,
    to,
    gates: rules.gates[to] ?? (to === 'rollback' ? ROLLBACK_GATES : {}),
    ...(approvals === undefined || approvals.count === 0
      ? {}
      : { approvals: { ...approvals, ...(from === undefined ? {} : { from: expandActors(rules, from) }) } }),
    requiredAnnotations: to === 'rollback' ? [] : rules.requiredAnnotations,
  };
}

/** Returns addresses, each once, in order; a group that is not defined has no members. */
export function expandActors(rules: PolicyRules, actors: readonly string[]): readonly string[] {
  const members = actors.flatMap((actor) => (actor.startsWith('@') ? (rules.groups[actor.slice(1)] ?? []) : [actor]));
  return [...new Set(members)];
}

/** An effective policy as a document of the registry: only what it asks for is there. */
export interface EffectivePolicyDocument {
  readonly v: 1;
  readonly model: ModelName;
  readonly to: PolicyTarget;
  readonly gates: GateRules;
  readonly required?: { readonly annotations: readonly string[] };
  readonly approvals?: ApprovalRules;
}

/** Returns the document. */
export function effectivePolicyDocument(policy: EffectivePolicy): EffectivePolicyDocument {
  const { model, to, gates, approvals, requiredAnnotations } = policy;
  return {
    ...{ v: 1 as const, model, to, gates },
    ...(requiredAnnotations.length === 0 ? {} : { required: { annotations: requiredAnnotations } }),
    ...(approvals === undefined ? {} : { approvals }),
  };
}

/** Returns the policy that a document states. */
export function effectivePolicyOf({ model, to, gates, required, approvals }: EffectivePolicyDocument): EffectivePolicy {
  const requiredAnnotations = required?.annotations ?? [];
  return { model, to, gates, requiredAnnotations, ...(approvals === undefined ? {} : { approvals }) };
}

/** Returns the canonical text; its SHA-256 is the `policy` of approvals and gate reports. */
export function encodeEffectivePolicy(policy: EffectivePolicy): string {
  return encodeDocument(effectivePolicyDocument(policy) as unknown as Document);
}
