/** One event commit as git prints it, with the format that asks for that, and as git stores it. */
import type { ObjectId } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import { type DecodedCommit, decodeCommit } from '../domain/git-object.ts';
import { decodeUtf8, decodeUtf8Loosely } from '../domain/utf8.ts';
import type { EventCommit } from '../ports/event-log.ts';

/** Id, tree, parents, author's name, email and time, committer's time, encoding header, message; no mailmap, no notes. */
const PLACEHOLDERS = ['%H', '%T', '%P', '%an', '%ae', '%ad', '%cd', '%e', '%B'];

/** What `--format=` asks for: each field ends in a NUL, at which git itself takes a commit's text to end. */
export const EVENT_FORMAT: string = PLACEHOLDERS.map((placeholder) => `${placeholder}%x00`).join('');

/** Number of fields of a row. */
export const EVENT_FIELDS: number = PLACEHOLDERS.length;

/** Decodes a row. Throws `corrupt-event`, data `{commit}`, where the commit is not UTF-8 or has an encoding header. */
export function decodeEventCommit(row: readonly Buffer[]): EventCommit {
  const [id = '', tree = '', parents = '', name = '', email = '', authorTime = '', committerTime = '', encoding = ''] =
    row.map(decodeUtf8Loosely);
  const message = decodeUtf8(row[EVENT_FIELDS - 1] ?? new Uint8Array());
  // Git ends a row with a line feed, which stands before the next one's id.
  const commit = id.trim();
  if (message === undefined || encoding !== '') throw corruptEvent(commit);
  return {
    id: commit as ObjectId,
    tree: tree as ObjectId,
    parents: parents.split(' ').filter((parent) => parent !== '') as ObjectId[],
    author: { name, email },
    authorTime,
    committerTime,
    message,
  };
}

/** Who and when, in a commit's header. */
const SIGNATURE = /^(.*?) ?<([^>]*)> (\d+ [-+]\d{4})$/s;
/** The same as an event has it; of anything odder git prints its own reading. */
const PLAIN_SIGNATURE = /^[^<>\s]+(?: [^<>\s]+)* <[^<>\s]*> (?:0|[1-9]\d{0,9}) \+0000$/;

/** Decodes the body of a commit object to the same. Throws `corrupt-event` as above, `corrupt-object` for what is no commit. */
export function decodeEventObject(id: ObjectId, body: Uint8Array): EventCommit {
  const decoded = decodeCommitObject(id, body);
  if (decoded.encoding !== undefined) throw corruptEvent(id);
  return eventOf(id, decoded);
}

/**
 * Decodes the body of a commit object where that cannot be another reading than the one that git prints: undefined where it
 * might be (a NUL ends a message in print), or where it is no event commit.
 */
export function decodePlainEvent(id: ObjectId, body: Uint8Array): EventCommit | undefined {
  if (body.includes(0)) return undefined;
  try {
    const decoded = decodeCommit(body);
    const isPlain = [decoded.author, decoded.committer].every((text) => PLAIN_SIGNATURE.test(text));
    return isPlain && decoded.encoding === undefined ? eventOf(id, decoded) : undefined;
  } catch (error) {
    if (error instanceof RegistryError) return undefined;
    throw error;
  }
}

function eventOf(id: ObjectId, { tree, parents, author, committer, message }: DecodedCommit): EventCommit {
  const [, name = '', email = '', authorTime = ''] = SIGNATURE.exec(author) ?? [];
  const [, , , committerTime = ''] = SIGNATURE.exec(committer) ?? [];
  return { id, tree, parents, author: { name, email }, authorTime, committerTime, message };
}

/** Decodes the body of any commit. Throws as above for what is not UTF-8, or no commit. */
export function decodeCommitObject(id: ObjectId, body: Uint8Array): DecodedCommit {
  try {
    return decodeCommit(body);
  } catch (cause) {
    if (cause instanceof RegistryError && cause.data['reason'] === 'not-utf-8') throw corruptEvent(id);
    throw cause;
  }
}

/** The fault of a commit that is not UTF-8 or has an encoding header (format §6.1). */
function corruptEvent(commit: string): RegistryError {
  return new RegistryError('corrupt-event', `event commit ${commit}: expected UTF-8 without an encoding header`, {
    data: { commit },
  });
}
