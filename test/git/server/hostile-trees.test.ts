/** Entries whose trees git would not write: each is refused with its log and its refs, and the good push lands. */
import { describe, expect, test } from 'vitest';
import { attackedRegistry, EVERYTHING, LOG } from '../../support/attacked-registry.ts';
import { type RawTreeItem, readTree, writeBlob, writeTree } from '../../support/raw-tree.ts';
import { rawPush, type ServerRig } from '../../support/server-rig.ts';
import { replaceEntry, rewriteCommit } from '../../support/tamper.ts';

const { refOf, copy, attack } = attackedRegistry();

/** The tree of the third entry in some other form: `root` and `bundle` are its items. */
type TreeCase = readonly [
  what: string,
  change: (
    tree: { root: RawTreeItem[]; bundle: RawTreeItem[] },
    rig: ServerRig,
  ) => { root: RawTreeItem[]; bundle: RawTreeItem[] },
];

const withMode =
  (mode: string): TreeCase[1] =>
  ({ root, bundle }) => ({ root, bundle: bundle.map((item, at) => (at === 0 ? { ...item, mode } : item)) });
const withExtra =
  (name: string, mode = '100644'): TreeCase[1] =>
  ({ root, bundle }, { client }) => ({
    root,
    bundle: [...bundle, { mode, name, id: mode === '40000' ? writeTree(client, []) : writeBlob(client, '{}') }],
  });

const TREE_CASES: readonly TreeCase[] = [
  ['a symbolic link', withMode('120000')],
  [
    'a submodule',
    ({ root, bundle }, { client }) => ({
      root,
      bundle: [...bundle, { mode: '160000', name: 'z', id: client.git(['rev-parse', 'HEAD']) }],
    }),
  ],
  ['mode 100755', withMode('100755')],
  ['mode 100664', withMode('100664')],
  ['an extra file', withExtra('zz')],
  ['a missing file', ({ root, bundle }) => ({ root, bundle: bundle.slice(1) })],
  ['a name twice', ({ root, bundle }) => ({ root, bundle: [...bundle.slice(0, 1), ...bundle] })],
  ['names out of order', ({ root, bundle }) => ({ root, bundle: [...bundle].reverse() })],
  ['names that differ in case alone', withExtra('tokenizer.JSON')],
  ['a name in NFD', withExtra(Buffer.from('e\u0301').toString('latin1'))],
  ['..', withExtra('..')],
  ['.git', withExtra('.git')],
  ['git~1', withExtra('git~1')],
  ['a backslash', withExtra('z\\z')],
  ['a carriage return', withExtra('z\r')],
  ['a name of 5,000 bytes', withExtra('z'.repeat(5000))],
  ['.gitmodules', withExtra('.gitmodules')],
  ['an empty folder', withExtra('zz', '40000')],
  [
    'a folder as manifest',
    ({ root, bundle }, { client }) => ({
      root: root.map((item) =>
        item.name === 'manifest.json' ? { ...item, mode: '40000', id: writeTree(client, []) } : item,
      ),
      bundle,
    }),
  ],
  [
    'other bytes in a file',
    ({ root, bundle }, { client }) => ({
      root,
      bundle: bundle.map((item, at) => (at === 0 ? { ...item, id: writeBlob(client, '{"x":1}') } : item)),
    }),
  ],
  [
    'a file beside the bundle',
    ({ root, bundle }, { client }) => ({
      root: [...root, { mode: '100644', name: 'zz', id: writeBlob(client, 'x') }],
      bundle,
    }),
  ],
];

/** Puts an entry whose tree is odd in place of the third one, in its log and its refs. */
function withOddTree(rig: ServerRig, change: TreeCase[1]): string {
  const { client } = rig;
  const entry = client.git(['rev-parse', refOf.third]);
  const { root, bundle } = change({ root: readTree(client, entry), bundle: readTree(client, `${entry}:bundle`) }, rig);
  const inner = writeTree(client, bundle);
  const tree = writeTree(
    client,
    root.map((item) => (item.name === 'bundle' ? { ...item, id: inner } : item)),
  );
  const odd = rewriteCommit(client, entry, (body) => body.replace(/^tree .*$/m, `tree ${tree}`));
  replaceEntry(client, entry, odd);
  return odd;
}

describe('trees', () => {
  for (const [what, change] of TREE_CASES) {
    test(`an entry with ${what} is refused, and so is every ref of it`, () => {
      const rig = copy();
      withOddTree(rig, change);
      attack(
        rig,
        [LOG, refOf.third, refOf.v2].map((ref) => `${ref}:${ref}`),
        /\(entry-invalid\)/,
      );
    });
  }

  test('none of them lands where git checks objects as well (receive.fsckObjects), and the honest push does', () => {
    const rig = copy();
    rig.server.git(['config', 'receive.fsckObjects', 'true']);
    const before = rig.refs();
    for (const [, change] of TREE_CASES) {
      const hostile = copy();
      withOddTree(hostile, change);
      expect(rig.pushFrom(hostile.client, [`+${LOG}:${LOG}`, refOf.third]).exitCode).not.toBe(0);
    }
    expect(rig.refs()).toEqual(before);
    expect(rig.push([EVERYTHING]).exitCode).toBe(0);
  });

  test('an entry whose objects did not come along is refused', () => {
    const rig = copy();
    const before = rig.refs();
    const entry = rig.client.git(['rev-parse', refOf.third]);
    const tip = rig.client.git(['rev-parse', LOG]);
    const old = before.get(LOG) ?? '';
    const updates = [
      { name: LOG, old, next: tip },
      { name: refOf.third, old: '0'.repeat(40), next: entry },
    ];
    expect(rawPush(rig, updates, [tip, entry])).toMatch(/missing necessary objects/);
    expect(rig.refs()).toEqual(before);
  });
});
