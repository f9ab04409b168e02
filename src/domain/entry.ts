/** An entry as git objects (format §4): blobs, trees and the commit, with ids that any clone arrives at. */
import type { ObjectId } from './digest.ts';
import { entryCommitBody, entryDepth } from './entry-commit.ts';
import { type EntryTreeItem, entryTreePaths, planTree } from './entry-tree.ts';
import { RegistryError } from './errors.ts';
import type { HashObject, NewObject } from './git-object.ts';
import { encodeManifest, type Manifest } from './manifest.ts';
import { pointerText } from './pointer.ts';
import { encodeUtf8 } from './utf8.ts';

export {
  depthOfEntryCommit,
  entryCommitBody,
  entryDepth,
  parseEntryMessage,
} from './entry-commit.ts';
export { entryTreePaths } from './entry-tree.ts';

/** What an entry is planned from. */
export interface EntryRequest {
  readonly manifest: Manifest;
  /** Stored bytes of every git-stored file, by bundle path. */
  readonly gitFiles: ReadonlyMap<string, Uint8Array>;
  /** The manifest's parents, then its inputs, as they are in this repository. */
  readonly parentCommits: readonly { readonly commit: ObjectId; readonly depth: number }[];
  readonly hash: HashObject;
}

/** The objects of an entry. */
export interface EntryPlan {
  /** Every object once: blobs, then trees, then the commit. */
  readonly objects: readonly NewObject[];
  readonly tree: ObjectId;
  readonly commit: ObjectId;
  readonly depth: number;
}

/** Plans all objects of an entry. Throws `bug` where a git-stored file has no bytes, or a parent no commit. */
export function planEntry({ manifest, gitFiles, parentCommits, hash }: EntryRequest): EntryPlan {
  const ancestors = manifest.parents.length + manifest.inputs.length;
  if (parentCommits.length !== ancestors) {
    throw new RegistryError('bug', `entry: expected ${ancestors} parent commits, got ${parentCommits.length}`);
  }
  const blobs = Array.from(entryTreePaths(manifest), ([path, item]) => {
    const body = bodyOf(item, manifest, gitFiles);
    return { path, object: { type: 'blob', id: hash('blob', body), body } satisfies NewObject };
  });
  const { objects: trees, tree } = planTree(new Map(blobs.map(({ path, object }) => [path, object.id])), hash);
  const depth = entryDepth(parentCommits.map((parent) => parent.depth));
  const body = entryCommitBody({ manifest, tree, parents: parentCommits.map(({ commit }) => commit), depth });
  const commit: NewObject = { type: 'commit', id: hash('commit', body), body };
  const all = [...blobs.map(({ object }) => object), ...trees, commit];
  return { objects: [...new Map(all.map((object) => [object.id, object])).values()], tree, commit: commit.id, depth };
}

function bodyOf(item: EntryTreeItem, manifest: Manifest, gitFiles: ReadonlyMap<string, Uint8Array>): Uint8Array {
  if (item.kind === 'manifest') return encodeUtf8(encodeManifest(manifest));
  if (item.kind === 'pointer') return encodeUtf8(pointerText(item.file));
  const body = gitFiles.get(item.file.path);
  if (body?.length === item.file.bytes) return body;
  throw new RegistryError('bug', `entry: expected ${item.file.bytes} bytes of ${item.file.path}, got ${body?.length}`);
}
