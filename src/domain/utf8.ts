/** UTF-8 as the format wants it: strict both ways, no normalisation, a byte-order mark is a character like any other. */

const ENCODER = new TextEncoder();
const STRICT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const LENIENT = new TextDecoder('utf-8', { ignoreBOM: true });

/** Returns the UTF-8 bytes of a text. The text must be well formed: lone surrogates become U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  return ENCODER.encode(text);
}

/** Returns the text of strict UTF-8, or undefined (overlong forms, encoded surrogates, cut sequences). */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return STRICT.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Returns the text with U+FFFD for what is not UTF-8. For messages only. */
export function decodeUtf8Loosely(bytes: Uint8Array): string {
  return LENIENT.decode(bytes);
}

/** Tells whether a text has no lone surrogate, so that it has UTF-8 bytes of its own. */
export function isWellFormed(text: string): boolean {
  // With the `u` flag a surrogate pair is one code point; only a lone half has the property.
  return !/\p{Surrogate}/u.test(text);
}

/** Returns the number of UTF-8 bytes of a well-formed text. */
export function utf8Length(text: string): number {
  return encodeUtf8(text).length;
}
