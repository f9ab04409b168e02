/** Installs what makes a bare repository refuse damage (format §5-§6): two hooks, and settings of git that keep what arrived. */
import { RegistryError } from '../domain/errors.ts';
import type { HookProgram } from './hook-text.ts';
import type { HooksResult } from './hooks-result.ts';
import { type HookChange, placeHookText, withdrawHook } from './place-hook.ts';
import { serverHookText } from './server-hook-text.ts';
import type { Workspace } from './workspace.ts';

/** `update` first: a pre-receive that finds none refuses whole pushes, one that is without it refuses nothing yet. */
const SERVER_HOOKS = ['update', 'pre-receive'] as const;

/** What an installer gets. */
export interface InstallServerInput {
  readonly program: HookProgram;
  /** `receive.maxInputSize`, as git takes it; undefined keeps what is set, or sets {@link MAX_INPUT}. */
  readonly maxInputSize?: string;
}

/** No push of metadata is larger; weights do not go through git. */
const MAX_INPUT = '1g';

/** Settings by key, in the case in which git documents them. Where another value is set, it stays and is named. */
const SETTINGS: readonly (readonly [key: string, value: string])[] = [
  // Damaged objects are refused as they arrive.
  ['receive.fsckObjects', 'true'],
  // Objects and refs are on disk before the pusher hears of it.
  ['core.fsync', 'committed'],
  // Refs outside of branches and tags have a reflog too, and it is kept.
  ['core.logAllRefUpdates', 'always'],
  ['gc.reflogExpire', 'never'],
  ['gc.pruneExpire', 'never'],
  // A push that waits for another one's lock fails late, so that none of its views lands without its log.
  ['core.filesRefLockTimeout', '10000'],
  ['core.packedRefsTimeout', '10000'],
];

/** Without these values pushes lose what they rely on; what git does when they are not set is right. */
const NEEDED: readonly (readonly [key: string, value: string])[] = [['receive.advertiseAtomic', 'true']];

/** Installs. Throws `usage` where the repository is not bare, `hooks-managed`, `permission`, `io`, `git-failed`. */
export async function installServerHooks(workspace: Workspace, input: InstallServerInput): Promise<HooksResult> {
  if (!workspace.repository.isBare) {
    throw new RegistryError('usage', 'hooks install --server: expected a bare repository, got one with a work tree', {
      hint: 'git registry -C SERVER.git hooks install --server',
    });
  }
  const hooks = await workspace.hooks();
  const { folder, from } = await hooks.locate();
  if (from === 'elsewhere') {
    throw new RegistryError('hooks-managed', `hooks: core.hooksPath is ${folder}, for more than this repository`, {
      data: { folder, owner: null },
      hint: 'git config --local core.hooksPath hooks',
    });
  }
  const { settings, kept } = await applySettings(workspace, input.maxInputSize);
  const changes: HookChange[] = [];
  for (const name of SERVER_HOOKS) changes.push(await placeHookText(hooks, name, serverHookText(name, input.program)));
  return { folder, hooks: changes, settings, kept };
}

/** Takes the hooks away, `pre-receive` first; settings stay. Throws `permission`, `io`. */
export async function uninstallServerHooks(workspace: Workspace): Promise<HooksResult> {
  const hooks = await workspace.hooks();
  const { folder } = await hooks.locate();
  const changes: HookChange[] = [];
  for (const name of [...SERVER_HOOKS].reverse()) changes.push(await withdrawHook(hooks, name));
  return { folder, hooks: changes };
}

async function applySettings(
  { settings, repository }: Workspace,
  maxInputSize: string | undefined,
): Promise<Required<Pick<HooksResult, 'settings' | 'kept'>>> {
  const applied: { readonly key: string; readonly value: string }[] = [];
  const kept: { readonly key: string; readonly value: string; readonly advised: string }[] = [];
  const apply = async (key: string, value: string): Promise<void> => {
    await repository.setConfig(key, value);
    applied.push({ key, value });
  };
  for (const [key, value] of [...SETTINGS, ...NEEDED]) {
    const found = await settings.find(key.toLowerCase());
    if (found === undefined && !NEEDED.some(([needed]) => needed === key)) await apply(key, value);
    else if (found !== undefined && spell(found) !== value) kept.push({ key, value: found, advised: value });
  }
  const limit = await settings.find('receive.maxinputsize');
  if (maxInputSize !== undefined ? maxInputSize !== limit : limit === undefined)
    await apply('receive.maxInputSize', maxInputSize ?? MAX_INPUT);
  return { settings: applied, kept };
}

/** Git knows several words for true. */
function spell(value: string): string {
  return /^(?:true|yes|on|1)$/i.test(value) ? 'true' : value;
}
