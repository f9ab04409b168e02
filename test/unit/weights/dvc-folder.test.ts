import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { dirDigest, dirObject } from '../../../src/weights/dvc-folder.ts';

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

test('an empty folder has the digest that DVC gives it', () => {
  expect(dirDigest([])).toBe('d751713988987e9331980363e24189ce.dir');
});

test('names are sorted by code point and escaped as Python does', () => {
  const files = [
    { relpath: '\uffee.bin', md5: md5('foo') },
    { relpath: '\u{1f600}.bin', md5: md5('bar') },
    { relpath: 'a b.bin', md5: md5('') },
    { relpath: 'q"\\\u00e9/x.bin', md5: md5('foo') },
  ];
  expect(dirObject(files)).toHaveLength(290);
  expect(dirDigest(files)).toBe('7bdeb798c78d51204657cb76cffb1039.dir');
});
