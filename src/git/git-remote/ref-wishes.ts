/** Which names of a remote are asked for, and which of its answers are answers to that. */
import { isObjectId } from '../../domain/digest.ts';
import { RegistryError } from '../../domain/errors.ts';
import type { RefWish, RemoteCaps, RemoteTarget } from '../../ports/git-remote.ts';
import type { RefListing } from '../../ports/ref-store.ts';
import type { RawRef } from '../packed-refs.ts';
import { refNameOf, refPrefixOf } from '../ref-names.ts';
import { sortOut } from '../sort-out-refs.ts';

/** Returns the beginning that the wished names have: protocol v2 knows no other filter. */
export function prefixOfWish(wish: RefWish): string {
  return wish.kind === 'ref' ? refNameOf(wish.key) : refPrefixOf(wish.filter);
}

/** Sorts out an answer. What nobody asked for is left out; of a name given twice the last one counts. Throws `remote-too-large`. */
export function answersTo(
  wishes: readonly RefWish[],
  answered: readonly { readonly name: string; readonly id: string }[],
  target: RemoteTarget,
  caps: RemoteCaps,
): RefListing {
  if (answered.length > caps.refs) throw tooManyRefs(target, caps);
  const exact = new Set(wishes.flatMap((wish) => (wish.kind === 'ref' ? [prefixOfWish(wish)] : [])));
  const below = wishes.flatMap((wish) => (wish.kind === 'below' ? [prefixOfWish(wish)] : []));
  const wished = new Map<string, RawRef>();
  for (const { name, id } of answered) {
    const isWished = exact.has(name) || below.some((prefix) => name.startsWith(prefix));
    if (isWished && isObjectId(id)) wished.set(name, { name, id });
  }
  return sortOut([...wished.values()], { kind: 'all' });
}

/** The fault of a listing that no cap allows. */
export function tooManyRefs({ label }: RemoteTarget, { refs }: RemoteCaps): RegistryError {
  return new RegistryError('remote-too-large', `remote ${label}: expected at most ${refs} refs of the registry`, {
    data: { remote: label, refs },
    hint: 'git config registry.maxRemoteRefs NUMBER',
  });
}
