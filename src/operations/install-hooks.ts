/** Installs the hooks of a clone: `check --staged` before a commit, and on request a warning before a push. */
import { RegistryError } from '../domain/errors.ts';
import type { HookWish } from './hook-text.ts';
import type { HooksResult, InstallHooksInput } from './hooks-result.ts';
import { type HookChange, locateOwnFolder, placeHook, withdrawHook } from './place-hook.ts';
import type { Workspace } from './workspace.ts';

const PRE_COMMIT: HookWish = {
  name: 'pre-commit',
  words: ['check', '--staged', '--only-findings'],
  whenMissing: 'refuse',
};

/** It warns, so it never stands in the way of a push. */
const PRE_PUSH: HookWish = {
  name: 'pre-push',
  words: ['check', '--only-findings', '--unpublished'],
  passArguments: 'first',
  readsInput: true,
  whenMissing: 'pass',
};

/** The hooks that a clone can have. */
const CLONE_HOOKS: readonly string[] = [PRE_COMMIT.name, PRE_PUSH.name];

/** Installs them, all or none as far as can be seen beforehand. Throws `hooks-managed`, `permission`, `io`. */
export async function installHooks(workspace: Workspace, input: InstallHooksInput): Promise<HooksResult> {
  if (workspace.repository.workTree === undefined)
    throw new RegistryError('usage', 'hooks: nothing is committed in a bare repository');
  const hooks = await workspace.hooks();
  const wishes = input.prePush ? [PRE_COMMIT, PRE_PUSH] : [PRE_COMMIT];
  const { folder } = await locateOwnFolder(
    hooks,
    wishes.map(({ name }) => name),
  );
  const changes: HookChange[] = [];
  for (const wish of wishes) changes.push(await placeHook(hooks, wish, input.program));
  return { folder, hooks: changes };
}

/** Takes away what {@link installHooks} installed, and puts back what was before. Throws `permission`, `io`. */
export async function uninstallHooks(workspace: Workspace): Promise<HooksResult> {
  const hooks = await workspace.hooks();
  const { folder } = await hooks.locate();
  const changes: HookChange[] = [];
  for (const name of CLONE_HOOKS) changes.push(await withdrawHook(hooks, name));
  return { folder, hooks: changes };
}
