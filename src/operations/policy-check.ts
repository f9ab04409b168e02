/** Checks a registry.yaml before it is committed: its form, and what it would mean. */
import { RegistryError } from '../domain/errors.ts';
import { type PolicyRemark, reviewPolicy } from '../domain/policy-review.ts';
import type { Workspace } from './workspace.ts';

/** What was found. */
export interface PolicyCheckResult {
  readonly file: string;
  /** No error; warnings are no errors. */
  readonly ok: boolean;
  readonly remarks: readonly PolicyRemark[];
}

/** Checks the text of a file, or of the work tree's registry.yaml. Throws `bad-policy` with file, line and pointer; `usage`. */
export async function policyCheck(
  workspace: Workspace,
  input: { readonly text?: string; readonly file: string },
): Promise<PolicyCheckResult> {
  const text = input.text ?? (await workspace.repository.readText(input.file));
  if (text === undefined) {
    throw new RegistryError('usage', `${input.file}: there is no such file at the top of the work tree`, {
      hint: 'git registry init',
      data: { file: input.file },
    });
  }
  const remarks = reviewPolicy(await workspace.settings.decodePolicy(text));
  return { file: input.file, ok: !remarks.some(({ severity }) => severity === 'error'), remarks };
}
