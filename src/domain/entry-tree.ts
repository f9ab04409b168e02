/** Trees of an entry (format §4.2): which paths it has, and the objects that hold them. */
import { compareCodePoints } from './code-point-order.ts';
import type { ObjectId } from './digest.ts';
import { encodeTree, type HashObject, type NewObject, type NewTreeEntry } from './git-object.ts';
import type { CacheFile, GitFile, Manifest } from './manifest.ts';

/** What stands at a path of an entry's tree. */
export type EntryTreeItem =
  | { readonly kind: 'manifest' }
  | { readonly kind: 'file'; readonly file: GitFile }
  | { readonly kind: 'pointer'; readonly file: CacheFile };

/** Returns every blob that an entry's tree must have, by its path, and no other; in the order of the manifest. */
export function entryTreePaths(manifest: Manifest): ReadonlyMap<string, EntryTreeItem> {
  const paths = new Map<string, EntryTreeItem>([['manifest.json', { kind: 'manifest' }]]);
  for (const file of manifest.files) {
    if (file.store === 'git') paths.set(`bundle/${file.path}`, { kind: 'file', file });
    else paths.set(`bundle/${file.path}.dvc`, { kind: 'pointer', file });
  }
  return paths;
}

/** Trees that hold blobs at given paths. */
export interface PlannedTree {
  /** All trees, each behind those it holds. */
  readonly objects: readonly NewObject[];
  /** Id of the root. */
  readonly tree: ObjectId;
}

/** Returns the trees that hold regular files at the given paths (`/`-separated). */
export function planTree(blobs: ReadonlyMap<string, ObjectId>, hash: HashObject): PlannedTree {
  const files: NewTreeEntry[] = [];
  const folders = new Map<string, Map<string, ObjectId>>();
  for (const [path, id] of blobs) {
    const slash = path.indexOf('/');
    if (slash === -1) {
      files.push({ mode: '100644', name: path, id });
    } else {
      const folder = folders.get(path.slice(0, slash)) ?? new Map<string, ObjectId>();
      folders.set(path.slice(0, slash), folder.set(path.slice(slash + 1), id));
    }
  }
  const sorted = [...folders].sort(([a], [b]) => compareCodePoints(a, b));
  const inner = sorted.map(([name, content]) => ({ name, planned: planTree(content, hash) }));
  const trees = inner.map(({ name, planned }): NewTreeEntry => ({ mode: '40000', name, id: planned.tree }));
  const body = encodeTree([...files, ...trees]);
  const tree = hash('tree', body);
  return { objects: [...inner.flatMap(({ planned }) => planned.objects), { type: 'tree', id: tree, body }], tree };
}
