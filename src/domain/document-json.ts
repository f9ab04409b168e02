/**
 * The registry's own documents as plain JavaScript values (format §2.3): strings, booleans, null, arrays, objects with
 * ASCII keys, safe integers. Their canonical form is what JSON.stringify prints with sorted keys, which makes reading a
 * log of many events cheap; whatever JSON.stringify cannot vouch for goes to the strict parser.
 */
import {
  encodeJson,
  isJsonArray,
  isJsonNumber,
  isJsonObject,
  type JsonNumber,
  type JsonValue,
  parseJson,
} from './canonical-json.ts';
import { RegistryError } from './errors.ts';
import { findTooDeep, MAX_JSON_DEPTH } from './json-text.ts';
import { encodeUtf8, isWellFormed } from './utf8.ts';

/** A document to encode. Undefined members are left out. */
export type Document =
  | null
  | boolean
  | string
  | number
  | readonly Document[]
  | { readonly [key: string]: Document | undefined };

/** A number that JavaScript cannot hold as a safe integer: found only in members this program does not know. */
export class ForeignNumber implements JsonNumber {
  readonly kind = 'number';
  /** Its canonical spelling. */
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

const ASCII = /^\p{ASCII}*$/u;

/** Texts of more UTF-16 units go to the strict parser. So many are within its limit even at three bytes each. */
const FAST_UNITS = 16 * 1024 * 1024;

/**
 * Returns the canonical text of a document. Throws `bug` for what format §2.3 does not allow: other numbers than safe
 * integers, keys beyond ASCII, lone surrogates, more than 512 levels, values that are no document.
 */
export function encodeDocument(value: Document): string {
  return encodeValue(value, 0);
}

/**
 * Returns the plain value of a text that is canonical (format §2.1), else undefined. Numbers that are no safe integers,
 * which only unknown members hold, come as {@link ForeignNumber}, so that `1.0` is never taken for 1.
 */
export function decodeDocument(text: string): unknown {
  if (text.length > FAST_UNITS) return decodeStrictly(text);
  // A level takes two units, so a short text cannot nest too deep for JSON.stringify.
  if (text.length > 2 * MAX_JSON_DEPTH && findTooDeep(text) !== undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  // JSON.stringify keeps a lone surrogate as an escape; in canonical text no such escape is left.
  const isCanonical = JSON.stringify(value) === text && !text.includes('\\ud') && isOwnForm(value);
  return isCanonical ? value : decodeStrictly(text);
}

/** Tells whether keys are ASCII in ascending order and numbers safe integers, all the way down. */
function isOwnForm(value: unknown): boolean {
  if (typeof value === 'number') return Number.isSafeInteger(value);
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isOwnForm);
  const members = value as Readonly<Record<string, unknown>>;
  let previous: string | undefined;
  for (const key of Object.keys(members)) {
    // ASCII sorts the same by UTF-16 unit and by code point.
    if (!ASCII.test(key) || (previous !== undefined && previous > key) || !isOwnForm(members[key])) return false;
    previous = key;
  }
  return true;
}

function decodeStrictly(text: string): unknown {
  try {
    const value = parseJson(encodeUtf8(text), 'document');
    return encodeJson(value) === text ? plainValue(value) : undefined;
  } catch (error) {
    if (error instanceof RegistryError && error.code === 'bad-json') return undefined;
    throw error;
  }
}

function plainValue(value: JsonValue): unknown {
  if (isJsonArray(value)) return value.map(plainValue);
  // fromEntries defines `__proto__` as the member it is.
  if (isJsonObject(value)) return Object.fromEntries(Array.from(value, ([key, member]) => [key, plainValue(member)]));
  if (!isJsonNumber(value)) return value;
  const number = Number(value.text);
  return String(number) === value.text && Number.isSafeInteger(number) ? number : new ForeignNumber(value.text);
}

function encodeValue(value: Document | undefined, depth: number): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return encodeInteger(value);
  if (typeof value === 'string') return encodeString(value);
  if (depth === MAX_JSON_DEPTH) throw notDocument('nests too deep');
  if (Array.isArray(value)) return `[${Array.from(value, (item) => encodeValue(item, depth + 1)).join(',')}]`;
  return encodeMembers(membersOf(value), depth + 1);
}

function encodeMembers(members: readonly (readonly [string, Document | undefined])[], depth: number): string {
  const texts = members
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${encodeKey(key)}:${encodeValue(member, depth)}`);
  return `{${texts.join(',')}}`;
}

/** Returns the members of a plain object. A class instance or a function is no document. */
function membersOf(value: unknown): readonly (readonly [string, Document | undefined])[] {
  const prototype: unknown = typeof value === 'object' && value !== null ? Object.getPrototypeOf(value) : undefined;
  if (prototype !== Object.prototype && prototype !== null) throw notDocument(`has a ${typeof value}`);
  return Object.entries(value as Readonly<Record<string, Document | undefined>>);
}

function encodeKey(key: string): string {
  if (!ASCII.test(key)) throw notDocument(`has a key beyond ASCII: ${JSON.stringify(key)}`);
  return JSON.stringify(key);
}

function encodeString(text: string): string {
  if (!isWellFormed(text)) throw notDocument('has half a surrogate pair');
  return JSON.stringify(text);
}

function encodeInteger(value: number): string {
  if (!Number.isSafeInteger(value)) throw notDocument(`has a number that is no safe integer: ${value}`);
  return String(value);
}

function notDocument(why: string): RegistryError {
  return new RegistryError('bug', `document: ${why}`);
}
