/** Signatures of events, by the verifier's own keys (format §6.7). */
import type { ObjectId } from '../domain/digest.ts';

/**
 * What a signature is worth. `good`: made by a key that the verifier gives that address. `not-theirs`: by another key, or
 * broken. `unknown`: there is one, and the verifier has pinned nothing by which to judge it.
 */
export type SignatureWorth = 'good' | 'unsigned' | 'not-theirs' | 'unknown';

/** Judges signatures. What decides is the verifier's configuration, never a file that the repository brings. */
export interface Signatures {
  /** Judges the signature of a commit against the address that must have made it. */
  judge(commit: ObjectId, address: string): Promise<SignatureWorth>;
}
