/** Whether a value is a policy, by `registry-yaml.schema.json`. */
import { registryYaml } from './compiled/registry-yaml.js';
import { type Validation, validate } from './validate.ts';

/** Tells whether a value, parsed from registry.yaml, has only keys that are known, with values of the right shape. */
export function validatePolicy(value: unknown): Validation {
  return validate(registryYaml, value);
}
