/** The first line of a cached fold, and its version lines: what `resolve` reads without the rest (see `state-text.ts`). */
import type { ObjectId, Sha256 } from './digest.ts';
import type { ModelState, VersionState } from './state.ts';
import type { Version } from './version.ts';

/** Raised when the fold or this text changes: older caches are then ignored. */
export const FOLD_VERSION = 2;

/** The first line. Holds all that is small, and the length of the rest, so that a torn file is noticed. */
export interface FoldHeader {
  readonly fold: typeof FOLD_VERSION;
  readonly tip: ObjectId;
  /** Length of everything behind the header line, in UTF-8 bytes. */
  readonly bytes: number;
  readonly latest: Version | null;
  readonly slots: Readonly<Record<string, Sha256>>;
  readonly state: Omit<
    ModelState,
    'entries' | 'versions' | 'slots' | 'occupants' | 'aliases' | 'approvals' | 'ids' | 'ineffective'
  >;
  readonly occupants: Readonly<Record<string, readonly Sha256[]>>;
  readonly aliases: Readonly<Record<string, Sha256>>;
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
