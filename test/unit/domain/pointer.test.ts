import { expect, test } from 'vitest';
import type { Md5 } from '../../../src/domain/digest.ts';
import { pointerText } from '../../../src/domain/pointer.ts';
import { readVectors } from '../../support/vectors.ts';

interface Vector {
  readonly basename: string;
  readonly pointer: string;
}

const EMPTY = 'd41d8cd98f00b204e9800998ecf8427e' as Md5;
const vectors = readVectors<Vector>('pointer-names');

test('the vectors are all here', () => {
  expect(vectors).toHaveLength(17);
});

test.each(vectors)('the vector $basename', ({ basename, pointer }) => {
  expect(pointerText({ md5: EMPTY, bytes: 0, path: basename })).toBe(pointer);
  expect(pointerText({ md5: EMPTY, bytes: 0, path: `a b/${basename}` })).toBe(pointer);
});

test.each([
  ['12345678901234567890123456789012', true],
  ['1234567890123456789012345678e012', true],
  ['0b010101010101010101010101010101', true],
  ['0b010101010101010101010101010102', false],
  ['e2345678901234567890123456789012', false],
  ['1234567890e23456789012345678e012', false],
  ['12345678901234567890123456789e0a', false],
])('an MD5 that YAML takes for a number is quoted: %s %s', (md5, isQuoted) => {
  const text = pointerText({ md5: md5 as Md5, bytes: 5, path: 'x.bin' });
  expect(text).toBe(`outs:\n- md5: ${isQuoted ? `'${md5}'` : md5}\n  size: 5\n  hash: md5\n  path: x.bin\n`);
});

test.each([
  ['model', '"model"'],
  ['x.y.bin', 'x.y.bin'],
  ['x\u00a0y.bin', String.raw`"x\u00A0y.bin"`],
  ['\uffff.bin', String.raw`"\uFFFF.bin"`],
  ['\u{10ffff}.bin', String.raw`"\U0010FFFF.bin"`],
  ["it's.bin", `"it's.bin"`],
])('the name %s is written %s', (path, written) => {
  expect(pointerText({ md5: EMPTY, bytes: 0, path })).toContain(`\n  path: ${written}\n`);
});
