/** A client that uses plain git to damage a registry: each ref it pushes is refused by name, and the good one beside it lands. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { cliRegistryAt, sharedCliRegistry } from '../../support/cli-registry.ts';
import { type RawTreeItem, readTree, writeBlob, writeTree } from '../../support/raw-tree.ts';
import { lmBundle } from '../../support/registry-rig.ts';
import { copyRig, rawPush, refsOf, type ServerRig, serverBeside } from '../../support/server-rig.ts';
import { editJson, type RawEvent, readEvents, replaceEntry, rewriteCommit, writeEvents } from '../../support/tamper.ts';

const EVERYTHING = 'refs/registry/*:refs/registry/*';
const LOG = 'refs/registry/log/m';

const registry = sharedCliRegistry();
serverBeside(registry);
const shaOf = (document: Readonly<Record<string, unknown>>): string => String(document['sha256']);
const first = shaOf(registry.must('register', registry.bundle('a', lmBundle(1)), '--model', 'm', '--as', '1.0.0'));
const second = shaOf(registry.must('register', registry.bundle('b', lmBundle(2)), '--model', 'm', '--as', '1.1.0'));
const candidate = shaOf(registry.must('register', registry.bundle('c', lmBundle(3)), '--model', 'm', '--pending'));
const buried = shaOf(registry.must('register', registry.bundle('d', lmBundle(4)), '--model', 'm', '--as', '0.9.0'));
registry.must('tombstone', 'm@v0.9.0', '--reason', 'leaked');
registry.must('promote', 'm@v1.0.0', '--to', 'production');
registry.repository.git(['commit', '--quiet', '--allow-empty', '-m', 'code']);
registry.repository.git(['push', '--quiet', '../server', EVERYTHING, 'HEAD:refs/heads/main']);
// What only the client has: the attacker starts from it, and the honest one pushes it afterwards.
const third = shaOf(registry.must('register', registry.bundle('e', lmBundle(5)), '--model', 'm', '--as', '2.0.0'));

const refOf = {
  first: `refs/registry/sha/${first}`,
  second: `refs/registry/sha/${second}`,
  third: `refs/registry/sha/${third}`,
  v1: 'refs/registry/semver/m/v1.0.0',
  v2: 'refs/registry/semver/m/v2.0.0',
  stage: 'refs/registry/stage/m/production',
  pending: `refs/registry/pending/m/${candidate}`,
  tombstone: `refs/registry/tombstone/m/${buried}`,
} as const;

/** Pushes bad refs beside a good branch; then the honest client pushes what it has. */
function attack(rig: ServerRig, refspecs: readonly string[], rule: string | RegExp): void {
  const honest = copyRig(registry);
  const before = new Map(rig.refs());
  const good = 'refs/heads/good';
  const { exitCode, stderr, refs } = rig.push([...refspecs, `HEAD:${good}`], '--force');
  expect(exitCode).not.toBe(0);
  expect(stderr).toMatch(rule);
  const bad = [...refs].filter(([name]) => name !== good);
  expect(bad.length).toBeGreaterThan(0);
  for (const [name, said] of bad) expect(`${name} ${said}`).toContain('hook declined');
  expect(refs.get(good)).toBe('ok');
  before.set(good, rig.client.git(['rev-parse', 'HEAD']));
  expect(rig.refs()).toEqual(before);
  const landed = rig.pushFrom(honest.client, [EVERYTHING]);
  expect(landed.stderr).not.toContain('error');
  expect(new Map([...rig.refs()].filter(([name]) => name.startsWith('refs/registry/')))).toEqual(
    new Map([...refsOf(honest.client)].filter(([name]) => name.startsWith('refs/registry/'))),
  );
}

/** Returns a commit in front of the one that a ref has: what makes a push of it a fast-forward. */
function ahead({ client }: ServerRig, ref: string): string {
  const tip = client.git(['rev-parse', ref]);
  return client.git(['commit-tree', `${tip}^{tree}`, '-p', tip, '-m', 'ahead']);
}

type RefCase = readonly [what: string, rule: string, refspecs: (rig: ServerRig) => readonly string[]];

const WRITE_ONCE = ['first', 'v1', 'tombstone'] as const;

const REF_CASES: readonly RefCase[] = [
  ...WRITE_ONCE.map((name): RefCase => [`moving ${name}`, 'write-once', () => [`${refOf.second}:${refOf[name]}`]]),
  ...WRITE_ONCE.map(
    (name): RefCase => [
      `fast-forwarding ${name}`,
      'write-once',
      (rig) => [`${ahead(rig, refOf[name])}:${refOf[name]}`],
    ],
  ),
  ...WRITE_ONCE.map((name): RefCase => [`deleting ${name}`, 'never-deleted', () => [`:${refOf[name]}`]]),
  ['deleting a log', 'log-deleted', () => [`:${LOG}`]],
  ['deleting a stage that the log gives', 'still-in-log', () => [`:${refOf.stage}`]],
  ['deleting a candidate that the log gives', 'still-in-log', () => [`:${refOf.pending}`]],
  ['moving a stage without its event', 'not-in-log', () => [`${refOf.second}:${refOf.stage}`]],
  ['a stage that no event gave', 'not-in-log', () => [`${refOf.second}:refs/registry/stage/m/staging`]],
  ['a version that no event gave', 'not-in-log', () => [`${refOf.second}:refs/registry/semver/m/v9.9.9`]],
  ['an entry that no log has', 'not-in-log', () => [`${refOf.third}:${refOf.third}`]],
  ['a candidate that no event made', 'not-in-log', () => [`${refOf.second}:refs/registry/pending/m/${second}`]],
  ['a tombstone without its event', 'not-in-log', () => [`${refOf.second}:refs/registry/tombstone/m/${second}`]],
  ['a version of a model that has no log', 'not-in-log', () => [`${refOf.second}:refs/registry/semver/other/v1.0.0`]],
  ['a branch in place of an entry', 'not-in-log', () => [`HEAD:refs/registry/sha/${'ab'.repeat(32)}`]],
  ['an annotated tag of an entry as entry', 'not-in-log', (rig) => [`${tagOf(rig, refOf.third)}:${refOf.third}`]],
  ['a blob as entry', 'not-in-log', ({ client }) => [`${writeBlob(client, 'x')}:${refOf.third}`]],
  [
    'a tree as version',
    'not-in-log',
    ({ client }) => [`${client.git(['rev-parse', `${refOf.second}^{tree}`])}:${refOf.v2}`],
  ],
  ['an annotated tag of a log as log', 'log-invalid', (rig) => [`${tagOf(rig, LOG)}:${LOG}`]],
  ['a blob as log', 'log-invalid', ({ client }) => [`${writeBlob(client, 'x')}:${LOG}`]],
  ['a branch as log', 'log-invalid', () => ['HEAD:refs/registry/log/new']],
  ['a branch over a log', 'log-rewritten', () => [`HEAD:${LOG}`]],
  ['a log taken back by one event', 'log-rewritten', () => [`${LOG}~2:${LOG}`]],
  ['a log that reaches the old one by its second parent', 'log-rewritten', (rig) => [`${besides(rig)}:${LOG}`]],
  ['a replacement', 'replace-ref', ({ client }) => [`HEAD:refs/replace/${client.git(['rev-parse', LOG])}`]],
  ['a ref that is not of format §5', 'unknown-ref', () => [`${refOf.first}:refs/registry/audit/main`]],
  ['a version that is none', 'unknown-ref', () => [`${refOf.first}:refs/registry/semver/m/v01.0.0`]],
  ['a version with build metadata', 'unknown-ref', () => [`${refOf.first}:refs/registry/semver/m/v1.0.0+a`]],
  ['a model in an odd spelling', 'unknown-ref', () => [`${refOf.first}:refs/registry/semver/%6d/v3.0.0`]],
  ['the registry in capitals', 'unknown-ref', () => [`${refOf.first}:refs/Registry/semver/m/v3.0.0`]],
  ['what a clone keeps of its remotes', 'local-ref', () => [`${LOG}:refs/registry-remote/origin/log/m`]],
  ['a quarantine of a clone', 'local-ref', () => [`${LOG}:refs/registry-incoming/x/log/m`]],
  ['a model whose name differs in case alone', 'model-collides', (rig) => [`${newLog(rig, 'M')}:refs/registry/log/M`]],
  ['a model inside another', 'model-collides', (rig) => [`${newLog(rig, 'm/x')}:refs/registry/log/m/x`]],
];

function tagOf({ client }: ServerRig, ref: string): string {
  client.git(['tag', '--annotate', '--message', 'tag', 'hostile', ref]);
  return client.git(['rev-parse', 'refs/tags/hostile']);
}

/** A commit whose first parent is a new root, and whose second is the log. */
function besides({ client }: ServerRig): string {
  const root = client.git(['commit-tree', 'HEAD^{tree}', '-m', 'root']);
  return client.git(['commit-tree', 'HEAD^{tree}', '-p', root, '-p', LOG, '-m', 'merge']);
}

/** A log of one good event, for another model. */
function newLog({ client }: ServerRig, model: string): string {
  const [create] = editJson(readEvents(client).slice(0, 1), 0, (event) => Object.assign(event, { model }));
  const tip = client.git(['rev-parse', LOG]);
  writeEvents(client, create === undefined ? [] : [create]);
  const made = client.git(['rev-parse', LOG]);
  client.git(['update-ref', LOG, tip]);
  return made;
}

describe('refs', () => {
  for (const [what, rule, refspecs] of REF_CASES) {
    test(`${what} is refused (${rule})`, () => {
      const rig = copyRig(registry);
      attack(rig, refspecs(rig), new RegExp(`\\(${rule}\\)`));
    });
  }

  test('push --mirror from a plain clone deletes nothing, and its branches land', () => {
    const rig = copyRig(registry);
    const before = new Map(rig.refs());
    rig.client.git(['clone', '--quiet', rig.server.folder, '../plain']);
    rig.client.git(['-C', '../plain', 'commit', '--quiet', '--allow-empty', '-m', 'more']);
    const { stdout } = rig.client.tryGit(['-C', '../plain', 'push', '--porcelain', '--mirror', rig.server.folder]);
    const main = rig.client.git(['-C', '../plain', 'rev-parse', 'HEAD']);
    before.set('refs/heads/main', main);
    expect(stdout.match(/hook declined/g)).toHaveLength(
      [...before.keys()].filter((name) => name !== 'refs/heads/main').length,
    );
    for (const [name, id] of before) expect(rig.refs().get(name)).toBe(id);
  });

  test('a client that lies about the old value deletes and moves nothing', () => {
    const rig = copyRig(registry);
    const before = rig.refs();
    const zero = '0'.repeat(40);
    const lies = [refOf.v1, refOf.stage, refOf.pending, LOG].map((name) => ({
      name,
      old: 'ab'.repeat(20),
      next: zero,
    }));
    expect(rawPush(rig, lies, [])).toContain('hook declined');
    expect(rig.refs()).toEqual(before);
  });
});

/** The attacker's log: what the server has, and then the third entry's registration, in some other form. */
type LogCase = readonly [
  what: string,
  code: string,
  change: (events: RawEvent[], rig: ServerRig) => readonly RawEvent[],
];

const last =
  (change: (event: Record<string, unknown>) => void) =>
  (events: RawEvent[]): readonly RawEvent[] =>
    editJson(events, events.length - 1, change);
const patch =
  (change: (event: RawEvent, rig: ServerRig) => Partial<RawEvent>) =>
  (events: RawEvent[], rig: ServerRig): readonly RawEvent[] =>
    events.map((event, at) => (at === events.length - 1 ? { ...event, ...change(event, rig) } : event));

const LOG_CASES: readonly LogCase[] = [
  [
    'a seq that skips one',
    'event-broken-chain',
    last((event) => Object.assign(event, { seq: Number(event['seq']) + 1 })),
  ],
  ['a prev of another event', 'event-broken-chain', last((event) => Object.assign(event, { prev: 'ab'.repeat(32) }))],
  ['by without an email', 'event-invalid', last((event) => Object.assign(event, { by: { name: 'Ada' } }))],
  ['by as a text', 'event-invalid', last((event) => Object.assign(event, { by: 'Ada <ada@example.org>' }))],
  ['the model of another log', 'event-wrong-model', last((event) => Object.assign(event, { model: 'other' }))],
  [
    'an id that occurs twice',
    'event-duplicate-id',
    (events) => last((event) => Object.assign(event, { id: JSON.parse(events[1]?.json ?? '').id }))(events),
  ],
  [
    'another time than the commit',
    'event-wrong-time',
    last((event) => Object.assign(event, { at: '2020-01-01T00:00:00.000Z' })),
  ],
  ['JSON that is not canonical', 'event-not-canonical', patch(({ json }) => ({ json: json.replace('{', '{ ') }))],
  [
    'a third parent',
    'event-wrong-parents',
    patch((event) => ({ parents: (previous) => [previous ?? '', event.entry ?? '', event.entry ?? ''] })),
  ],
  [
    'no second parent',
    'event-wrong-parents',
    patch((event) => ({ parents: (previous) => [previous ?? ''], entry: event.entry })),
  ],
  [
    'the entry of another event',
    'event-wrong-entry',
    patch((_, { client }) => ({ entry: client.git(['rev-parse', refOf.first]) })),
  ],
  [
    'another manifest digest',
    'event-wrong-entry',
    last((event) => Object.assign(event, { manifest: 'ab'.repeat(32) })),
  ],
  [
    'files that it does not name',
    'event-wrong-evidence',
    patch((_, { client }) => ({ tree: client.git(['rev-parse', `${refOf.first}^{tree}`]) })),
  ],
  ['an encoding header', 'UTF-8', patch(() => ({ extra: 'encoding latin1\n' }))],
  ['a newer format', 'newer-format', last((event) => Object.assign(event, { v: 2 }))],
  [
    'an event that was changed long ago',
    'log-rewritten',
    (events) => editJson(events, 1, (event) => Object.assign(event, { description: 'other' })),
  ],
  ['an event that was dropped', 'log-rewritten', (events) => events.filter((_, at) => at !== 2)],
];

describe('logs', () => {
  for (const [what, code, change] of LOG_CASES) {
    test(`an event with ${what} is refused (${code}), and so is every view of it`, () => {
      const rig = copyRig(registry);
      writeEvents(rig.client, change(readEvents(rig.client), rig));
      attack(
        rig,
        [LOG, refOf.third, refOf.v2].map((ref) => `${ref}:${ref}`),
        new RegExp(code),
      );
    });
  }

  test('a stage move on a false precondition is kept and reported, and moves no stage (format §6.3)', () => {
    const rig = copyRig(registry);
    const stage = { kind: 'stage', from: 'staging', to: 'production', replaced: second, verdicts: [], approvals: [] };
    append(rig, stage);
    const before = rig.refs().get(refOf.stage);
    const { stderr, refs } = rig.push(
      [`${LOG}:${LOG}`, `${refOf.third}:${refOf.third}`, `${refOf.third}:${refOf.stage}`],
      '--force',
    );
    expect(stderr).toMatch(
      /note: .*\(stage\): it is not where the event says; it is kept, and has no effect \(format §6.3\)/,
    );
    expect(refs.get(LOG)).toBe('ok');
    expect(refs.get(refOf.third)).toBe('ok');
    expect(refs.get(refOf.stage)).toContain('hook declined');
    expect(rig.refs().get(refOf.stage)).toBe(before);
  });

  test('an event of 9 MiB is refused before it is read to its end', () => {
    const rig = copyRig(registry);
    append(rig, { kind: 'gate', to: 'production', report: 'ab'.repeat(32), comment: 'x'.repeat(9 << 20) });
    attack(rig, [`${LOG}:${LOG}`], /expected at most 8388608 bytes, got more/);
  });

  const EVIDENCE: readonly (readonly [string, string, string, string?])[] = [
    ['a symbolic link', '120000', 'report'],
    ['larger than 1 MiB', '100644', 'x'.repeat((1 << 20) + 1)],
    ['of other bytes', '100644', 'report', 'other'],
  ];
  for (const [what, mode, text, bytes] of EVIDENCE) {
    test(`evidence that is ${what} is refused`, () => {
      const rig = copyRig(registry);
      const report = createHash('sha256').update(text).digest('hex');
      const files = writeTree(rig.client, [{ mode, name: report, id: writeBlob(rig.client, bytes ?? text) }]);
      const tree = writeTree(rig.client, [{ mode: '40000', name: 'evidence', id: files }]);
      append(rig, { kind: 'gate', to: 'production', report }, tree);
      attack(rig, [`${LOG}:${LOG}`], /event-wrong-evidence/);
    });
  }

  test('an entry on a forged parent that bears the name of a registered one is refused', () => {
    const rig = copyRig(registry);
    const { client } = rig;
    const own = cliRegistryAt(client);
    own.must(
      'register',
      registry.bundle('child', lmBundle(7)),
      '--model',
      'm',
      '--parent',
      'm@v1.0.0',
      '--as',
      '3.0.0',
    );
    const parent = client.git(['rev-parse', refOf.first]);
    const child = client.git(['rev-parse', 'refs/registry/semver/m/v3.0.0']);
    const forged = rewriteCommit(client, parent, (body) =>
      body.replace(/^tree .*$/m, `tree ${client.git(['rev-parse', 'HEAD^{tree}'])}`),
    );
    replaceEntry(
      client,
      child,
      rewriteCommit(client, child, (body) => body.replace(parent, forged)),
    );
    attack(rig, [`${LOG}:${LOG}`], /\(parent-unregistered\)/);
  });
});

describe('a second manifest under one SHA, which under lm/1 holds no MD5', () => {
  test('is refused in another model', () => {
    const rig = copyRig(registry);
    const { entry, manifest } = withOtherMd5(rig, refOf.first);
    const [create, register] = editJson(readEvents(rig.client).slice(0, 2), 0, (event) =>
      Object.assign(event, { model: 'other' }),
    );
    const tip = rig.client.git(['rev-parse', LOG]);
    const events = [create as RawEvent, { ...(register as RawEvent), entry }];
    writeEvents(
      rig.client,
      editJson(events, 1, (event) => Object.assign(event, { model: 'other', manifest })),
    );
    const other = rig.client.git(['rev-parse', LOG]);
    rig.client.git(['update-ref', LOG, tip]);
    attack(rig, [`${other}:refs/registry/log/other`], /\(entry-differs\)/);
  });

  test('is refused for a candidate of the same model', () => {
    const rig = copyRig(registry);
    const { entry, manifest } = withOtherMd5(rig, refOf.pending);
    append(rig, { kind: 'register', manifest, pending: false, sha256: candidate }, undefined, entry);
    attack(rig, [`${LOG}:${LOG}`], /\(entry-differs\)/);
  });
});

/** An entry whose manifest and pointer name another MD5, and which holds in all else. */
function withOtherMd5({ client }: ServerRig, ref: string): { readonly entry: string; readonly manifest: string } {
  const commit = client.git(['rev-parse', ref]);
  const text = client.git(['show', `${commit}:manifest.json`]);
  const [, md5 = ''] = /"md5":"([0-9a-f]{32})"/.exec(text) ?? [];
  const other = (from: string): string => from.replace(md5, 'abcdef0123456789'.repeat(2));
  const manifest = other(text);
  const blob = (path: string): string =>
    writeBlob(client, other(`${client.git(['show', `${commit}:${path}`])}${path === 'manifest.json' ? '' : '\n'}`));
  const bundle = readTree(client, `${commit}:bundle`).map((item) =>
    item.name.endsWith('.dvc') ? { ...item, id: blob(`bundle/${item.name}`) } : item,
  );
  const folder = writeTree(client, bundle);
  const tree = writeTree(
    client,
    readTree(client, commit).map((item) => ({ ...item, id: item.name === 'bundle' ? folder : blob('manifest.json') })),
  );
  const entry = rewriteCommit(client, commit, (body) => body.replace(/^tree .*$/m, `tree ${tree}`));
  return { entry, manifest: createHash('sha256').update(manifest).digest('hex') };
}

/** Appends an event about the third entry to the attacker's log. */
function append({ client }: ServerRig, body: Record<string, unknown>, tree?: string, named?: string): void {
  const events = readEvents(client);
  const tip = events.at(-1) as RawEvent;
  const { v, at, by, model, seq } = JSON.parse(tip.json) as Record<string, unknown>;
  const id = '019b8d5f-0000-7000-8000-000000000001';
  const json = JSON.stringify({ v, at, by, model, id, seq: Number(seq) + 1, prev: null, sha256: third, ...body });
  const entry = named ?? client.git(['rev-parse', refOf.third]);
  const appended = [...events, { ...tip, json, entry, tree: tree ?? tip.tree }];
  writeEvents(
    client,
    editJson(appended, events.length - 1, () => undefined),
  );
}

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
      const rig = copyRig(registry);
      withOddTree(rig, change);
      attack(
        rig,
        [LOG, refOf.third, refOf.v2].map((ref) => `${ref}:${ref}`),
        /\(entry-invalid\)/,
      );
    });
  }

  test('none of them lands where git checks objects as well (receive.fsckObjects), and the honest push does', () => {
    const rig = copyRig(registry);
    rig.server.git(['config', 'receive.fsckObjects', 'true']);
    const before = rig.refs();
    for (const [, change] of TREE_CASES) {
      const hostile = copyRig(registry);
      withOddTree(hostile, change);
      expect(rig.pushFrom(hostile.client, [`+${LOG}:${LOG}`, refOf.third]).exitCode).not.toBe(0);
    }
    expect(rig.refs()).toEqual(before);
    expect(rig.push([EVERYTHING]).exitCode).toBe(0);
  });

  test('an entry whose objects did not come along is refused', () => {
    const rig = copyRig(registry);
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
