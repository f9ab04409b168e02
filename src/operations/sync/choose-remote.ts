/** Which remote a command is about, and which models: the first word is a remote if it names one, else a model. */
import { RegistryError } from '../../domain/errors.ts';
import { type ModelName, parseModelName } from '../../domain/model-name.ts';
import type { RemoteTarget } from '../../ports/git-remote.ts';
import type { Workspace } from '../workspace.ts';

/** What the words of a command say. */
export interface RemoteChoice {
  readonly target: RemoteTarget;
  /** Empty: all. */
  readonly models: readonly ModelName[];
  /** It is the registry's remote: others are sent and followed by fast-forward alone (format §7.3). */
  readonly isRegistryRemote: boolean;
}

/** Returns the name of the registry's remote: git config `registry.remote`, else `remote.name` of registry.yaml, else `origin`. */
export async function registryRemoteName(workspace: Workspace): Promise<string> {
  const named = await workspace.settings.find('registry.remote');
  return named || (await workspace.settings.policy()).remote?.name || 'origin';
}

/** Reads the words. Throws `no-remote`, `bad-model-name`. */
export async function chooseRemote(workspace: Workspace, words: readonly string[]): Promise<RemoteChoice> {
  const remotes = await workspace.gitRemote();
  const [first, ...rest] = words;
  const named = first === undefined ? undefined : await remotes.find(first);
  const own = await registryRemoteName(workspace);
  const target = named ?? (await remotes.find(own));
  if (target === undefined) throw await noRemote(workspace, own);
  const models = named === undefined ? words : rest;
  return {
    target,
    models: models.map((text) => parseModelName(text)),
    isRegistryRemote: target.name === ((await remotes.find(own))?.name ?? target.name),
  };
}

async function noRemote(workspace: Workspace, own: string): Promise<RegistryError> {
  const [other] = await workspace.settings.remotes();
  return new RegistryError('no-remote', `remote ${own}: not configured`, {
    data: { remote: own },
    hint: other === undefined ? `git remote add ${own} URL` : `git config registry.remote ${other}`,
  });
}
