/** Git's object encodings, pure: trees, commits, and objects waiting to be written (format §4.2, §4.4, §6.1). */
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { compareCodePoints, isStrictlyAscending } from './code-point-order.ts';
import { isObjectId, type ObjectId } from './digest.ts';
import { RegistryError } from './errors.ts';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

/** A type of object that the registry writes. */
export type ObjectType = 'blob' | 'tree' | 'commit' | 'tag';

/** An object to write: its raw body without git's header, and its id. */
export interface NewObject {
  readonly type: ObjectType;
  readonly id: ObjectId;
  readonly body: Uint8Array;
}

/** Computes an object's id in a repository's object format. */
export type HashObject = (type: ObjectType, body: Uint8Array) => ObjectId;

/** One name in a tree that is to be written. */
export interface NewTreeEntry {
  /** A regular file, or a tree: the registry writes nothing else. */
  readonly mode: '100644' | '40000';
  readonly name: string;
  readonly id: ObjectId;
}

/** One name in a tree that was read; `mode` can be any that git knows. */
export interface TreeEntry {
  readonly mode: string;
  readonly name: string;
  readonly id: ObjectId;
}

/** Returns a tree's body; entries in any order, no name twice. */
export function encodeTree(entries: readonly NewTreeEntry[]): Uint8Array {
  const sorted = [...entries].sort((a, b) => compareCodePoints(sortKey(a), sortKey(b)));
  return concatBytes(...sorted.flatMap(({ mode, name, id }) => [encodeUtf8(`${mode} ${name}\0`), hexToBytes(id)]));
}

/** Git sorts a folder as if its name ended in a slash. */
function sortKey({ mode, name }: TreeEntry): string {
  return mode === '40000' ? `${name}/` : name;
}

/**
 * Reads a tree's body, in its order. Throws `corrupt-object` with data `{reason}` where it is cut, holds a name that is
 * not UTF-8, or is not in git's order without repeats.
 */
export function decodeTree(body: Uint8Array, format: 'sha1' | 'sha256'): readonly TreeEntry[] {
  const idLength = format === 'sha1' ? 20 : 32;
  const entries: TreeEntry[] = [];
  for (let at = 0; at < body.length; ) {
    const end = body.indexOf(0, at);
    const text = end === -1 ? undefined : decodeUtf8(body.subarray(at, end));
    const [, mode, name] = /^([1-7][0-7]{4,5}) ([^/]+)$/.exec(text ?? '') ?? [];
    at = end + 1 + idLength;
    if (mode === undefined || name === undefined || at > body.length) throw corrupt('tree', 'malformed-entry');
    entries.push({ mode, name, id: bytesToHex(body.subarray(at - idLength, at)) as ObjectId });
  }
  const names = new Set(entries.map(({ name }) => name));
  if (names.size < entries.length || !isStrictlyAscending(entries.map(sortKey)))
    throw corrupt('tree', 'unsorted-entries');
  return entries;
}

/** A commit to be written. */
export interface NewCommit {
  readonly tree: ObjectId;
  readonly parents: readonly ObjectId[];
  /** `NAME <EMAIL> SECONDS ZONE`, as git writes it. */
  readonly author: string;
  readonly committer: string;
  readonly message: string;
}

/** A commit that was read. */
export interface DecodedCommit extends NewCommit {
  /** Value of the `encoding` header. */
  readonly encoding?: string;
  /** Whether it has a signature. */
  readonly isSigned: boolean;
  /** Names of further headers, in order. */
  readonly extraHeaders: readonly string[];
}

/** Returns a commit's body: these headers and no other. */
export function encodeCommit({ tree, parents, author, committer, message }: NewCommit): Uint8Array {
  const headers = [
    `tree ${tree}`,
    ...parents.map((parent) => `parent ${parent}`),
    `author ${author}`,
    `committer ${committer}`,
  ];
  return encodeUtf8(`${headers.join('\n')}\n\n${message}`);
}

/** Reads a commit's body. Throws `corrupt-object` with data `{reason}` for what is not UTF-8 or no commit. */
export function decodeCommit(body: Uint8Array): DecodedCommit {
  const text = decodeUtf8(body);
  if (text === undefined) throw corrupt('commit', 'not-utf-8');
  const end = text.indexOf('\n\n');
  if (end === -1) throw corrupt('commit', 'malformed-headers');
  const headers = splitHeaders(text.slice(0, end));
  const own = ['tree', ...headers.filter(([name]) => name === 'parent').map(() => 'parent'), 'author', 'committer'];
  if (own.some((name, at) => headers[at]?.[0] !== name)) throw corrupt('commit', 'malformed-headers');
  const values = headers.slice(0, own.length).map(([, value]) => value);
  const ids = values.slice(0, -2);
  const [tree, ...parents] = ids.filter(isObjectId);
  if (tree === undefined || parents.length + 1 < ids.length) throw corrupt('commit', 'malformed-headers');
  const [author = '', committer = ''] = values.slice(-2);
  return { tree, parents, author, committer, ...describeRest(headers.slice(own.length)), message: text.slice(end + 2) };
}

/** Splits headers; a line that starts with a space goes on with the one before. */
function splitHeaders(text: string): readonly (readonly [name: string, value: string])[] {
  return text.split(/\n(?! )/).map((header) => {
    const space = header.indexOf(' ');
    return space === -1 ? [header, ''] : [header.slice(0, space), header.slice(space + 1)];
  });
}

function describeRest(
  headers: readonly (readonly [name: string, value: string])[],
): Pick<DecodedCommit, 'encoding' | 'isSigned' | 'extraHeaders'> {
  const names = headers.map(([name]) => name);
  const encoding = headers.find(([name]) => name === 'encoding')?.[1];
  return {
    ...(encoding === undefined ? {} : { encoding }),
    isSigned: names.some((name) => name.startsWith('gpgsig')),
    extraHeaders: names.filter((name) => name !== 'encoding' && !name.startsWith('gpgsig')),
  };
}

function corrupt(type: ObjectType, reason: string): RegistryError {
  return new RegistryError('corrupt-object', `${type}: expected one as git writes it, got ${reason}`, {
    data: { type, reason },
  });
}
