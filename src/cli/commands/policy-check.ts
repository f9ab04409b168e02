/** `policy check`: checks a registry.yaml before it is committed. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { RegistryError } from '../../domain/errors.ts';
import { policyCheck } from '../../operations/policy-check.ts';
import { type Command, defineCommand } from '../command.ts';
import { given } from '../given.ts';
import { renderPolicyCheck } from '../render/policy.ts';

/** The command. */
export const policyCheckCommand: Command = defineCommand({
  name: 'policy check',
  group: 'Govern',
  summary: 'Check registry.yaml before it is committed',
  description:
    'What does not fit the schema is exit 2, with file, line and place. Rules that can never be met or stand for nothing ' +
    '(a quorum larger than its list, a stage or group that does not exist) are exit 1. Quorums that rest on unsigned ' +
    'claims are warned of.',
  positionals: [{ name: 'file', completes: 'path', says: "the file; without it, the work tree's registry.yaml" }],
  options: {},
  examples: [
    { command: 'git registry policy check', says: 'check what is about to be committed' },
    { command: 'git registry policy check ../policies/strict.yaml', says: 'check another file' },
  ],
  output: 'policy-check',
  async run(context, { file }) {
    const text = file === undefined ? undefined : read(resolve(context.cwd, file));
    const result = await policyCheck(await context.workspace(), { file: file ?? 'registry.yaml', ...given({ text }) });
    return { json: result, text: (style) => renderPolicyCheck(result, style), exitCode: result.ok ? 0 : 1 };
  },
});

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new RegistryError('io', (cause as Error).message, { cause, data: { path } });
  }
}
