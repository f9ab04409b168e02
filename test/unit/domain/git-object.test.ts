import { describe, expect, test } from 'vitest';
import type { ObjectId } from '../../../src/domain/digest.ts';
import { decodeCommit, decodeTree, encodeCommit, encodeTree } from '../../../src/domain/git-object.ts';
import { faultOf } from '../../support/fault-of.ts';

const id = (digit: string, length = 40): ObjectId => digit.repeat(length) as ObjectId;
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('trees', () => {
  test('are sorted as git sorts: folders as if their names ended in a slash, bytes as numbers', () => {
    const body = encodeTree([
      { mode: '40000', name: 'a', id: id('1') },
      { mode: '100644', name: '😀', id: id('2') },
      { mode: '100644', name: '\ufb33', id: id('3') },
      { mode: '100644', name: 'a.b', id: id('4') },
      { mode: '100644', name: 'a0', id: id('5') },
      { mode: '100644', name: 'a-b', id: id('6') },
    ]);
    expect(decodeTree(body, 'sha1').map(({ name }) => name)).toEqual(['a-b', 'a.b', 'a', 'a0', '\ufb33', '😀']);
  });

  test('hold raw ids of either format', () => {
    const entries = [{ mode: '100644', name: '\ufeffx', id: id('ab', 32) }] as const;
    const body = encodeTree(entries);
    expect(body).toEqual(new Uint8Array([...bytesOf('100644 \ufeffx\0'), ...new Uint8Array(32).fill(0xab)]));
    expect(decodeTree(body, 'sha256')).toEqual(entries);
    expect(decodeTree(new Uint8Array(), 'sha1')).toEqual([]);
  });

  const raw = (header: string, length = 20): Uint8Array =>
    new Uint8Array([...bytesOf(header), ...new Uint8Array(length)]);
  test.each([
    ['cut in an id', raw('100644 a\0', 19), 'malformed-entry'],
    ['cut in a name', bytesOf('100644 a'), 'malformed-entry'],
    ['without a name', raw('100644 \0'), 'malformed-entry'],
    ['without a mode', raw('a\0'), 'malformed-entry'],
    ['with a slash in a name', raw('100644 a/b\0'), 'malformed-entry'],
    ['with a name that is not UTF-8', new Uint8Array([...bytesOf('100644 '), 0xff, ...raw('\0')]), 'malformed-entry'],
    ['out of order', new Uint8Array([...raw('100644 b\0'), ...raw('100644 a\0')]), 'unsorted-entries'],
    ['with a name twice', new Uint8Array([...raw('100644 a\0'), ...raw('100644 a\0')]), 'unsorted-entries'],
    [
      'with a file and a folder of one name',
      new Uint8Array([...raw('100644 a\0'), ...raw('40000 a\0')]),
      'unsorted-entries',
    ],
  ])('%s are corrupt', (_, body, reason) => {
    expect(faultOf(() => decodeTree(body, 'sha1'))).toEqual({ code: 'corrupt-object', data: { type: 'tree', reason } });
  });

  test('show modes that the registry never writes', () => {
    expect(decodeTree(raw('120000 link\0'), 'sha1')[0]?.mode).toBe('120000');
  });
});

describe('commits', () => {
  const commit = {
    tree: id('1'),
    parents: [id('2'), id('3')],
    author: 'A é <a@b> 7 +0000',
    committer: 'C <c@d> 8 +0100',
    message: 'title\n\nbody\n',
  };
  const text = new TextDecoder().decode(encodeCommit(commit));

  test('survive encoding', () => {
    expect(text).toBe(
      `tree ${id('1')}\nparent ${id('2')}\nparent ${id('3')}\nauthor A é <a@b> 7 +0000\ncommitter C <c@d> 8 +0100\n\ntitle\n\nbody\n`,
    );
    expect(decodeCommit(bytesOf(text))).toEqual({ ...commit, isSigned: false, extraHeaders: [] });
    expect(decodeCommit(encodeCommit({ ...commit, parents: [] })).parents).toEqual([]);
    expect(decodeCommit(encodeCommit({ ...commit, message: '' })).message).toBe('');
  });

  test('tell of encoding, signature and other headers', () => {
    const signed = text.replace('\n\n', '\nencoding latin1\nmergetag x\n y\ngpgsig -----BEGIN\n \n abc\n -----END\n\n');
    expect(decodeCommit(bytesOf(signed))).toEqual({
      ...commit,
      encoding: 'latin1',
      isSigned: true,
      extraHeaders: ['mergetag'],
    });
    expect(decodeCommit(bytesOf(text.replace('\n\n', '\ngpgsig-sha256 x\n\n'))).isSigned).toBe(true);
  });

  test.each([
    ['without an empty line', text.replaceAll('\n\n', '\n'), 'malformed-headers'],
    ['without a tree', text.replace(/^tree .*\n/, ''), 'malformed-headers'],
    ['with a short id', text.replace(/^tree ./, 'tree '), 'malformed-headers'],
    ['with a parent that is no id', text.replace('parent 3', 'parent x'), 'malformed-headers'],
    ['with a parent after the committer', text.replace('\n\n', `\nparent ${id('4')}\n\n`), 'malformed-headers'],
    ['without a committer', text.replace(/committer .*\n/, ''), 'malformed-headers'],
    ['with headers swapped', text.replace(/(author .*\n)(committer .*\n)/, '$2$1'), 'malformed-headers'],
    ['with nothing', '', 'malformed-headers'],
  ])('%s are corrupt', (_, body, reason) => {
    expect(faultOf(() => decodeCommit(bytesOf(body)))).toEqual({
      code: 'corrupt-object',
      data: { type: 'commit', reason },
    });
  });

  test('that are not UTF-8 are corrupt', () => {
    const body = new Uint8Array([...bytesOf(text), 0xe9]);
    expect(faultOf(() => decodeCommit(body)).data).toEqual({ type: 'commit', reason: 'not-utf-8' });
  });
});
