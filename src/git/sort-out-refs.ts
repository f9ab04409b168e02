/** What a listing of ref names is in terms of format §5. */
import type { RefKey } from '../domain/ref-key.ts';
import type { OddRef, RefEntry, RefFilter, RefListing } from '../ports/ref-store.ts';
import type { RawRef } from './packed-refs.ts';
import { parseRefName, rememberingDecoder } from './ref-names.ts';

/** Parts what was read into refs of format §5 and odd ones; refs of another model than was asked for are neither. */
export function sortOut(raw: readonly RawRef[], filter: RefFilter): RefListing {
  const refs: RefEntry[] = [];
  const odd: OddRef[] = [];
  const decode = rememberingDecoder();
  for (const { name, id } of raw) {
    const key = parseRefName(name, decode);
    if (key === undefined) odd.push({ name: Buffer.from(name, 'latin1').toString(), id });
    else if (isAskedFor(key, filter)) refs.push({ key, id });
  }
  return { refs, odd };
}

function isAskedFor(key: RefKey, filter: RefFilter): boolean {
  return !('model' in filter) || filter.model === undefined || ('model' in key && key.model === filter.model);
}
