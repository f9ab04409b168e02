/** One event commit in git's output: the format that asks for it and the decoder of what comes. */
import type { ObjectId } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
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

/** The fault of a commit that is not UTF-8 or has an encoding header (format §6.1). */
export function corruptEvent(commit: string): RegistryError {
  return new RegistryError('corrupt-event', `event commit ${commit}: expected UTF-8 without an encoding header`, {
    data: { commit },
  });
}
