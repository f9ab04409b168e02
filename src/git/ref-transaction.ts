/** One `git update-ref --stdin` transaction: what goes in, and what its failures mean. */
import type { ObjectId } from '../domain/digest.ts';
import type { GitResult } from './git-runner.ts';

/** A change of one named ref; `null` means: does not exist. */
export interface NamedUpdate {
  readonly name: string;
  readonly old: ObjectId | null;
  readonly next: ObjectId | null;
}

/** What git made of a transaction. */
export type TransactionEnd =
  | { readonly kind: 'applied' }
  /** An expected value did not hold, or a name stands in the way of another: nothing changed. */
  | { readonly kind: 'moved'; readonly message: string }
  /** Somebody holds a lock file: nothing changed. */
  | { readonly kind: 'locked'; readonly message: string; readonly lockFile: string | undefined }
  /** Anything else. `prepared`: it broke off while it was moving refs, some of which may have moved. */
  | { readonly kind: 'failed'; readonly prepared: boolean };

/** Returns the input of `update-ref --stdin -z`, in the given order (the files backend commits in queue order). */
export function encodeTransaction(updates: readonly NamedUpdate[], objectFormat: 'sha1' | 'sha256'): string {
  const absent = '0'.repeat(objectFormat === 'sha256' ? 64 : 40);
  const commands = updates.map((update) => encodeUpdate(update, absent));
  return ['start', ...commands, 'prepare', 'commit', ''].join('\0');
}

function encodeUpdate({ name, old, next }: NamedUpdate, absent: string): string {
  if (old === next) return `verify ${name}\0${old ?? absent}`;
  if (old === null) return `create ${name}\0${next}`;
  return next === null ? `delete ${name}\0${old}` : `update ${name}\0${next}\0${old}`;
}

const STALE = [
  /is at [0-9a-f]+ but expected [0-9a-f]+/,
  /reference already exists/,
  /reference is missing but expected/,
  /unable to resolve reference '[^']*'$/m,
  /'[^']*' exists; cannot create '[^']*'/,
];
/** A folder can vanish under a lock file that is being made when another process packs the last ref in it. */
const LOCKED =
  /Unable to create '([^'\n]*\.lock)': (?:File exists|No such file or directory)|cannot lock references|there is a non-empty directory/;

/** Reads how a transaction ended. Sentences are git's under LC_ALL=C. */
export function decodeTransaction({ exitCode, stdout, stderr }: GitResult): TransactionEnd {
  if (exitCode === 0) return { kind: 'applied' };
  if (stdout.includes('prepare: ok')) return { kind: 'failed', prepared: true };
  const message = stderr.split('\n', 1)[0]?.replace(/^fatal: (?:prepare: )?/, '') ?? '';
  if (STALE.some((pattern) => pattern.test(stderr))) return { kind: 'moved', message };
  const locked = LOCKED.exec(stderr);
  if (locked !== null) return { kind: 'locked', message, lockFile: locked[1] };
  return { kind: 'failed', prepared: false };
}
