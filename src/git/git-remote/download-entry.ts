/** Downloads one entry of a remote into quarantine: what recomputing it takes (format §4.4), and nothing of its log. */
import type { DownloadedEntry, RemoteCaps, RemoteTarget } from '../../ports/git-remote.ts';
import type { RefKey } from '../../ports/ref-store.ts';
import { openGitPorts } from '../git-ports.ts';
import { incomingNameOf } from '../ref-names.ts';
import { RefReader } from '../ref-reader.ts';
import { fetchRefs, refuseLargeObjects } from './fetch-into.ts';
import type { RealRepository } from './incoming-folder.ts';
import { makeQuarantine } from './quarantine-folder.ts';
import { remoteFault } from './remote-fault.ts';

/** Two commits deep: the time of a commit counts from that of its parents. */
const SHALLOW = ['--depth=2'];

/** Downloads. Undefined where the remote has no such ref (any more). */
export async function downloadEntry(
  real: RealRepository,
  target: RemoteTarget,
  ref: RefKey,
  caps: RemoteCaps,
): Promise<DownloadedEntry | undefined> {
  const folder = await makeQuarantine(real, { known: [], afresh: true });
  const ports = openGitPorts(folder.repository, real.environment);
  const close = async (): Promise<void> => {
    await ports.close();
    folder.remove();
  };
  try {
    const end = await fetchRefs(folder, target, caps, [ref], SHALLOW);
    const isGone = /couldn't find remote ref/i.test(end.stderr);
    if (end.exitCode !== 0 && !isGone) throw remoteFault(target.label, end);
    await refuseLargeObjects(folder, target, caps);
    const commit = await new RefReader(folder.repository, folder.git).find(incomingNameOf(folder.id, ref));
    if (commit !== undefined) return { commit, objects: ports.objects, close };
    await close();
    return undefined;
  } catch (error) {
    await close();
    throw error;
  }
}
