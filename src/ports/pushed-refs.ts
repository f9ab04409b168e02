/** What a server's hooks see of a push: the names of its refs, and the verdicts that one hook leaves to the other. */
import type { ObjectId } from '../domain/digest.ts';
import type { RefKey } from '../domain/ref-key.ts';

/**
 * What a pushed name is to a registry: a ref of format §5; a name under refs/registry/ that is none (`unknown`); one of the
 * namespaces that only a clone writes (`local`, refs/registry-*); a replacement (`replace`); or nothing of ours.
 */
export type PushedName =
  | { readonly kind: 'registry'; readonly key: RefKey }
  | { readonly kind: 'unknown' | 'local' | 'replace' | 'other' };

/** A ref of a push that was accepted on the condition that some logs stand where the same push found or puts them. */
export interface AcceptedRef {
  /** As pushed, one character a byte. */
  readonly name: string;
  readonly old: ObjectId | null;
  readonly next: ObjectId | null;
  readonly logs: readonly { readonly name: string; readonly old: ObjectId | null; readonly next: ObjectId }[];
}

/** Names of a push, and its verdicts. */
export interface PushedRefs {
  classify(name: string): PushedName;
  /** Leaves verdicts for the `update` hook of the same push, in place of any older ones under this name. Old pushes' go. */
  record(push: string, accepted: readonly AcceptedRef[]): Promise<void>;
}
