import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Sha256 } from '../../../src/domain/digest.ts';
import { buildManifest, canonicalSha } from '../../../src/domain/identity.ts';
import { encodeManifest, type ManifestFile } from '../../../src/domain/manifest.ts';
import { LM_FILES } from '../../../src/domain/profile.ts';
import { faultOf } from '../../support/fault-of.ts';
import { describeFile, manifestOf } from '../../support/manifest-of.ts';
import { fromBase64, readVectors } from '../../support/vectors.ts';

interface Vector {
  readonly name: string;
  readonly files_b64: Readonly<Record<'weights' | 'tokenizer' | 'config' | 'eval' | 'train', string>>;
  readonly parent_sha: Sha256 | null;
  readonly sha256: Sha256;
}

function sha(label: string): Sha256 {
  return createHash('sha256').update(label).digest('hex') as Sha256;
}

function file(path: string, bytes = 1): ManifestFile {
  return { ...describeFile(path, new Uint8Array()), bytes };
}

const vectors = readVectors<Vector>('identity-lm-1');

describe('the vectors of lm/1', () => {
  test('are all here', () => {
    expect(vectors).toHaveLength(7);
  });

  test.each(vectors)('$name', ({ files_b64, parent_sha, sha256 }) => {
    const { weights, tokenizer, config, eval: report, train } = files_b64;
    const contents = [weights, tokenizer, config, report, train].map(fromBase64);
    const files = new Map(LM_FILES.map((name, at) => [name, contents[at] ?? new Uint8Array()] as const));
    const parents = parent_sha === null ? [] : [parent_sha];
    expect(manifestOf({ profile: 'lm/1', parents, inputs: [], files }).manifest.sha256).toBe(sha256);
  });
});

describe('lm/1', () => {
  const files = LM_FILES.map((name) => file(name));
  const plain = { profile: 'lm/1', parents: [], inputs: [], files } as const;

  test('does not cover inputs, which its train manifest states', () => {
    expect(canonicalSha({ ...plain, inputs: [sha('i')] })).toBe(canonicalSha(plain));
  });

  test('takes one parent at most', () => {
    expect(faultOf(() => buildManifest({ ...plain, parents: [sha('p'), sha('q')] })).data).toEqual({
      reason: 'too-many-parents',
      profile: 'lm/1',
    });
  });

  test('has no SHA without its five files', () => {
    expect(faultOf(() => canonicalSha({ ...plain, files: files.slice(1) })).code).toBe('bad-bundle');
    expect(faultOf(() => buildManifest({ ...plain, files: files.slice(1) })).data['reason']).toBe('profile-mismatch');
  });
});

describe('files/1', () => {
  const plain = { profile: 'files/1', parents: [], inputs: [], files: [file('a.txt')] } as const;

  test('is the SHA-256 of the manifest without its sha256', () => {
    const manifest = buildManifest({ ...plain, parents: [sha('p')], inputs: [sha('i')] });
    const without = encodeManifest(manifest).replace(`"sha256":"${manifest.sha256}",`, '');
    expect(without).not.toBe(encodeManifest(manifest));
    expect(manifest.sha256).toBe(sha(without));
  });

  test('covers names, parents in their order, and inputs', () => {
    const [p, q] = [sha('p'), sha('q')];
    const shas = [
      plain,
      { ...plain, files: [file('b.txt')] },
      { ...plain, parents: [p, q] },
      { ...plain, parents: [q, p] },
      { ...plain, inputs: [p] },
    ].map((bundle) => buildManifest(bundle).sha256);
    expect(new Set(shas).size).toBe(shas.length);
  });
});

describe('buildManifest', () => {
  const plain = { profile: 'files/1', parents: [], inputs: [], files: [file('a.txt')] } as const;

  test('sorts files by code point and inputs ascending, and keeps the order of parents', () => {
    const names = ['b', '😀', '\uff21', 'Z', 'a/b', 'a-b'];
    const [parents, inputs] = [
      [sha('2'), sha('1'), sha('3')],
      [sha('c'), sha('a'), sha('b')],
    ];
    const manifest = buildManifest({ ...plain, parents, inputs, files: names.map((name) => file(name)) });
    expect(manifest.files.map(({ path }) => path)).toEqual(['Z', 'a-b', 'a/b', 'b', '\uff21', '😀']);
    expect(manifest.parents).toEqual(parents);
    expect(manifest.inputs).toEqual([...inputs].sort());
  });

  test.each([
    ['a SHA twice among parents', { parents: [sha('p'), sha('p')] }, 'duplicate-ancestor'],
    ['a SHA that is parent and input', { parents: [sha('p')], inputs: [sha('p')] }, 'duplicate-ancestor'],
    ['65 parents and inputs', { inputs: Array.from({ length: 65 }, (_, at) => sha(`${at}`)) }, 'too-many-ancestors'],
    ['no file', { files: [] }, 'profile-mismatch'],
    ['a wrong role', { files: [{ ...file('a.txt'), role: 'other' as const }] }, 'wrong-role'],
    ['a file over 1 MiB in git', { files: [file('a.txt', 2 ** 20 + 1)] }, 'wrong-store'],
    ['weights in git', { files: [{ ...file('b.txt'), path: 'a.bin', role: 'weights' as const }] }, 'wrong-store'],
  ])('refuses %s', (_, change, reason) => {
    const fault = faultOf(() => buildManifest({ ...plain, ...change }));
    expect(fault).toEqual({ code: 'bad-bundle', data: { reason, profile: 'files/1' } });
  });

  test('takes 64 parents and inputs', () => {
    const shas = Array.from({ length: 64 }, (_, at) => sha(`${at}`));
    expect(() => buildManifest({ ...plain, parents: shas.slice(0, 32), inputs: shas.slice(32) })).not.toThrow();
  });

  test('takes 256 MiB in git and not a byte more', () => {
    const files = Array.from({ length: 256 }, (_, at) => file(`${at}.txt`, 2 ** 20));
    expect(() => buildManifest({ ...plain, files })).not.toThrow();
    expect(faultOf(() => buildManifest({ ...plain, files: [...files, file('x', 1)] })).code).toBe('too-big');
  });

  test('checks paths as registration must', () => {
    const fault = faultOf(() => buildManifest({ ...plain, files: [file('a'), file('A')] }));
    expect(fault).toEqual({ code: 'bad-path', data: { path: 'A', reason: 'collides', with: 'a' } });
  });
});
