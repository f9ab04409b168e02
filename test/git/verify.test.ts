import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseVersion } from '../../src/domain/version.ts';
import { annotate } from '../../src/operations/annotate.ts';
import { promote } from '../../src/operations/promote.ts';
import type { RegisterResult } from '../../src/operations/register.ts';
import { repair } from '../../src/operations/repair.ts';
import { resolve } from '../../src/operations/resolve.ts';
import { verify } from '../../src/operations/verify.ts';
import { lmBundle, type RegistryRig, registryRig } from '../support/registry-rig.ts';
import {
  editJson,
  type RawEvent,
  readEvents,
  replaceEntry,
  rewriteCommit,
  rewriteEntry,
  writeEvents,
} from '../support/tamper.ts';

interface Prepared {
  readonly rig: RegistryRig;
  readonly first: RegisterResult;
  readonly second: RegisterResult;
}

/** A log of create, register v1.0.0, register v1.1.0, stage: two entries, the first in production. */
async function prepared(): Promise<Prepared> {
  const rig = await registryRig();
  const first = await rig.register(rig.bundle('a', lmBundle(1)), {
    version: { kind: 'as', version: parseVersion('1.0.0') },
  });
  const second = await rig.register(rig.bundle('b', lmBundle(2)), {
    version: { kind: 'as', version: parseVersion('1.1.0') },
  });
  await promote(rig.workspace, { spec: 'm@v1.0.0', to: 'production' });
  return { rig, first, second };
}

async function codesOf(rig: RegistryRig, weights = false): Promise<readonly string[]> {
  const { findings } = await verify(await rig.reopen(), { specs: [], weights });
  return [...new Set(findings.map(({ code }) => code))];
}

type EventCase = readonly [string, string, (events: RawEvent[], prepared: Prepared) => readonly RawEvent[]];

const edit =
  (index: number, change: (value: Record<string, unknown>) => void) =>
  (events: RawEvent[]): readonly RawEvent[] =>
    editJson(events, index, change);

const patch =
  (index: number, change: (event: RawEvent, prepared: Prepared) => Partial<RawEvent>) =>
  (events: RawEvent[], all: Prepared): readonly RawEvent[] =>
    events.map((event, at) => (at === index ? { ...event, ...change(event, all) } : event));

const EVENT_CASES: readonly EventCase[] = [
  ['JSON with a space', 'event-not-canonical', patch(3, ({ json }) => ({ json: json.replace('{', '{ ') }))],
  ['JSON with keys out of order', 'event-not-canonical', patch(3, ({ json }) => ({ json: `{"z":1,${json.slice(1)}` }))],
  ['a skipped seq', 'event-broken-chain', edit(3, (value) => Object.assign(value, { seq: 4 }))],
  ['a wrong prev', 'event-broken-chain', edit(3, (value) => Object.assign(value, { prev: '0'.repeat(64) }))],
  [
    'an event edited in the middle',
    'event-broken-chain',
    (events) =>
      events.map((event, at) =>
        at === 1 ? { ...event, json: event.json.replace('Ada Tester', 'Eve Tester') } : event,
      ),
  ],
  ['a dropped event', 'event-broken-chain', (events) => events.filter((_, at) => at !== 2)],
  ['two events swapped', 'event-broken-chain', ([a, b, c, d]) => [a, c, b, d] as RawEvent[]],
  [
    'an id used twice',
    'event-duplicate-id',
    (events) =>
      editJson(events, 3, (value) =>
        Object.assign(value, { id: (JSON.parse(events[2]?.json ?? '') as { id: string }).id }),
      ),
  ],
  ['another model', 'event-wrong-model', edit(3, (value) => Object.assign(value, { model: 'other' }))],
  [
    'no create at the beginning',
    'event-not-create',
    (events) => editJson(events.slice(0, 1), 0, (value) => Object.assign(value, { kind: 'retire' })),
  ],
  ['a missing second parent', 'event-wrong-parents', patch(3, () => ({ entry: undefined as unknown as string }))],
  [
    'a third parent',
    'event-wrong-parents',
    patch(3, ({ entry }, { second }) => ({ parents: (previous) => [previous ?? '', entry ?? '', second.commit] })),
  ],
  [
    'another commit time',
    'event-wrong-time',
    patch(3, ({ committer }) => ({ committer: committer.replace(/\d+ \+0000$/, '7 +0000') })),
  ],
  [
    'files that it does not name',
    'event-wrong-evidence',
    patch(2, (_, { first, rig }) => ({ tree: rig.repository.git(['rev-parse', `${first.commit}^{tree}`]) })),
  ],
  ['another entry as its second parent', 'event-wrong-entry', patch(2, (_, { first }) => ({ entry: first.commit }))],
  [
    'another manifest digest',
    'event-wrong-entry',
    edit(2, (value) => Object.assign(value, { manifest: '0'.repeat(64) })),
  ],
  ['an id that is none', 'event-invalid', edit(3, (value) => Object.assign(value, { id: 'x' }))],
];

describe('a log with', () => {
  test.each(EVENT_CASES)('%s is found as %s, exit 5', async (_, code, tamper) => {
    const all = await prepared();
    writeEvents(all.rig.repository, tamper(readEvents(all.rig.repository), all));
    const result = await verify(await all.rig.reopen(), { specs: [], weights: false });
    expect(result.findings.filter(({ severity }) => severity === 'corrupt').map((found) => found.code)).toContain(code);
    expect(result.ok).toBe(false);
  });

  test('an author that is not its actor is a notice', async () => {
    const { rig } = await prepared();
    const events = readEvents(rig.repository);
    const last = events.at(-1) as RawEvent;
    writeEvents(rig.repository, [...events.slice(0, -1), { ...last, author: last.author.replace('Ada', 'Eve') }]);
    expect(await verify(await rig.reopen(), { specs: [], weights: false })).toMatchObject({
      ok: true,
      findings: [{ code: 'event-author-differs' }],
    });
  });

  test('an unknown kind is kept and reported; an unknown format is read, and written to no more', async () => {
    const { rig } = await prepared();
    writeEvents(
      rig.repository,
      editJson(readEvents(rig.repository), 3, (value) => Object.assign(value, { kind: 'novel' })),
    );
    expect(await codesOf(rig)).toEqual(expect.arrayContaining(['event-unknown', 'view-stale']));
    await annotate(await rig.reopen(), { target: { kind: 'model', model: 'm' }, set: { a: 'b' }, unset: [] });
    writeEvents(
      rig.repository,
      editJson(readEvents(rig.repository), 3, (value) => Object.assign(value, { v: 2 })),
    );
    const fresh = await rig.reopen();
    expect((await resolve(fresh, { spec: 'm@v1.0.0', allowTombstoned: false })).version).toBe('v1.0.0');
    const writing = annotate(fresh, { target: { kind: 'model', model: 'm' }, set: { a: 'c' }, unset: [] });
    await expect(writing).rejects.toEqual(expect.objectContaining({ code: 'unsupported-log' }));
  });

  test('an event whose precondition is false has no effect, and is reported', async () => {
    const { rig } = await prepared();
    writeEvents(
      rig.repository,
      editJson(readEvents(rig.repository), 3, (value) => Object.assign(value, { from: 'staging' })),
    );
    expect(await codesOf(rig)).toEqual(['event-without-effect', 'view-stale']);
  });
});

type EntryCase = readonly [string, string, (prepared: Prepared) => string];

const tree =
  (change: (lines: string[], blob: (text: string) => string) => readonly string[]) =>
  ({ rig, second }: Prepared): string =>
    rewriteEntry(rig.repository, second.commit, change);

const content =
  (path: string, edited: (text: string) => string) =>
  (all: Prepared): string =>
    rewriteEntry(all.rig.repository, all.second.commit, (lines, blob) =>
      lines.map((line) => {
        if (!line.endsWith(`\t${path}`)) return line;
        return line.replace(
          /[0-9a-f]{40}/,
          blob(edited(all.rig.repository.tryGit(['show', `${all.second.commit}:${path}`]).stdout)),
        );
      }),
    );

const ENTRY_CASES: readonly EntryCase[] = [
  ['another config.json', 'entry-file-differs', content('bundle/config.json', () => '{"d_model":5}')],
  [
    'another pointer',
    'entry-pointer-differs',
    content('bundle/model.safetensors.dvc', (text) => text.replace(/md5: ./, 'md5: 0')),
  ],
  ['a manifest with a space', 'entry-manifest-invalid', content('manifest.json', (text) => text.replace('{', '{ '))],
  [
    'a manifest of other bytes',
    'entry-identity-differs',
    content('manifest.json', (text) =>
      text.replace(/"sha256":"[0-9a-f]{64}","store":"cache"/, `"sha256":"${'1'.repeat(64)}","store":"cache"`),
    ),
  ],
  [
    'one file more',
    'entry-tree-differs',
    tree((lines, blob) => [...lines, `100644 blob ${blob('x')}\tbundle/extra.txt`]),
  ],
  [
    'an executable file',
    'entry-tree-differs',
    tree((lines) => lines.map((line) => (line.includes('config.json') ? line.replace('100644', '100755') : line))),
  ],
  [
    'a symbolic link',
    'entry-tree-differs',
    tree((lines, blob) => [...lines, `120000 blob ${blob('/etc/passwd')}\tbundle/link`]),
  ],
  ['a file less', 'entry-missing', tree((lines) => lines.filter((line) => !line.includes('config.json')))],
  [
    'another time',
    'entry-commit-differs',
    ({ rig, second }) =>
      rewriteCommit(rig.repository, second.commit, (body) => body.replaceAll('1000000000', '1000000001')),
  ],
  [
    'another author',
    'entry-commit-differs',
    ({ rig, second }) =>
      rewriteCommit(rig.repository, second.commit, (body) => body.replace('author git-registry', 'author eve')),
  ],
  [
    'an encoding header',
    'entry-commit-differs',
    ({ rig, second }) =>
      rewriteCommit(rig.repository, second.commit, (body) => body.replace('\n\n', '\nencoding latin1\n\n')),
  ],
  [
    'a parent that it does not state',
    'entry-commit-differs',
    ({ rig, first, second }) =>
      rewriteCommit(rig.repository, second.commit, (body) =>
        body.replace('\nauthor', `\nparent ${first.commit}\nauthor`),
      ),
  ],
];

describe('an entry with', () => {
  test.each(ENTRY_CASES)('%s is found as %s', async (_, code, tamper) => {
    const all = await prepared();
    replaceEntry(all.rig.repository, all.second.commit, tamper(all));
    const { ok, findings } = await verify(await all.rig.reopen(), { specs: [], weights: false });
    expect(ok).toBe(false);
    expect(findings.map((found) => found.code)).toContain(code);
    const bySpec = await verify(await all.rig.reopen(), { specs: ['m@v1.1.0'], weights: false });
    expect(bySpec.findings.map((found) => found.code)).toContain(code);
  });

  test('an object that is gone is found, not thrown', async () => {
    const { rig, second } = await prepared();
    const gone = rig.repository.git(['rev-parse', `${second.commit}:manifest.json`]);
    rmSync(join(rig.repository.gitDir, 'objects', gone.slice(0, 2), gone.slice(2)));
    expect(await codesOf(rig)).toContain('entry-missing');
  });
});

describe('views', () => {
  test.each([
    ['a missing version', 'view-missing', ['-d', 'refs/registry/semver/m/v1.1.0']],
    ['a missing entry', 'view-missing', ['-d', 'refs/registry/sha/SECOND']],
    ['a missing stage', 'view-missing', ['-d', 'refs/registry/stage/m/production']],
    ['a stage behind its log', 'view-stale', ['refs/registry/stage/m/production', 'COMMIT']],
    ['a stage that no log gives', 'view-stale', ['refs/registry/stage/m/staging', 'COMMIT']],
  ] as const)('%s is found as %s, exit 1, and repaired', async (_, code, args) => {
    const { rig, second } = await prepared();
    rig.repository.git([
      'update-ref',
      ...args.map((arg) => arg.replace('SECOND', second.sha256).replace('COMMIT', second.commit)),
    ]);
    expect(await codesOf(rig)).toEqual([code]);
    expect((await repair(await rig.reopen(), { weights: false, dryRun: false })).views).toHaveLength(1);
    expect(await codesOf(rig)).toEqual([]);
  });

  test('a moved version is tampering, which repair leaves alone', async () => {
    const { rig, second } = await prepared();
    rig.repository.git(['update-ref', 'refs/registry/semver/m/v1.0.0', second.commit]);
    expect(await verify(await rig.reopen(), { specs: [], weights: false })).toMatchObject({
      ok: false,
      findings: [{ code: 'view-tampered', severity: 'corrupt' }],
    });
    expect(await repair(await rig.reopen(), { weights: false, dryRun: false })).toMatchObject({
      views: [],
      left: [{ code: 'view-tampered' }],
    });
    const fresh = await rig.reopen();
    expect((await resolve(fresh, { spec: 'm@v1.0.0', allowTombstoned: false })).sha256).not.toBe(second.sha256);
  });

  test('a version that no log gives, and a ref of no known kind, are named and left alone', async () => {
    const { rig, second } = await prepared();
    rig.repository.git(['update-ref', 'refs/registry/semver/m/v9.0.0', second.commit]);
    rig.repository.git(['update-ref', 'refs/registry/novel/x', second.commit]);
    expect(await codesOf(rig)).toEqual(['view-unknown', 'ref-odd']);
    expect((await repair(await rig.reopen(), { weights: false, dryRun: false })).views).toEqual([]);
    expect(rig.repository.git(['rev-parse', 'refs/registry/novel/x'])).toBe(second.commit);
  });
});

describe('weights', () => {
  const cached = async ({ rig, second }: Prepared): Promise<{ readonly md5: string; readonly sha256: string }> => {
    const file = second.manifest.files.find(({ store }) => store === 'cache');
    if (file?.store !== 'cache') throw new Error('no cached file');
    const at = (name: string, digest: string): string =>
      join(rig.repository.gitDir, 'registry/cache/files', name, digest.slice(0, 2), digest.slice(2));
    return { md5: at('md5', file.md5), sha256: at('sha256', file.sha256) };
  };

  test('are not looked at unless asked for', async () => {
    const all = await prepared();
    rmSync((await cached(all)).md5, { force: true });
    expect(await codesOf(all.rig)).toEqual([]);
  });

  test('that lost a name get it back', async () => {
    const all = await prepared();
    rmSync((await cached(all)).md5, { force: true });
    expect(await codesOf(all.rig, true)).toEqual(['weights-name-missing']);
    await repair(await all.rig.reopen(), { weights: true, dryRun: false });
    expect(await codesOf(all.rig, true)).toEqual([]);
  });

  test('that are gone are found', async () => {
    const all = await prepared();
    const paths = await cached(all);
    for (const path of Object.values(paths)) rmSync(path, { force: true });
    expect(await codesOf(all.rig, true)).toEqual(['weights-missing']);
  });

  test('that changed under mode 0444 are found, and go to quarantine', async () => {
    const all = await prepared();
    const { sha256 } = await cached(all);
    const bytes = readFileSync(sha256);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    chmodSync(sha256, 0o644);
    writeFileSync(sha256, bytes);
    chmodSync(sha256, 0o444);
    expect(await codesOf(all.rig, true)).toEqual(['weights-corrupt']);
    const mended = await repair(await all.rig.reopen(), { weights: true, dryRun: false });
    expect(mended.quarantined.length).toBeGreaterThan(0);
    expect(await codesOf(all.rig, true)).toEqual(['weights-missing']);
  });
});
