/** Brings what tags of a remote are of into the repository, by way of quarantine: as little trusted as logs are. */
import type { RemoteTarget, TagRequest } from '../../ports/git-remote.ts';
import { incomingTagOf, tagRefOf } from '../ref-names.ts';
import { keepReachable } from './download.ts';
import { fetchInto, refuseLargeObjects } from './fetch-into.ts';
import type { RealRepository } from './incoming-folder.ts';
import { makeQuarantine } from './quarantine-folder.ts';
import { remoteFault } from './remote-fault.ts';

/** Downloads. Nothing refers to what came: git's own upkeep removes it when it is old, and the next push asks again. */
export async function downloadTags(
  real: RealRepository,
  target: RemoteTarget,
  { tags, known, caps }: TagRequest,
): Promise<void> {
  const folder = await makeQuarantine(real, { known, afresh: false });
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
