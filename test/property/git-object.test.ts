import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ObjectId } from '../../src/domain/digest.ts';
import { planTree } from '../../src/domain/entry-tree.ts';
import { decodeCommit, decodeTree, encodeCommit, encodeTree, type NewTreeEntry } from '../../src/domain/git-object.ts';
import { objectHasher } from '../support/vectors.ts';

const ids = fc.stringMatching(/^[0-9a-f]{40}$/).map((text) => text as ObjectId);
const names = fc.string({ unit: 'binary', minLength: 1, maxLength: 4 }).filter((name) => !/[/\0]/.test(name));
const entries: fc.Arbitrary<NewTreeEntry[]> = fc.uniqueArray(
  fc.record({ mode: fc.constantFrom('100644' as const, '40000' as const), name: names, id: ids }),
  { selector: ({ name }) => name, maxLength: 8 },
);
const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : 1);

test('a tree survives encoding, whatever the order of its entries', () => {
  fc.assert(
    fc.property(entries, (tree) => {
      const body = encodeTree(tree);
      expect([...decodeTree(body, 'sha1')].sort(byName)).toEqual([...tree].sort(byName));
      expect(encodeTree([...tree].reverse())).toEqual(body);
    }),
  );
});

test('a commit survives encoding', () => {
  const lines = fc.string({ unit: 'binary' }).filter((line) => !line.includes('\n'));
  const commits = fc.record({
    tree: ids,
    parents: fc.array(ids, { maxLength: 3 }),
    author: lines,
    committer: lines,
    message: fc.string({ unit: 'binary' }),
  });
  fc.assert(
    fc.property(commits, (commit) => {
      expect(decodeCommit(encodeCommit(commit))).toEqual({ ...commit, isSigned: false, extraHeaders: [] });
    }),
  );
});

test('trees hold exactly the paths that they were planned for', () => {
  const segments = fc.constantFrom('a', 'b', 'a.b', 'é', '😀');
  const files = fc
    .uniqueArray(fc.array(segments, { minLength: 3, maxLength: 3 }), { selector: (parts) => parts.join('/') })
    .map((all) => all.map((parts) => parts.join('/')));
  fc.assert(
    fc.property(files, fc.infiniteStream(ids), (paths, stream) => {
      const blobs = new Map(paths.map((path) => [path, stream.next().value as ObjectId] as const));
      const { objects, tree } = planTree(blobs, objectHasher('sha1'));
      const bodies = new Map(objects.map(({ id, body }) => [id, body]));
      const walk = (id: ObjectId, prefix: string): (readonly [string, ObjectId])[] => {
        return decodeTree(bodies.get(id) ?? new Uint8Array(), 'sha1').flatMap((entry) => {
          return entry.mode === '40000'
            ? walk(entry.id, `${prefix}${entry.name}/`)
            : [[prefix + entry.name, entry.id] as const];
        });
      };
      expect(new Map(walk(tree, ''))).toEqual(blobs);
    }),
  );
});
