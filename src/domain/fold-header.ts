/** The first line of a cached fold, and its version lines: what `resolve` reads without the rest (see `state-text.ts`). */
import type { ObjectId, Sha256 } from './digest.ts';
import type { ModelState, VersionState } from './state.ts';

/** Raised when the fold or this text changes: older caches are then ignored. */
export const FOLD_VERSION = 4;

/** What a line holds: an approval, an entry, an event's id, a version, or an event without effect. */
export type FoldLetter = 'a' | 'e' | 'i' | 'v' | 'x';

/** Where the lines of a letter are, behind the header line, in UTF-8 bytes. */
export interface FoldSection {
  readonly lines: number;
  readonly start: number;
  readonly bytes: number;
}

/** The first line. Holds all that is small, and the length of the rest, so that a torn file is noticed. */
export interface FoldHeader {
  readonly fold: typeof FOLD_VERSION;
  readonly tip: ObjectId;
  /** Null where the text holds all of the state; else the tip of the text that holds what did not change since. */
  readonly on: ObjectId | null;
  /** Length of everything behind the header line, in UTF-8 bytes. */
  readonly bytes: number;
  readonly sections: Readonly<Record<FoldLetter, FoldSection>>;
  readonly slots: Readonly<Record<string, Sha256>>;
  readonly state: Omit<
    ModelState,
    'entries' | 'versions' | 'slots' | 'occupants' | 'aliases' | 'endpoints' | 'approvals' | 'ids' | 'ineffective'
  >;
  readonly occupants: Readonly<Record<string, readonly Sha256[]>>;
  readonly aliases: Readonly<Record<string, Sha256>>;
  /** Pairs: an endpoint is any text, `__proto__` too. */
  readonly endpoints: readonly (readonly [string, Sha256])[];
}

/** What a version line holds: enough to resolve without the entry's own line. */
export interface VersionLine extends VersionState {
  readonly tombstoned?: true;
}

/** Decodes the header line; undefined when it is of another fold version or no header. */
export function decodeHeader(line: string): FoldHeader | undefined {
  try {
    const header = JSON.parse(line) as FoldHeader;
    return header.fold === FOLD_VERSION ? header : undefined;
  } catch {
    return undefined;
  }
}
