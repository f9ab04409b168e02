/** A client that uses plain git to damage refs of a registry: each is refused by name, and the good one beside it lands. */
import { describe, expect, test } from 'vitest';
import { attackedRegistry, LOG } from '../../support/attacked-registry.ts';
import { writeBlob } from '../../support/raw-tree.ts';
import { rawPush, type ServerRig } from '../../support/server-rig.ts';
import { editJson, readEvents, writeEvents } from '../../support/tamper.ts';

const { refOf, second, copy, attack } = attackedRegistry();

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
      const rig = copy();
      attack(rig, refspecs(rig), new RegExp(`\\(${rule}\\)`));
    });
  }

  test('push --mirror from a plain clone deletes nothing, and its branches land', () => {
    const rig = copy();
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
    const rig = copy();
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
