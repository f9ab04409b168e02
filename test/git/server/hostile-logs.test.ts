/** A client that rewrites a log with plumbing: it is refused, and so is every view that rests on it; the good push lands. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { attackedRegistry, LOG } from '../../support/attacked-registry.ts';
import { cliRegistryAt } from '../../support/cli-registry.ts';
import { readTree, writeBlob, writeTree } from '../../support/raw-tree.ts';
import type { ServerRig } from '../../support/server-rig.ts';
import { editJson, type RawEvent, readEvents, replaceEntry, rewriteCommit, writeEvents } from '../../support/tamper.ts';

const { refOf, second, third, candidate, copy, bundle: bundleOf, attack } = attackedRegistry();

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
      const rig = copy();
      writeEvents(rig.client, change(readEvents(rig.client), rig));
      attack(
        rig,
        [LOG, refOf.third, refOf.v2].map((ref) => `${ref}:${ref}`),
        new RegExp(code),
      );
    });
  }

  test('a stage move on a false precondition is kept and reported, and moves no stage (format §6.3)', () => {
    const rig = copy();
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
    const rig = copy();
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
      const rig = copy();
      const report = createHash('sha256').update(text).digest('hex');
      const files = writeTree(rig.client, [{ mode, name: report, id: writeBlob(rig.client, bytes ?? text) }]);
      const tree = writeTree(rig.client, [{ mode: '40000', name: 'evidence', id: files }]);
      append(rig, { kind: 'gate', to: 'production', report }, tree);
      attack(rig, [`${LOG}:${LOG}`], /event-wrong-evidence/);
    });
  }

  test('an entry on a forged parent that bears the name of a registered one is refused', () => {
    const rig = copy();
    const { client } = rig;
    const own = cliRegistryAt(client);
    own.must('register', bundleOf('child', 7), '--model', 'm', '--parent', 'm@v1.0.0', '--as', '3.0.0');
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
    const rig = copy();
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
    const rig = copy();
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
