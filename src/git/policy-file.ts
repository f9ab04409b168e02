/** registry.yaml and files of gates. Errors name file, line and the JSON pointer of what is wrong. */
import { durationOf } from '../domain/duration.ts';
import { RegistryError } from '../domain/errors.ts';
import { type ModelName, parseModelName } from '../domain/model-name.ts';
import { DEFAULT_POLICY, type GateRules, type Policy, type PolicyRules } from '../domain/policy.ts';
import { isSlotName } from '../domain/state.ts';
import { validatePolicy } from '../schema/validate-policy.ts';
import {
  exactValues,
  type PolicyDocument,
  parsePolicyDocument,
  pathOfPointer,
  policyFault,
  type Values,
} from './policy-document.ts';

/** Returns the policy that a text states, defaults where it is silent. Throws `bad-policy`; data `{file, line, pointer}`. */
export function decodePolicy(text: string, file: string): Policy {
  const source = parsePolicyDocument(text, file);
  if (source === undefined) return DEFAULT_POLICY;
  const { values } = source;
  // What is read here is explained in its own words; the schema judges the rest.
  const model = decodeModel(source, values['model']);
  decodeRules(source, values, []);
  validate(source, values, []);
  const exact = exactValues(source);
  const models = (exact['models'] ?? {}) as Record<string, Values>;
  return {
    ...DEFAULT_POLICY,
    ...(model === undefined ? {} : { model }),
    ...decodeRules(source, exact, []),
    models: Object.fromEntries(
      Object.entries(models).map(([name, rules]) => [
        parseName(source, ['models', name], name),
        decodeRules(source, rules, ['models', name]),
      ]),
    ),
  };
}

/** Returns the gates that a file states: what stands under `gates.STAGE` in registry.yaml. Throws `bad-policy`. */
export function decodeGates(text: string, file: string): GateRules {
  const source = parsePolicyDocument(text, file);
  if (source === undefined) return {};
  validate(source, { gates: { staging: source.values } }, ['gates', 'staging']);
  return exactValues(source) as unknown as GateRules;
}

/** `wrapped`: steps that the judged value has above the file's own. */
function validate(source: PolicyDocument, values: Values, wrapped: readonly string[]): void {
  const checked = validatePolicy(values);
  if (checked.kind === 'valid') return;
  throw policyFault(source, pathOfPointer(checked.pointer).slice(wrapped.length), checked.message);
}

type Path = readonly (string | number)[];

function decodeRules(source: PolicyDocument, values: Values, path: Path): Partial<PolicyRules> {
  const { required, pending_ttl: ttl } = values;
  const named = {
    stages: decodeStages(source, [...path, 'stages'], values['stages']),
    pendingTtl: ttl === undefined ? undefined : decodeDuration(source, [...path, 'pending_ttl'], ttl),
    keyMetrics: decodeTexts(source, [...path, 'key_metrics'], values['key_metrics']),
    requiredAnnotations: (required as { readonly annotations?: readonly string[] } | undefined)?.annotations,
    afterTransition: values['after_transition'],
    ...Object.fromEntries(SAME.map((key) => [key, values[key]])),
  };
  return Object.fromEntries(
    Object.entries(decodeCounts(named)).filter(([, value]) => value !== undefined),
  ) as Partial<PolicyRules>;
}

/** Keys that mean in {@link PolicyRules} what they mean in the file. */
const SAME = ['transitions', 'bump', 'allow', 'emergency', 'gates', 'approvals', 'groups', 'weights', 'remote'];

/** `count` is a number in this program, as the schema made sure of. */
function decodeCounts(rules: Values): Values {
  const approvals = rules['approvals'] as Record<string, Values> | null | undefined;
  if (typeof approvals !== 'object' || approvals === null) return rules;
  const counted = Object.entries(approvals).map(([stage, rule]) => [stage, { ...rule, count: Number(rule['count']) }]);
  return { ...rules, approvals: Object.fromEntries(counted) };
}

function decodeModel(source: PolicyDocument, value: unknown): ModelName | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw policyFault(source, ['model'], 'expected a model name');
  return parseName(source, ['model'], value);
}

function parseName(source: PolicyDocument, path: Path, text: string): ModelName {
  try {
    return parseModelName(text);
  } catch (cause) {
    if (!(cause instanceof RegistryError)) throw cause;
    throw policyFault(source, path, cause.message);
  }
}

function decodeStages(source: PolicyDocument, path: Path, value: unknown): readonly string[] | undefined {
  const stages = decodeTexts(source, path, value);
  if (stages === undefined) return undefined;
  if (stages.length === 0) throw policyFault(source, path, 'expected at least one slot');
  const bad = stages.findIndex((stage, index) => !isSlotName(stage) || stages.indexOf(stage) !== index);
  if (bad < 0) return stages;
  throw policyFault(
    source,
    [...path, bad],
    'expected a slot of lower-case letters, digits and -, once; not development, archived or rollback',
  );
}

function decodeDuration(source: PolicyDocument, path: Path, value: unknown): number {
  const milliseconds = durationOf(String(value));
  if (milliseconds === undefined) throw policyFault(source, path, 'expected a time such as 30m, 24h or 7d');
  return milliseconds;
}

function decodeTexts(source: PolicyDocument, path: Path, value: unknown): readonly string[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw policyFault(source, path, 'expected a list');
  const bad = value.findIndex((item) => typeof item !== 'string' || item === '');
  if (bad >= 0) throw policyFault(source, [...path, bad], 'expected a text');
  return value as readonly string[];
}
