/** Gates given on the command line: they add to those of the policy, never replace one. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isDecimal } from '../domain/decimal.ts';
import { RegistryError } from '../domain/errors.ts';
import type { GateRules } from '../domain/policy.ts';
import type { Workspace } from '../operations/workspace.ts';
import type { OptionSpec, Pair } from './command.ts';

/** The options. */
export const GATE_OPTIONS = {
  gates: {
    kind: 'string',
    placeholder: 'FILE',
    completes: 'path',
    says: 'gates beside those of registry.yaml: what stands there under gates.STAGE',
  },
  min: { kind: 'pairs', placeholder: 'METRIC=V', says: 'a gate beside those of registry.yaml: at least V' },
  max: { kind: 'pairs', placeholder: 'METRIC=V', says: 'a gate beside those of registry.yaml: at most V' },
} as const satisfies Readonly<Record<string, OptionSpec>>;

/** Their values. */
export interface GateArguments {
  readonly gates: string | undefined;
  readonly min: readonly Pair[];
  readonly max: readonly Pair[];
}

/** Returns the gates, undefined where none is given. Throws `usage` for one that is given twice, `bad-policy`, `io`. */
export async function readGates(
  workspace: Workspace,
  cwd: string,
  { gates: file, min, max }: GateArguments,
): Promise<GateRules | undefined> {
  const rules: Record<string, unknown> = { ...(file === undefined ? {} : await readFile(workspace, cwd, file)) };
  for (const { key, value } of [
    ...min.map(({ key: metric, value }) => ({ key: `min_${metric}`, value })),
    ...max.map(({ key: metric, value }) => ({ key: `max_${metric}`, value })),
  ]) {
    if (Object.hasOwn(rules, key))
      throw new RegistryError('usage', `gate ${key}: it is given twice`, { data: { key } });
    if (!isDecimal(value))
      throw new RegistryError('usage', `gate ${key}: expected a number such as 0.85, got ${JSON.stringify(value)}`);
    rules[key] = value;
  }
  return Object.keys(rules).length === 0 ? undefined : (rules as GateRules);
}

async function readFile(workspace: Workspace, cwd: string, file: string): Promise<GateRules> {
  let text: string;
  try {
    text = readFileSync(resolve(cwd, file), 'utf8');
  } catch (cause) {
    throw new RegistryError('io', `--gates ${file}: ${(cause as Error).message}`, { cause, data: { path: file } });
  }
  return workspace.settings.decodeGates(text, file);
}
