/** Commits a DVC pointer to all weights of the registry to a branch: what protects them from `dvc gc --all-commits`. */
import type { ObjectId } from '../domain/digest.ts';
import { planTree } from '../domain/entry-tree.ts';
import { RegistryError } from '../domain/errors.ts';
import { encodeCommit, type NewObject } from '../domain/git-object.ts';
import { keepPointerText } from '../domain/keep-pointer.ts';
import type { Manifest } from '../domain/manifest.ts';
import { encodeUtf8 } from '../domain/utf8.ts';
import { readManifest } from './read-entry.ts';
import { findModels } from './read-model.ts';
import { weightsObjects } from './weights-objects.ts';
import type { Workspace } from './workspace.ts';

/** What was kept. */
export interface KeepResult {
  readonly branch: string;
  /** The commit that the branch has now; null where there is nothing to keep and no branch. */
  readonly commit: ObjectId | null;
  /** False when the branch said so already. */
  readonly created: boolean;
  readonly objects: number;
  readonly entries: number;
}

/** The one file of the branch. */
const POINTER = 'registry-keep.dvc';

/**
 * Keeps the weights of every entry that has no tombstone and is no expired candidate. Throws `usage` for the branch that is
 * checked out or is none, `no-identity`, `contended` where somebody else moves the branch.
 */
export async function keep(workspace: Workspace, input: { readonly branch: string }): Promise<KeepResult> {
  const { branch } = input;
  const manifests = await keptManifests(workspace);
  const objects = weightsObjects(manifests).map(({ file }) => file);
  const counts = { branch, objects: objects.length, entries: manifests.length };
  const tip = await workspace.repository.branch(branch);
  if (objects.length === 0) return { ...counts, commit: tip?.commit ?? null, created: false };
  const head = workspace.repository.isBare ? undefined : await workspace.repository.head();
  if (head?.branch === branch) {
    throw new RegistryError('usage', `${branch}: expected a branch that is not checked out`, { data: { branch } });
  }
  const body = encodeUtf8(keepPointerText(objects));
  const blob: NewObject = { type: 'blob', id: workspace.hash('blob', body), body };
  const planned = planTree(new Map([[POINTER, blob.id]]), workspace.hash);
  if (tip?.tree === planned.tree) return { ...counts, commit: tip.commit, created: false };
  const commit = await planCommit(workspace, planned.tree, tip?.commit, counts);
  await workspace.objects.write([blob, ...planned.objects, commit]);
  await workspace.repository.moveBranch(branch, { old: tip?.commit, next: commit.id });
  return { ...counts, commit: commit.id, created: true };
}

async function keptManifests(workspace: Workspace): Promise<readonly Manifest[]> {
  const manifests = new Map<string, Manifest>();
  for await (const { state } of findModels(workspace, await workspace.log.models())) {
    for (const entry of state.entries.values()) {
      if (entry.tombstone !== undefined || entry.status === 'expired' || manifests.has(entry.sha256)) continue;
      manifests.set(entry.sha256, await readManifest(workspace, entry));
    }
  }
  return [...manifests.values()];
}

async function planCommit(
  workspace: Workspace,
  tree: ObjectId,
  parent: ObjectId | undefined,
  { objects, entries }: Pick<KeepResult, 'objects' | 'entries'>,
): Promise<NewObject> {
  const { name, email } = await workspace.settings.identity();
  const signature = `${name} <${email}> ${Math.floor(workspace.clock.now() / 1000)} +0000`;
  const message = `keep ${objects} weights files of ${entries} entries\n`;
  const parents = parent === undefined ? [] : [parent];
  const body = encodeCommit({ tree, parents, author: signature, committer: signature, message });
  return { type: 'commit', id: workspace.hash('commit', body), body };
}
