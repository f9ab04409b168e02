/** Files of evidence in the tree of an event's commit (format §6.1). */
import type { ObjectId, Sha256 } from './digest.ts';
import { encodeTree, type HashObject, type NewObject } from './git-object.ts';

/** A file of evidence: at most 1 MiB, named by its digest. */
export interface EvidenceFile {
  readonly sha256: Sha256;
  readonly bytes: Uint8Array;
}

/** Largest file of evidence, in bytes (format §6.1). */
export const MAX_EVIDENCE_BYTES = 1_048_576;

/** Most files of evidence of one event (format §6.1). */
export const MAX_EVIDENCE_FILES = 64;

/** Returns the tree of an event's commit, and the objects that it takes; without evidence it is empty. */
export function evidenceTree(
  hash: HashObject,
  files: readonly EvidenceFile[],
): { readonly tree: ObjectId; readonly objects: readonly NewObject[] } {
  if (files.length === 0) return { tree: hash('tree', new Uint8Array()), objects: [] };
  const objects: NewObject[] = [];
  const made = (type: 'blob' | 'tree', body: Uint8Array): ObjectId => {
    const id = hash(type, body);
    objects.push({ type, id, body });
    return id;
  };
  const byDigest = new Map(files.map((file) => [file.sha256, file.bytes]));
  const blobs = [...byDigest].map(([name, bytes]) => ({ mode: '100644' as const, name, id: made('blob', bytes) }));
  const folder = made('tree', encodeTree(blobs.sort((a, b) => (a.name < b.name ? -1 : 1))));
  return { tree: made('tree', encodeTree([{ mode: '40000', name: 'evidence', id: folder }])), objects };
}
