import { describe, expect, test } from 'vitest';
import type { ObjectId, Sha256 } from '../../../src/domain/digest.ts';
import {
  depthOfEntryCommit,
  type EntryPlan,
  entryCommitBody,
  entryDepth,
  entryTreePaths,
  parseEntryMessage,
  planEntry,
} from '../../../src/domain/entry.ts';
import { decodeCommit, decodeTree } from '../../../src/domain/git-object.ts';
import { canonicalSha } from '../../../src/domain/identity.ts';
import { decodeManifest, encodeManifest, type Manifest, type Profile } from '../../../src/domain/manifest.ts';
import { pointerText } from '../../../src/domain/pointer.ts';
import { faultOf } from '../../support/fault-of.ts';
import { manifestOf } from '../../support/manifest-of.ts';
import { fromBase64, objectHasher, readVectors } from '../../support/vectors.ts';

/** Bytes in base64, or so many repeats of some. */
type Content = string | { readonly unit_b64: string; readonly times: number };

interface Vector {
  readonly name: string;
  readonly profile: Profile;
  readonly files_b64: Readonly<Record<string, Content>>;
  readonly parents: readonly Sha256[];
  readonly inputs: readonly Sha256[];
  readonly manifest: string;
  readonly sha256: Sha256;
  readonly pointers: Readonly<Record<string, string>>;
  readonly tree: ObjectId;
  readonly commit_text: string;
  readonly commit: ObjectId;
}

interface Sha256Vector {
  readonly name: string;
  readonly sha256: Sha256;
  readonly tree: ObjectId;
  readonly commit: ObjectId;
}

interface PlannedVector {
  readonly vector: Vector;
  readonly manifest: Manifest;
  readonly plan: EntryPlan;
}

const vectors = readVectors<Vector>('entry');
const sha256Vectors = new Map(readVectors<Sha256Vector>('entry-sha256').map((vector) => [vector.name, vector]));
const text = (body: Uint8Array | undefined): string => new TextDecoder().decode(body);

function contentOf(content: Content): Uint8Array {
  if (typeof content === 'string') return fromBase64(content);
  const unit = fromBase64(content.unit_b64);
  return new Uint8Array(unit.length * content.times).map((_, at) => unit[at % unit.length] ?? 0);
}

/** Plans every vector, in order: later ones have earlier ones as parents and inputs. */
function planAll(format: 'sha1' | 'sha256'): readonly PlannedVector[] {
  const planned = new Map<Sha256, PlannedVector>();
  for (const vector of vectors) {
    const files = new Map(Object.entries(vector.files_b64).map(([path, content]) => [path, contentOf(content)]));
    const { manifest, stored } = manifestOf({ ...vector, inputs: [...vector.inputs].reverse(), files });
    const parentCommits = [...manifest.parents, ...manifest.inputs].map((sha256) => {
      const parent = planned.get(sha256);
      if (parent === undefined) throw new Error(`${vector.name}: no vector has ${sha256}`);
      return { commit: parent.plan.commit, depth: parent.plan.depth };
    });
    const plan = planEntry({ manifest, gitFiles: stored, parentCommits, hash: objectHasher(format) });
    planned.set(manifest.sha256, { vector, manifest, plan });
  }
  return [...planned.values()];
}

const planned = planAll('sha1');

function plannedVector(name: string): PlannedVector {
  const found = planned.find(({ vector }) => vector.name === name);
  if (found === undefined) throw new Error(`no vector is named ${name}`);
  return found;
}

test('the vectors are all here', () => {
  expect(planned).toHaveLength(7);
  expect(sha256Vectors.size).toBe(7);
});

describe.each(planned.map((entry) => [entry.vector.name, entry] as const))(
  'the vector %s',
  (_, { vector, manifest, plan }) => {
    test('has its manifest and its identity', () => {
      expect(encodeManifest(manifest)).toBe(vector.manifest);
      expect(manifest.sha256).toBe(vector.sha256);
      expect(decodeManifest(vector.manifest)).toEqual(manifest);
      expect(canonicalSha(decodeManifest(vector.manifest))).toBe(vector.sha256);
    });

    test('has its pointers', () => {
      const cached = manifest.files.flatMap((file) =>
        file.store === 'cache' ? [[file.path, pointerText(file)] as const] : [],
      );
      expect(Object.fromEntries(cached)).toEqual(vector.pointers);
    });

    test('has its tree, its commit text and its commit', () => {
      expect(plan.tree).toBe(vector.tree);
      expect(text(plan.objects.at(-1)?.body)).toBe(vector.commit_text);
      expect(plan.commit).toBe(vector.commit);
    });

    test('reads back: depth, message, parents', () => {
      const body = new TextEncoder().encode(vector.commit_text);
      expect(depthOfEntryCommit(body)).toBe(plan.depth);
      const { profile, sha256, parents, inputs } = manifest;
      expect(parseEntryMessage(decodeCommit(body).message)).toEqual({ profile, sha256, parents, inputs });
    });

    test('lists objects once each, what is referred to before what refers', () => {
      const seen = new Set<ObjectId>();
      for (const { type, id, body } of plan.objects) {
        expect(seen.has(id)).toBe(false);
        expect(objectHasher('sha1')(type, body)).toBe(id);
        if (type === 'tree') expect(decodeTree(body, 'sha1').every((entry) => seen.has(entry.id))).toBe(true);
        seen.add(id);
      }
      expect([...seen].slice(-2)).toEqual([plan.tree, plan.commit]);
    });
  },
);

test.each(planAll('sha256').map((entry) => [entry.vector.name, entry] as const))(
  'the vector %s has its ids in a SHA-256 repository',
  (name, { manifest, plan }) => {
    const { tree, commit } = plan;
    expect({ name, sha256: manifest.sha256, tree, commit }).toEqual(sha256Vectors.get(name));
  },
);

test('an entry tree has the manifest, each git-stored file, and a pointer for each cached one', () => {
  const { manifest } = plannedVector('sharded-with-input');
  expect(Array.from(entryTreePaths(manifest), ([path, { kind }]) => `${kind} ${path}`)).toEqual([
    'manifest manifest.json',
    'file bundle/README.md',
    'file bundle/config.json',
    'file bundle/eval_report.json',
    'pointer bundle/model-00001-of-00002.safetensors.dvc',
    'pointer bundle/model-00002-of-00002.safetensors.dvc',
    'file bundle/model.safetensors.index.json',
    'pointer bundle/onnx/model.onnx.dvc',
  ]);
});

test('depth is one more than the deepest parent', () => {
  expect(entryDepth([])).toBe(0);
  expect(entryDepth([0, 41, 7])).toBe(42);
});

test('files with the same bytes are one object', () => {
  const files = new Map(['a.txt', 'b.txt', 'x/a.txt', 'y/a.txt'].map((path) => [path, new Uint8Array(3)]));
  const { manifest, stored } = manifestOf({ profile: 'files/1', parents: [], inputs: [], files });
  const { objects } = planEntry({ manifest, gitFiles: stored, parentCommits: [], hash: objectHasher('sha1') });
  // Manifest and file; the trees x and y are one, then bundle and the root.
  expect(objects.map(({ type }) => type)).toEqual(['blob', 'blob', 'tree', 'tree', 'tree', 'commit']);
});

describe('planEntry refuses to guess', () => {
  const { manifest, stored } = manifestOf({
    profile: 'files/1',
    parents: [],
    inputs: [],
    files: new Map([['a.txt', new Uint8Array(3)]]),
  });
  const hash = objectHasher('sha1');

  test.each([
    ['bytes that are missing', { gitFiles: new Map<string, Uint8Array>(), parentCommits: [] }],
    ['bytes of another length', { gitFiles: new Map([['a.txt', new Uint8Array(4)]]), parentCommits: [] }],
    ['a parent too many', { gitFiles: stored, parentCommits: [{ commit: 'a'.repeat(40) as ObjectId, depth: 0 }] }],
  ])('%s', (_, request) => {
    expect(faultOf(() => planEntry({ manifest, hash, ...request })).code).toBe('bug');
  });
});

describe('a commit that is no entry', () => {
  const { manifest, plan } = plannedVector('merge-of-two');
  const body = text(plan.objects.at(-1)?.body);
  const message = body.slice(body.indexOf('\n\n') + 2);

  test.each([
    ['has no trailers', (good: string) => good.split('\n\n')[0] ?? ''],
    ['has a profile that is unknown', (good: string) => good.replace('files/1', 'files/9')],
    ['names two SHAs', (good: string) => good.replace(/Registry-Sha256: ./, 'Registry-Sha256: 0')],
    ['has a short SHA', (good: string) => good.replaceAll(manifest.sha256, 'abc')],
    [
      'has an input before a parent',
      (good: string) => good.replace(/(Registry-Parent: .*\n)(Registry-Input: .*\n)/, '$2$1'),
    ],
    ['has another trailer', (good: string) => `${good}Signed-off-by: x\n`],
    ['has no final newline', (good: string) => good.slice(0, -1)],
    ['has a final newline too many', (good: string) => `${good}\n`],
    ['has a third line', (good: string) => good.replace('\n\n', '\nx\n')],
  ])('%s', (_, spoil) => {
    expect(parseEntryMessage(message)?.sha256).toBe(manifest.sha256);
    expect(spoil(message)).not.toBe(message);
    expect(parseEntryMessage(spoil(message))).toBeUndefined();
  });

  test.each([
    ['another committer', (good: string) => good.replace('committer git-registry', 'committer somebody')],
    ['another zone', (good: string) => good.replace(/(committer .*) \+0000/, '$1 +0100')],
    ['a time before the first', (good: string) => good.replace(/(committer .*) 1000000002/, '$1 0999999999')],
  ])('is dated otherwise: %s', (_, spoil) => {
    expect(depthOfEntryCommit(new TextEncoder().encode(body))).toBe(2);
    const fault = faultOf(() => depthOfEntryCommit(new TextEncoder().encode(spoil(body))));
    expect(fault).toEqual({ code: 'corrupt-entry', data: { reason: 'wrong-committer' } });
  });
});

test('any change of a commit body changes the commit', () => {
  const { manifest, plan } = plannedVector('lm-from-scratch');
  const parents = ['c'.repeat(40) as ObjectId];
  const bodies = [
    entryCommitBody({ manifest, tree: plan.tree, parents: [], depth: 0 }),
    entryCommitBody({ manifest, tree: plan.tree, parents: [], depth: 1 }),
    entryCommitBody({ manifest, tree: plan.tree, parents, depth: 0 }),
    entryCommitBody({ manifest, tree: plan.commit, parents: [], depth: 0 }),
  ];
  expect(new Set(bodies.map((body) => objectHasher('sha1')('commit', body))).size).toBe(bodies.length);
});
