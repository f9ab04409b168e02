import { describe, expect, test } from 'vitest';
import {
  canonicalize,
  encodeJson,
  isJsonArray,
  isJsonNumber,
  isJsonObject,
  type JsonValue,
  parseJson,
} from '../../../src/domain/canonical-json.ts';
import { MAX_JSON_BYTES } from '../../../src/domain/json-text.ts';
import { faultOf } from '../../support/fault-of.ts';
import { fromBase64, readVectors } from '../../support/vectors.ts';

type Vector = { readonly name: string; readonly input_b64: string } & (
  | { readonly canonical_b64: string }
  | { readonly error: string }
);

const vectors = readVectors<Vector>('canonical-json');

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function canonicalText(text: string): string {
  return new TextDecoder().decode(canonicalize(bytesOf(text), 'f.json'));
}

/** Fault, line and column of a text that is refused. */
function refusal(input: string | Uint8Array): string {
  const bytes = typeof input === 'string' ? bytesOf(input) : input;
  const { code, data } = faultOf(() => canonicalize(bytes, 'f.json'));
  expect(code).toBe('bad-json');
  expect(data['file']).toBe('f.json');
  expect(faultOf(() => parseJson(bytes, 'f.json'))).toEqual({ code, data });
  return `${data['fault']} ${data['line']}:${data['column']}`;
}

describe('the vectors of the independent implementation', () => {
  test('are all here', () => {
    expect(vectors).toHaveLength(55);
  });

  test.each(vectors.filter((vector) => 'canonical_b64' in vector))('$name', ({ input_b64, canonical_b64 }) => {
    const input = fromBase64(input_b64);
    expect(canonicalize(input, 'f.json')).toEqual(fromBase64(canonical_b64));
    expect(bytesOf(encodeJson(parseJson(input, 'f.json')))).toEqual(fromBase64(canonical_b64));
  });

  test.each(vectors.filter((vector) => 'error' in vector))('$name', ({ input_b64, error }) => {
    expect(refusal(fromBase64(input_b64))).toMatch(new RegExp(`^${error} `));
  });
});

describe('what is refused says why and where', () => {
  test.each([
    ['B1 a key twice', '{"a":1,\n "a":2}', 'duplicate-key 2:2'],
    ['B2 a key twice after unescaping', String.raw`{"a":1,"\u0061":2}`, 'duplicate-key 1:8'],
    ['B3 half a surrogate pair', String.raw`["é","\ud800"]`, 'lone-surrogate 1:6'],
    ['B3 the other half', String.raw`"\udc00\ud800"`, 'lone-surrogate 1:1'],
    ['B4 bytes that are not UTF-8', new Uint8Array([0x5b, 0x0a, 0x22, 0xff, 0x22, 0x5d]), 'not-utf-8 2:2'],
    ['B4 an overlong form', new Uint8Array([0x22, 0xc0, 0xaf, 0x22]), 'not-utf-8 1:2'],
    ['B4 an encoded surrogate', new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22]), 'not-utf-8 1:2'],
    ['B4 a cut sequence', new Uint8Array([0x22, 0xe2, 0x82]), 'not-utf-8 1:2'],
    ['B4 UTF-16', new Uint8Array([0xff, 0xfe, 0x31, 0x00]), 'not-utf-8 1:1'],
    ['B5 a byte-order mark', '\ufeff{}', 'byte-order-mark 1:1'],
    ['B5 a byte-order mark later on', '{}\ufeff', 'not-json 1:3'],
    ['B6 a NUL after the value', '{}\0', 'not-json 1:3'],
    ['B6 more after the value', '{"a":1}\n{}', 'not-json 2:1'],
    ['B7 an integer of 4,301 digits', `[${'9'.repeat(4301)}]`, 'integer-too-long 1:2'],
    ['B7 a negative one', `[-${'9'.repeat(4301)}]`, 'integer-too-long 1:2'],
    ['B8 a float that overflows', '[0,1e400]', 'non-finite 1:4'],
    ['B8 one that overflows by its digits', `[-${'9'.repeat(310)}.0]`, 'non-finite 1:2'],
    ['B10 NaN', '{"loss":NaN}', 'non-finite 1:9'],
    ['B10 Infinity', '[Infinity]', 'non-finite 1:2'],
    ['B10 -Infinity', '[-Infinity]', 'non-finite 1:2'],
    ['B10 a line comment', '[1]// x', 'not-json 1:4'],
    ['B10 a trailing comma in an object', '{"a":1,}', 'not-json 1:8'],
    ['B10 a trailing comma in an array', '[1,]', 'not-json 1:4'],
    ['B10 single quotes', "{'a':1}", 'not-json 1:2'],
    ['B10 a bare key', '{a:1}', 'not-json 1:2'],
    ['B11 513 open brackets', '['.repeat(513) + ']'.repeat(513), 'too-deep 1:513'],
    ['B11 a million', '['.repeat(1_000_000), 'too-deep 1:513'],
    ['B11 513 of both kinds', `${'[{"a":'.repeat(256)}[`, 'too-deep 1:1537'],
    ['a raw newline in a string', '["a\n"]', 'not-json 1:4'],
    ['an escape that JSON lacks', String.raw`["\x41"]`, 'not-json 1:2'],
    ['an escape of four digits cut short', String.raw`["\u004"]`, 'not-json 1:2'],
    ['an open string', '["abc', 'not-json 1:6'],
    ['an open string that ends in an escape', '"\\', 'not-json 1:3'],
    ['an open array', '[1', 'not-json 1:3'],
    ['an open object', '{"a":1', 'not-json 1:7'],
    ['a missing colon', '{"a" 1}', 'not-json 1:6'],
    ['a missing value', '{"a":}', 'not-json 1:6'],
    ['a missing comma', '[1 2]', 'not-json 1:4'],
    ['the wrong bracket', '[1}', 'not-json 1:3'],
    ['a leading zero', '[01]', 'not-json 1:3'],
    ['a minus alone', '[-]', 'not-json 1:2'],
    ['an exponent without digits', '[1e+]', 'not-json 1:5'],
    ['digits beyond ASCII', '[１]', 'not-json 1:2'],
    ['True', '[True]', 'not-json 1:2'],
    ['a cut word', '[nul]', 'not-json 1:2'],
    ['nothing', '', 'not-json 1:1'],
    ['columns count code points', '["😀", x]', 'not-json 1:7'],
  ])('%s', (_, input, expected) => {
    expect(refusal(input)).toBe(expected);
  });

  test('B12 a file over 64 MiB is refused before it is read', () => {
    expect(refusal(new Uint8Array(MAX_JSON_BYTES + 1))).toBe('too-large 1:1');
  });
});

describe('what is kept', () => {
  test.each([
    ['B7 integers beyond 2^53', '[9007199254740993,-18446744073709551615]', '[9007199254740993,-18446744073709551615]'],
    ['B7 a negative integer of 4,300 digits', `[-${'9'.repeat(4300)}]`, `[-${'9'.repeat(4300)}]`],
    ['B9 floats stay floats', '[-0,-0.0,1.0,1E2,1e-400,-1e-400]', '[0,-0.0,1.0,100.0,0.0,-0.0]'],
    [
      'the ends of exponent form',
      '[1e-4,9.99e-5,9999999999999998.0,1e16]',
      '[0.0001,9.99e-05,9999999999999998.0,1e+16]',
    ],
    ['three exponent digits', '[1.5e300,5e-324,1e-100]', '[1.5e+300,5e-324,1e-100]'],
    ['B11 512 open brackets', '['.repeat(512) + ']'.repeat(512), '['.repeat(512) + ']'.repeat(512)],
    ['brackets in strings open nothing', `["\\"${'['.repeat(600)}"]`, `["\\"${'['.repeat(600)}"]`],
    [
      'nor do those behind an escaped backslash',
      `["\\\\",${'[],'.repeat(600)}"["]`,
      `["\\\\",${'[],'.repeat(600)}"["]`,
    ],
    ['B14 keys that prototypes have', '{"__proto__":{"a":1},"constructor":2}', '{"__proto__":{"a":1},"constructor":2}'],
    ['B17 keys that look like indexes', '{"9":1,"10":2,"1":3}', '{"1":3,"10":2,"9":1}'],
    ['B18 order by code point', '{"😀":1,"\ufb33":2,"\ue000":3}', '{"\ue000":3,"\ufb33":2,"😀":1}'],
    ['B19 no normalisation', '{"\u00e9":1,"e\u0301":2}', '{"e\u0301":2,"\u00e9":1}'],
    ['escapes', String.raw`"\u007f\u2028\/\u00E9\ud83d\ude00\u000B"`, '"\u007f\u2028/é😀\\u000b"'],
  ])('%s', (_, input, expected) => {
    expect(canonicalText(input)).toBe(expected);
  });

  test('values that are large or deep are put together as small ones are', () => {
    const row = `{"b":[${'1,'.repeat(300)}2],"a":{"d":"${'x'.repeat(400)}","c":[]}}`;
    const sorted = `{"a":{"c":[],"d":"${'x'.repeat(400)}"},"b":[${'1,'.repeat(300)}2]}`;
    expect(canonicalText(`[0,${row},[${row}]]`)).toBe(`[0,${sorted},[${sorted}]]`);
  });
});

test('a parsed value tells its kinds apart', () => {
  const value = parseJson(bytesOf('{"n":1.0,"l":[null],"s":"1.0"}'), 'f.json');
  const members = isJsonObject(value) ? value : new Map<string, JsonValue>();
  expect(members.get('n')).toEqual({ kind: 'number', text: '1.0' });
  expect([...members.values()].map(isJsonNumber)).toEqual([true, false, false]);
  expect([...members.values()].map(isJsonArray)).toEqual([false, true, false]);
  expect(isJsonObject(members.get('s'))).toBe(false);
});
