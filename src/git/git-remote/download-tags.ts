/** Brings what tags of a remote are of into the repository, by way of quarantine: as little trusted as logs are. */
import type { RemoteTarget, TagRequest } from '../../ports/git-remote.ts';
import type { Environment } from '../git-environment.ts';
import type { GitRunner } from '../git-runner.ts';
import { incomingTagOf, tagRefOf } from '../ref-names.ts';
import type { Repository } from '../repository.ts';
import { fetchInto, keepReachable, refuseLargeObjects } from './download.ts';
import { makeQuarantine } from './quarantine-folder.ts';
import { remoteFault } from './remote-fault.ts';

/** Downloads. Nothing refers to what came: git's own upkeep removes it when it is old, and the next push asks again. */
export async function downloadTags(
  real: { readonly repository: Repository; readonly git: GitRunner; readonly environment: Environment },
  target: RemoteTarget,
  { tags, known, caps }: TagRequest,
): Promise<void> {
  const folder = makeQuarantine(real.repository, real.environment, { known, afresh: false });
  try {
    const lines = tags.map(({ name }, at) => `+${tagRefOf(name)}:${incomingTagOf(folder.id, at)}\n`);
    const end = await fetchInto(folder, target, caps, lines);
    if (end.exitCode !== 0) throw remoteFault(target.label, end);
    await refuseLargeObjects(folder, target, caps);
    const tips = tags.map(({ target: commit }) => commit);
    await keepReachable(folder, real.git, tips, known);
  } finally {
    folder.remove();
  }
}
