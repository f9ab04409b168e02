import { expect, test } from 'vitest';
import { digestsIn, pointerDigests } from '../../../src/domain/dvc-digests.ts';

const A = 'a'.repeat(32);
const B = 'b'.repeat(32);

test.each([
  ['DVC 3', `outs:\n- md5: ${A}\n  size: 3\n  hash: md5\n  path: corpus\n`, [A]],
  ['a folder', `outs:\n- md5: ${A}.dir\n  size: 3\n  nfiles: 2\n  hash: md5\n  path: corpus\n`, [`${A}.dir`]],
  ["DVC 1, with the stage's own digest", `md5: ${B}\nouts:\n- md5: ${A}\n  path: corpus\n  cache: true\n`, [A]],
  [
    'an import, whose dependency has another one',
    `deps:\n- md5: ${B}\n  path: x\nouts:\n- path: y\n  md5: ${A}\nmd5: ${B}\n`,
    [A],
  ],
  ['two outputs, quoted', `outs:\n  - md5: '${A}'\n    path: x\n  - md5: "${B}"\n    path: y\n`, [A, B]],
  ['lines ended as on Windows', `outs:\r\n- md5: ${A}\r\n  path: corpus\r\n`, [A]],
  ['no pointer', '{}', []],
  ['nothing', '', []],
])('the digests of a pointer are those of its outputs: %s', (_what, text, digests) => {
  expect(pointerDigests(text)).toEqual(digests);
});

test('a lock gives all its digests', () => {
  const text = `stages:\n  a:\n    deps:\n    - path: x\n      md5: ${A}.dir\n    outs:\n    - path: y\n      md5: ${B}\n`;
  expect(digestsIn(text)).toEqual([`${A}.dir`, B]);
});
