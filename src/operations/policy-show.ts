/** The policy in force: where it was read, and what a move into each stage takes. */
import type { Sha256 } from '../domain/digest.ts';
import { sha256Of } from '../domain/digest.ts';
import {
  type EffectivePolicyDocument,
  effectivePolicy,
  effectivePolicyDocument,
  encodeEffectivePolicy,
  expandActors,
  rulesFor,
} from '../domain/effective-policy.ts';
import { RegistryError } from '../domain/errors.ts';
import type { ModelName } from '../domain/model-name.ts';
import type { PolicyRules } from '../domain/policy.ts';
import type { GoverningPolicy } from '../ports/settings.ts';
import { chooseModel } from './choose-model.ts';
import type { Workspace } from './workspace.ts';

/** What a move into one stage takes. */
export interface StagePolicy {
  /** A slot, or `rollback`. */
  readonly stage: string;
  /** SHA-256 of the rules in canonical form: what approvals are bound to. */
  readonly digest: Sha256;
  readonly rules: EffectivePolicyDocument;
  /** Stages it can be promoted from; null for all below. */
  readonly from: readonly string[] | null;
  /** Who may do it; null for anybody. */
  readonly allowed: readonly string[] | null;
  /** Who may go past gates and approvals. */
  readonly emergency: readonly string[];
  readonly afterTransition: string | null;
}

/** The policy of a model. */
export interface PolicyShowResult {
  readonly model: ModelName;
  readonly source: GoverningPolicy['source'];
  /** Of registry.yaml's bytes; null where there is none. */
  readonly sha256: Sha256 | null;
  /** The work tree's registry.yaml has other bytes, or is not committed. */
  readonly differs: boolean;
  /** Low to high, then `rollback`. */
  readonly stages: readonly StagePolicy[];
}

/** Shows. With `stage`: that one alone. Throws `bad-stage`, `bad-policy`, `no-policy`, `no-default-model`. */
export async function policyShow(
  workspace: Workspace,
  input: { readonly model?: string; readonly stage?: string },
): Promise<PolicyShowResult> {
  const model = await chooseModel(workspace, input.model);
  const governing = await workspace.settings.governing();
  const rules = rulesFor(governing.policy, model);
  const known = [...rules.stages, 'rollback'];
  if (input.stage !== undefined && !known.includes(input.stage)) {
    throw new RegistryError('bad-stage', `stage ${JSON.stringify(input.stage)}: expected one of ${known.join(', ')}`, {
      data: { stage: input.stage, slots: known },
    });
  }
  return {
    model,
    source: governing.source,
    sha256: governing.file?.sha256 ?? null,
    differs: governing.differs,
    stages: known
      .filter((stage) => input.stage === undefined || stage === input.stage)
      .map((stage) => describeStage(governing, rules, model, stage)),
  };
}

function describeStage({ policy }: GoverningPolicy, rules: PolicyRules, model: ModelName, stage: string): StagePolicy {
  const effective = effectivePolicy(policy, model, stage);
  const verb = stage === 'rollback' ? 'rollback' : 'promote';
  const allowed = rules.allow[`${verb}.${stage}`] ?? rules.allow[verb];
  const arrows = rules.transitions === 'any' ? undefined : rules.transitions;
  return {
    stage,
    digest: sha256Of(encodeEffectivePolicy(effective)),
    rules: effectivePolicyDocument(effective),
    from:
      arrows === undefined || stage === 'rollback'
        ? null
        : arrows.filter((arrow) => arrow.endsWith(` -> ${stage}`)).map((arrow) => arrow.split(' -> ')[0] ?? ''),
    allowed: allowed === undefined ? null : expandActors(rules, allowed),
    emergency: expandActors(rules, rules.emergency[stage] ?? []),
    afterTransition: rules.afterTransition[stage] ?? null,
  };
}
