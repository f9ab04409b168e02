import { describe, expect, test } from 'vitest';
import { type Document, decodeDocument, encodeDocument, ForeignNumber } from '../../../src/domain/document-json.ts';
import { faultOf } from '../../support/fault-of.ts';

describe('encodeDocument', () => {
  test.each<[string, Document, string]>([
    ['sorts keys all the way down', { b: [{ d: 1, c: null }], a: true }, '{"a":true,"b":[{"c":null,"d":1}]}'],
    ['leaves out undefined members', { a: undefined, b: 'x' }, '{"b":"x"}'],
    ['sorts keys that look like indexes as text', { 9: 1, 10: 2 }, '{"10":2,"9":1}'],
    ['writes minus zero as an integer', -0, '0'],
    ['keeps text as it is', 'é\u2028"\\\n\u0001', '"é\u2028\\"\\\\\\n\\u0001"'],
    ['takes the largest safe integers', [2 ** 53 - 1, -(2 ** 53 - 1)], '[9007199254740991,-9007199254740991]'],
    [
      'takes objects without a prototype',
      Object.assign(Object.create(null) as object, { a: 1 }) as Document,
      '{"a":1}',
    ],
  ])('%s', (_, value, text) => {
    expect(encodeDocument(value)).toBe(text);
  });

  test.each<[string, unknown]>([
    ['a fraction', 1.5],
    ['an unsafe integer', 2 ** 53],
    ['NaN', Number.NaN],
    ['a key beyond ASCII', { é: 1 }],
    ['a lone surrogate', { a: '\ud800' }],
    ['undefined', undefined],
    ['undefined in an array', [undefined]],
    ['a hole in an array', new Array(1)],
    ['a bigint', 1n],
    ['a function', () => 1],
    ['a Map', new Map()],
    ['a foreign number', { a: new ForeignNumber('1.0') }],
    ['513 levels', JSON.parse('['.repeat(513) + ']'.repeat(513))],
  ])('takes %s for a bug', (_, value) => {
    expect(faultOf(() => encodeDocument(value as Document)).code).toBe('bug');
  });
});

describe('decodeDocument', () => {
  test('returns the plain value of canonical text', () => {
    expect(decodeDocument('{"a":[1,-2,null,true,"é😀"],"b":{}}')).toEqual({ a: [1, -2, null, true, 'é😀'], b: {} });
  });

  test.each([
    ['white space', '{"a": 1}'],
    ['a final newline', '{}\n'],
    ['unsorted keys', '{"b":1,"a":2}'],
    ['unsorted keys that look like indexes', '{"9":1,"10":2}'],
    ['unsorted keys beyond ASCII', '{"😀":1,"\ue000":2}'],
    ['a key twice', '{"a":1,"a":1}'],
    ['an escape that is not needed', String.raw`"\u0041"`],
    ['an escape in upper case', String.raw`"\u001F"`],
    ['an escaped surrogate', String.raw`"\ud800"`],
    ['a raw surrogate', '"\ud800"'],
    ['minus zero', '-0'],
    ['a float in another spelling', '[1.50]'],
    ['a float as JavaScript spells it', '[1e-7]'],
    ['a float that is no number', '1e999'],
    ['513 levels', '['.repeat(513) + ']'.repeat(513)],
    ['100,000 levels', '['.repeat(100_000) + ']'.repeat(100_000)],
    ['a byte-order mark', '\ufeff{}'],
    ['a comment', '{}//'],
    ['nothing', ''],
  ])('refuses %s', (_, text) => {
    expect(decodeDocument(text)).toBeUndefined();
  });

  test.each([
    ['keys beyond ASCII', '{"é":1,"\ue000":2,"😀":3}', { é: 1, '\ue000': 2, '😀': 3 }],
    ['keys that look like indexes', '{"10":1,"9":2}', { 9: 2, 10: 1 }],
    ['a backslash before ud', String.raw`"\\ud800"`, String.raw`\ud800`],
    ['integers beyond 2^53', '[9007199254740993]', [new ForeignNumber('9007199254740993')]],
    ['a float that equals an integer', '{"v":1.0}', { v: new ForeignNumber('1.0') }],
    ['floats', '[0.5,-0.0,1e+16]', [new ForeignNumber('0.5'), new ForeignNumber('-0.0'), new ForeignNumber('1e+16')]],
  ])('accepts %s, which own documents lack but unknown members may hold', (_, text, value) => {
    expect(decodeDocument(text)).toEqual(value);
  });

  test('keeps a key named __proto__ a member', () => {
    for (const text of ['{"__proto__":{"a":1}}', '{"__proto__":{"a":1.5}}']) {
      const value = decodeDocument(text) as object;
      expect(Object.keys(value)).toEqual(['__proto__']);
      expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    }
  });

  test('accepts 512 levels', () => {
    expect(decodeDocument('['.repeat(512) + ']'.repeat(512))).toBeDefined();
  });

  test('accepts a text that is too long for the short way', () => {
    const text = `["${'x'.repeat(17 * 1024 * 1024)}"]`;
    expect(decodeDocument(text)).toEqual([text.slice(2, -2)]);
  });
});
