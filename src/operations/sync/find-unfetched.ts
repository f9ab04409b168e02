/** The commonest start: `git clone` brings the code and no ref of the registry, so that what is not here may be on its remote. */
import type { Workspace } from '../workspace.ts';
import { registryRemoteName } from './choose-remote.ts';

/** Returns the label of the registry's remote where one is configured and nothing of it was ever fetched. */
export async function findUnfetched(workspace: Workspace): Promise<string | undefined> {
  const target = await (await workspace.gitRemote()).find(await registryRemoteName(workspace));
  if (target === undefined) return undefined;
  return (await (await workspace.syncRefs()).verified(target.name)).length === 0 ? target.label : undefined;
}
