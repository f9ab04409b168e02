/**
 * Canonical JSON (format §2): the bytes that Python's `json.dumps(json.loads(text), sort_keys=True,
 * separators=(",", ":"), ensure_ascii=False)` prints, so that anyone can recompute an identity with a standard library.
 */
import { CANONICAL_TEXT, type CanonicalText, joinCanonicalText } from './canonical-text.ts';
import { type JsonBuilder, scanJson } from './json-scanner.ts';
import { readJsonText } from './json-text.ts';
import { encodeUtf8 } from './utf8.ts';

/** A JSON value that keeps what JavaScript's numbers and objects would lose. */
export type JsonValue = null | boolean | string | JsonNumber | readonly JsonValue[] | JsonObject;

/** A number by its canonical spelling: `1` and `1.0` differ, and integers keep every digit. */
export interface JsonNumber {
  readonly kind: 'number';
  readonly text: string;
}

/** An object by its unescaped keys; `__proto__` is a key like any other. */
export type JsonObject = ReadonlyMap<string, JsonValue>;

const VALUES: JsonBuilder<JsonValue> = {
  literal: (value) => value,
  string: (value) => value,
  number: (text) => ({ kind: 'number', text }),
  array: (items) => items,
  object: (members) => members,
};

/**
 * Reads strict JSON. Throws `bad-json` with data `{fault, file, line, column}` for what format §2.2 refuses.
 * `file` names the source in messages.
 */
export function parseJson(bytes: Uint8Array, file: string): JsonValue {
  return scanJson(readJsonText(bytes, file), file, VALUES);
}

/** Returns the canonical text of a value. Its strings must be well formed, its numbers spelled canonically. */
export function encodeJson(value: JsonValue): string {
  return joinCanonicalText(textOf(value));
}

/** Returns the canonical bytes of a JSON file, as `encodeJson(parseJson(...))` would. Throws `bad-json`. */
export function canonicalize(bytes: Uint8Array, file: string): Uint8Array {
  return encodeUtf8(joinCanonicalText(scanJson(readJsonText(bytes, file), file, CANONICAL_TEXT)));
}

function textOf(value: JsonValue): CanonicalText {
  if (value === null || typeof value === 'boolean') return CANONICAL_TEXT.literal(value);
  if (typeof value === 'string') return CANONICAL_TEXT.string(value);
  if (isJsonArray(value)) return CANONICAL_TEXT.array(value.map(textOf));
  if (isJsonObject(value))
    return CANONICAL_TEXT.object(new Map(Array.from(value, ([key, member]) => [key, textOf(member)])));
  return CANONICAL_TEXT.number(value.text);
}

/** Tells whether a value is an array. */
export function isJsonArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** Tells whether a value is an object. */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return value instanceof Map;
}

/** Tells whether a value is a number. */
export function isJsonNumber(value: JsonValue | undefined): value is JsonNumber {
  return typeof value === 'object' && value !== null && 'kind' in value;
}
