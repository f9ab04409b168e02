import { expect, test } from 'vitest';
import { compareCodePoints, isStrictlyAscending } from '../../../src/domain/code-point-order.ts';
import { decodeUtf8, decodeUtf8Loosely, encodeUtf8, isWellFormed, utf8Length } from '../../../src/domain/utf8.ts';

test.each(['', 'a', 'é', '\u0800', '\uffff', '😀', '\u{10ffff}', '\0', '\ufeffx'])('%j survives', (text) => {
  expect(decodeUtf8(encodeUtf8(text))).toBe(text);
  expect(decodeUtf8Loosely(encodeUtf8(text))).toBe(text);
  expect(utf8Length(text)).toBe(Buffer.byteLength(text));
  expect(isWellFormed(text)).toBe(true);
});

test.each([
  ['a stray byte', [0xff]],
  ['a continuation alone', [0x80]],
  ['an overlong form', [0xc0, 0x80]],
  ['a surrogate', [0xed, 0xa0, 0x80]],
  ['more than U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
  ['a cut sequence', [0x61, 0xe2, 0x82]],
])('%s is no UTF-8', (_, bytes) => {
  expect(decodeUtf8(new Uint8Array(bytes))).toBeUndefined();
  expect(decodeUtf8Loosely(new Uint8Array(bytes))).toContain('\ufffd');
});

test.each(['\ud800', '\udc00', 'a\udbffb', '\udc00\ud800'])('%j is not well formed', (text) => {
  expect(isWellFormed(text)).toBe(false);
});

test('texts are ordered as their UTF-8 bytes are', () => {
  const texts = ['', 'a', 'a\0', 'aa', 'b', 'é', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10000}a', '\u{10ffff}'];
  for (const a of texts) {
    for (const b of texts)
      expect(Math.sign(compareCodePoints(a, b))).toBe(Buffer.compare(encodeUtf8(a), encodeUtf8(b)));
  }
  expect(isStrictlyAscending(texts)).toBe(true);
  expect(isStrictlyAscending(['a', 'a'])).toBe(false);
  expect(isStrictlyAscending(['b', 'a'])).toBe(false);
  expect(isStrictlyAscending([])).toBe(true);
});
