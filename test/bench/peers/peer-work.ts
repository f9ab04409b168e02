/** What a peer brings to a comparison. */
import type { Variant } from '../measure.ts';

/** Work that several tools do alike; our own is the one that the others are divided by. */
export type PeerWork = 'resolve' | 'list' | 'show' | 'register' | 'lineage' | 'add';

/** One tool, and how it does each work; what it has no way to do it leaves out. */
export interface Peer {
  readonly name: string;
  readonly version: string;
  readonly work: Readonly<Partial<Record<PeerWork, Variant & { readonly typed: string }>>>;
}
