import { describe, expect, test } from 'vitest';
import { sha256Of } from '../../../src/domain/digest.ts';
import { decodeManifest, digestOfManifest, encodeManifest } from '../../../src/domain/manifest.ts';
import { faultOf } from '../../support/fault-of.ts';
import { manifestOf } from '../../support/manifest-of.ts';

const one = new Uint8Array([1]);
const [p, q] = [sha256Of('p'), sha256Of('q')].sort();

const { manifest } = manifestOf({
  profile: 'files/1',
  parents: p === undefined ? [] : [p],
  inputs: q === undefined ? [] : [q],
  files: new Map([
    ['a.txt', one],
    ['b.bin', one],
  ]),
});
const text = encodeManifest(manifest);

/** The manifest's text with one thing changed; it must have been there. */
function changed(from: string, to: string): string {
  expect(text).toContain(from);
  return text.replace(from, to);
}

test('a manifest survives encoding', () => {
  expect(decodeManifest(text)).toEqual(manifest);
  expect(digestOfManifest(manifest)).toBe(sha256Of(text));
  expect(digestOfManifest(manifest)).not.toBe(manifest.sha256);
});

describe('the bad-input catalogue', () => {
  test.each([
    ['B1 a member twice', () => changed('"v":1}', '"v":1,"v":1}'), 'not-canonical'],
    ['B9 a float for an integer', () => changed('"bytes":1,"path"', '"bytes":1.0,"path"'), 'wrong-members'],
    ['B9 another spelling', () => changed('"bytes":1,"path"', '"bytes":1e0,"path"'), 'not-canonical'],
    ['B9 minus zero', () => changed('"bytes":1,"path"', '"bytes":-0,"path"'), 'not-canonical'],
    ['B14 __proto__', () => changed('{"files"', '{"__proto__":{},"files"'), 'wrong-members'],
    ['B15 an unknown member', () => changed('"v":1', '"v":1,"x":1'), 'wrong-members'],
    ['B15 an unknown member of a file', () => changed('"store":"git"', '"store":"git","x":1'), 'wrong-members'],
    [
      'B15 md5 of a file in git',
      () => changed('"bytes":1,"path"', `"bytes":1,"md5":"${'0'.repeat(32)}","path"`),
      'wrong-members',
    ],
    ['B15 a missing member', () => changed(',"v":1', ''), 'wrong-members'],
    ['B16 version 0', () => changed('"v":1', '"v":0'), 'unknown-version'],
    ['B16 a future version', () => changed('"v":1', '"v":2'), 'unknown-version'],
    ['B16 a version as text', () => changed('"v":1', '"v":"1"'), 'wrong-members'],
    ['B16 a future profile', () => changed('files/1', 'files/2'), 'unknown-profile'],
    ['B20 white space', () => `${text}\n`, 'not-canonical'],
    ['B20 another order', () => changed('"bytes":1,"path":"a.txt"', '"path":"a.txt","bytes":1'), 'not-canonical'],
    ['B21 a short digest', () => changed(manifest.sha256, manifest.sha256.slice(1)), 'wrong-members'],
    ['B21 a digest in upper case', () => changed(manifest.sha256, 'A'.repeat(64)), 'wrong-members'],
    ['B21 a parent that is no digest', () => changed(p ?? '', 'g'.repeat(64)), 'wrong-members'],
    ['B21 a short MD5', () => text.replace(/"md5":"./, '"md5":"'), 'wrong-members'],
    ['B22 a negative size', () => changed('"bytes":1,"path"', '"bytes":-1,"path"'), 'wrong-members'],
    ['B22 a fractional size', () => changed('"bytes":1,"path"', '"bytes":1.5,"path"'), 'wrong-members'],
    ['B22 a size as text', () => changed('"bytes":1,"path"', '"bytes":"1","path"'), 'wrong-members'],
    ['B22 a size beyond 2^53', () => changed('"bytes":1,"md5"', '"bytes":9007199254740993,"md5"'), 'wrong-members'],
    ['B27 a path that leads out', () => changed('"path":"a.txt"', '"path":"../a.txt"'), 'bad-path'],
    ['B30 a path that git takes for its own', () => changed('"path":"a.txt"', '"path":".git/a.txt"'), 'bad-path'],
    ['B34 a file that is a folder', () => changed('"path":"b.bin"', '"path":"a.txt/b.bin"'), 'file-is-a-folder'],
    ['B35 a path twice', () => changed('"path":"a.txt"', '"path":"b.bin"'), 'unsorted-files'],
    ['files out of order', () => changed('"path":"a.txt"', '"path":"c.txt"'), 'unsorted-files'],
    ['a role that the path does not give', () => changed('"role":"doc"', '"role":"other"'), 'wrong-role'],
    ['a role that is none', () => changed('"role":"doc"', '"role":"toString"'), 'wrong-role'],
    ['a store that is none', () => changed('"store":"git"', '"store":"toString"'), 'wrong-members'],
    ['a store that the size does not give', () => changed('"bytes":1,"path"', '"bytes":1048577,"path"'), 'wrong-store'],
    ['no file', () => text.replace(/"files":\[.*?\]/, '"files":[]'), 'profile-mismatch'],
    ['files that are no lm/1', () => changed('files/1', 'lm/1'), 'profile-mismatch'],
    ['a SHA twice', () => changed(q ?? '', p ?? ''), 'duplicate-ancestor'],
    [
      'inputs out of order',
      () => changed(`"inputs":["${q}"`, `"inputs":["${q}","${'0'.repeat(64)}"`),
      'unsorted-inputs',
    ],
    ['no object', () => '[]', 'wrong-members'],
    ['null', () => 'null', 'wrong-members'],
    ['no JSON', () => 'x', 'not-canonical'],
  ])('%s', (_, make, reason) => {
    expect(faultOf(() => decodeManifest(make()))).toEqual({ code: 'corrupt-entry', data: { reason } });
  });

  test('B13 more than 10,000 files', () => {
    const files = Array.from({ length: 10_001 }, (_, at) => ({ ...manifest.files[0], path: `${10_000 + at}.txt` }));
    const many = encodeManifest({ ...manifest, files: files as unknown as typeof manifest.files });
    expect(faultOf(() => decodeManifest(many)).data).toEqual({ reason: 'too-many-files' });
  });
});

test('a reader takes paths that registration would refuse for NFC or folding alone', () => {
  const files = [...manifest.files].map((file, at) => ({ ...file, path: at === 0 ? 'A\u030a.txt' : 'a\u030a.bin' }));
  expect(decodeManifest(encodeManifest({ ...manifest, files })).files.map(({ path }) => path)).toEqual([
    'A\u030a.txt',
    'a\u030a.bin',
  ]);
});
