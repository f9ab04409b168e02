/** The gate in front of the JSON grammar: size, byte-order mark, encoding and depth, in that order (format §2.2). */
import { type JsonPlace, jsonError, placeOf } from './json-fault.ts';
import { decodeUtf8, decodeUtf8Loosely, encodeUtf8 } from './utf8.ts';

/** Largest JSON file: 64 MiB. */
export const MAX_JSON_BYTES: number = 64 * 1024 * 1024;

/** Most brackets that may be open at a time. */
export const MAX_JSON_DEPTH = 512;

const QUOTE = 0x22;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

const START: JsonPlace = { line: 1, column: 1 };

/** Returns the text of a JSON file whose size and depth are within bounds. Throws `bad-json`. */
export function readJsonText(bytes: Uint8Array, file: string): string {
  if (bytes.length > MAX_JSON_BYTES) {
    throw jsonError('too-large', file, START, `expected at most ${MAX_JSON_BYTES} bytes, got ${bytes.length}`);
  }
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    throw jsonError('byte-order-mark', file, START, 'expected JSON from the first byte, got a byte-order mark');
  }
  const text = decodeUtf8(bytes);
  if (text === undefined) throw jsonError('not-utf-8', file, placeOfInvalid(bytes), 'expected UTF-8, got other bytes');
  const tooDeep = findTooDeep(text);
  if (tooDeep === undefined) return text;
  throw jsonError('too-deep', file, placeOf(text, tooDeep), `expected at most ${MAX_JSON_DEPTH} open brackets`);
}

/** Returns the offset of the bracket that opens one level too many, not counting those in strings; else undefined. */
export function findTooDeep(text: string): number | undefined {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) inString = !inString;
    else if (inString) at += unit === BACKSLASH ? 1 : 0;
    else if (unit === OPEN_BRACKET || unit === OPEN_BRACE) depth += 1;
    else if (unit === CLOSE_BRACKET || unit === CLOSE_BRACE) depth -= 1;
    if (depth > MAX_JSON_DEPTH) return at;
  }
  return undefined;
}

/** Finds the first bytes that are not UTF-8: there a decoder's U+FFFD no longer encodes to what was read. */
function placeOfInvalid(bytes: Uint8Array): JsonPlace {
  const again = encodeUtf8(decodeUtf8Loosely(bytes));
  const offset = bytes.findIndex((byte, at) => byte !== again[at]);
  const before = decodeUtf8Loosely(bytes.subarray(0, offset));
  return placeOf(before, before.length);
}
