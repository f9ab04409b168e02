/** What `dvc gc` would take of the registry: it spares what pointers name, and never looks at registry refs. */
import { isMd5 } from '../domain/digest.ts';
import { type Finding, finding } from '../domain/finding.ts';
import type { Manifest } from '../domain/manifest.ts';
import { weightsObjects } from './weights-objects.ts';
import type { Workspace } from './workspace.ts';

/** Returns a notice for each object of the entries that some `dvc gc` takes. Reads pointers alone, no weights. */
export async function findGcRisk(workspace: Workspace, manifests: readonly Manifest[]): Promise<readonly Finding[]> {
  const objects = weightsObjects(manifests);
  if (objects.length === 0) return [];
  const pointed = await workspace.repository.pointedDigests();
  const workTree = await expand(workspace, pointed.workTree);
  const history = await expand(workspace, pointed.history);
  return objects
    .filter(({ file }) => !workTree.has(file.md5))
    .map(({ file, subject }) => {
      const scope = history.has(file.md5) ? 'dvc gc --workspace takes it' : 'every dvc gc takes it';
      return finding('gc-risk', subject, `no pointer of the work tree names ${file.md5}: ${scope}`);
    });
}

/** A pointer to a folder names the files that its list has. */
async function expand(workspace: Workspace, digests: ReadonlySet<string>): Promise<ReadonlySet<string>> {
  const all = new Set(digests);
  for (const digest of digests) {
    const md5 = digest.replace(/\.dir$/, '');
    if (md5 === digest || !isMd5(md5)) continue;
    for (const member of await (await workspace.weights()).trackedFolder(md5)) all.add(member);
  }
  return all;
}
