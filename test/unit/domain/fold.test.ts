import { describe, expect, test } from 'vitest';
import { deployStatusOf } from '../../../src/domain/deployment.ts';
import { foldEvents } from '../../../src/domain/fold.ts';
import { emptyState, isExpired, stageOf } from '../../../src/domain/state.ts';
import { formerOccupant } from '../../../src/domain/transitions.ts';
import { instant, LogBuilder, sha, version } from '../../support/event-builder.ts';

const entryOf = (log: LogBuilder, name: string) => log.state.entries.get(sha(name));

describe('register', () => {
  test('makes an entry registered, in development, with its version', () => {
    const log = new LogBuilder();
    expect(log.register('a', 'v1.0.0')).toBeUndefined();
    expect(entryOf(log, 'a')).toMatchObject({ status: 'registered', versions: ['v1.0.0'], number: 1 });
    expect(log.state.versions.get(version('v1.0.0'))?.sha256).toBe(sha('a'));
    expect(stageOf(log.state.entries.get(sha('a')) as never)).toBe('development');
  });

  test('has no effect on what is registered, tombstoned, or under a version that is taken', () => {
    const log = new LogBuilder();
    log.register('a', 'v1.0.0');
    expect(log.register('a')).toMatch(/registered already/);
    expect(log.register('b', 'v1.0.0')).toMatch(/taken/);
    log.register('c');
    log.add({ kind: 'tombstone', sha256: sha('c'), reason: 'bad' });
    expect(log.register('c')).toMatch(/tombstone/);
    expect(log.state.entries.has(sha('b'))).toBe(false);
    expect(log.state.ineffective.map(({ seq }) => seq)).toEqual([2, 3, 6]);
  });

  test('as pending makes a candidate, which a second one renews and a plain one makes registered', () => {
    const log = new LogBuilder();
    log.pend('a', 10);
    const first = entryOf(log, 'a')?.expires;
    log.pend('a', 20);
    expect(entryOf(log, 'a')?.expires).not.toBe(first);
    expect(entryOf(log, 'a')).toMatchObject({ status: 'pending', number: 1 });
    expect(log.register('a', 'v1.0.0')).toBeUndefined();
    expect(entryOf(log, 'a')).toMatchObject({ status: 'registered', number: 1 });
    expect(entryOf(log, 'a')).not.toHaveProperty('expires');
  });

  test('of a candidate with a version has no effect', () => {
    const log = new LogBuilder();
    const refused = log.add({
      kind: 'register',
      sha256: sha('a'),
      manifest: sha('m'),
      pending: true,
      expires: instant(99),
      version: version('v1.0.0'),
    });
    expect(refused).toMatch(/candidate/);
  });

  test('numbers entries in the order of their first effective event, points included', () => {
    const log = new LogBuilder();
    log.pend('a');
    log.add({ kind: 'point', source: 'models:/x/1' });
    log.register('b');
    log.pend('a');
    log.register('a');
    expect(entryOf(log, 'a')?.number).toBe(1);
    expect(entryOf(log, 'b')?.number).toBe(3);
    expect(log.state.numbered).toBe(3);
  });
});

describe('promote', () => {
  test('gives a candidate its version and makes it registered, expired or not', () => {
    const log = new LogBuilder();
    log.pend('a', 1);
    log.register('filler');
    log.add({ kind: 'expire', sha256: sha('a') });
    expect(entryOf(log, 'a')?.status).toBe('expired');
    expect(log.add({ kind: 'promote', sha256: sha('a'), version: version('v1.0.0') })).toBeUndefined();
    expect(entryOf(log, 'a')).toMatchObject({ status: 'registered', versions: ['v1.0.0'] });
  });

  test('adds a second version to an entry, and never moves one', () => {
    const log = new LogBuilder();
    log.register('a', 'v1.0.0');
    log.register('b');
    expect(log.add({ kind: 'promote', sha256: sha('a'), version: version('v1.0.1') })).toBeUndefined();
    expect(log.add({ kind: 'promote', sha256: sha('b'), version: version('v1.0.1') })).toMatch(/taken/);
    expect(entryOf(log, 'a')?.versions).toEqual(['v1.0.0', 'v1.0.1']);
  });

  test('of an absent or tombstoned SHA has no effect', () => {
    const log = new LogBuilder();
    expect(log.add({ kind: 'promote', sha256: sha('a'), version: version('v1.0.0') })).toMatch(/not in the model/);
    log.register('a');
    log.add({ kind: 'tombstone', sha256: sha('a'), reason: 'x' });
    expect(log.add({ kind: 'promote', sha256: sha('a'), version: version('v1.0.0') })).toMatch(/tombstone/);
  });
});

describe('stage', () => {
  test('moves an entry into a slot and archives the occupant', () => {
    const log = new LogBuilder();
    for (const name of ['a', 'b']) log.register(name);
    log.stage('a', 'production');
    expect(log.stage('b', 'production')).toBeUndefined();
    expect(log.state.slots.get('production')).toBe(sha('b'));
    expect(stageOf(log.state.entries.get(sha('a')) as never)).toBe('archived');
    expect(entryOf(log, 'a')).not.toHaveProperty('slot');
  });

  test('leaves the old slot when it takes another', () => {
    const log = new LogBuilder();
    log.register('a');
    log.stage('a', 'staging');
    log.stage('a', 'production');
    expect([...log.state.slots]).toEqual([['production', sha('a')]]);
  });

  test.each([
    ['a wrong origin', { from: 'staging' }, /not where/],
    ['a wrong holder', { replaced: sha('zzz') }, /another holder/],
    ['a version of another entry', { version: version('v9.9.9') }, /not of the SHA/],
    ['no stage', { to: 'Production' }, /no stage/],
  ])('has no effect with %s', (_, told, reason) => {
    const log = new LogBuilder();
    log.register('a', 'v1.0.0');
    expect(log.stage('a', 'production', told)).toMatch(reason);
    expect(log.state.slots.size).toBe(0);
  });

  test('to where it stands has no effect', () => {
    const log = new LogBuilder();
    log.register('a');
    log.stage('a', 'production');
    expect(log.stage('a', 'production', { replaced: sha('a') })).toMatch(/already/);
    expect(log.stage('a', 'archived')).toBeUndefined();
    expect(log.stage('a', 'archived')).toMatch(/already/);
  });

  test('of a candidate has no effect', () => {
    const log = new LogBuilder();
    log.pend('a');
    expect(log.stage('a', 'production')).toMatch(/not registered/);
  });
});

describe('former occupants', () => {
  const served = (names: readonly string[]): LogBuilder => {
    const log = new LogBuilder();
    for (const name of names) log.register(name);
    for (const name of names) log.stage(name, 'production');
    return log;
  };

  test('a second rollback goes further back, never to what was rolled back', () => {
    const log = served(['a', 'b', 'c']);
    expect(formerOccupant(log.state, 'production')).toBe(sha('b'));
    log.stage('b', 'production', { cause: 'rollback' });
    expect(formerOccupant(log.state, 'production')).toBe(sha('a'));
    log.stage('a', 'production', { cause: 'rollback' });
    expect(formerOccupant(log.state, 'production')).toBeUndefined();
  });

  test('a promotion after a rollback can be rolled back to what the rollback restored', () => {
    const log = served(['a', 'b']);
    log.stage('a', 'production', { cause: 'rollback' });
    log.register('c');
    log.stage('c', 'production');
    expect(formerOccupant(log.state, 'production')).toBe(sha('a'));
  });

  test('what was archived or demoted by hand is not gone back to', () => {
    const log = served(['a', 'b']);
    log.stage('b', 'archived', { cause: 'archive' });
    expect(formerOccupant(log.state, 'production')).toBe(sha('a'));
  });

  test('a tombstoned one is passed over', () => {
    const log = served(['a', 'b', 'c']);
    log.add({ kind: 'tombstone', sha256: sha('b'), reason: 'leak' });
    expect(formerOccupant(log.state, 'production')).toBe(sha('a'));
  });

  test('that an entry served once is never forgotten', () => {
    const log = served(['a', 'b']);
    log.stage('a', 'production', { cause: 'rollback' });
    expect(entryOf(log, 'b')?.occupied).toEqual(['production']);
  });
});

describe('tombstone', () => {
  test('empties the slot, takes the stage away, frees no version', () => {
    const log = new LogBuilder();
    log.register('a', 'v1.0.0');
    log.stage('a', 'production');
    log.add({ kind: 'tombstone', sha256: sha('a'), reason: 'leak' });
    expect(log.state.slots.size).toBe(0);
    expect(stageOf(log.state.entries.get(sha('a')) as never)).toBeUndefined();
    expect(log.register('b', 'v1.0.0')).toMatch(/taken/);
  });

  test('drops a candidacy', () => {
    const log = new LogBuilder();
    log.pend('a');
    log.add({ kind: 'tombstone', sha256: sha('a'), reason: 'bad' });
    expect(entryOf(log, 'a')?.status).toBe('expired');
  });
});

describe('expire', () => {
  test('before its time has no effect', () => {
    const log = new LogBuilder();
    log.pend('a', 3600);
    expect(log.add({ kind: 'expire', sha256: sha('a') })).toMatch(/not over/);
    expect(isExpired(log.state.entries.get(sha('a')) as never, instant(10))).toBe(false);
    expect(isExpired(log.state.entries.get(sha('a')) as never, instant(4000))).toBe(true);
  });
});

describe('annotate, alias, approvals, withdraw', () => {
  test('annotations of entry and model are set and unset', () => {
    const log = new LogBuilder();
    log.register('a');
    log.add({ kind: 'annotate', sha256: sha('a'), set: { x: '1', y: '2' }, unset: [] });
    log.add({ kind: 'annotate', sha256: sha('a'), set: {}, unset: ['x'] });
    log.add({ kind: 'annotate', set: { team: 'nlp' }, unset: [] });
    expect(entryOf(log, 'a')?.annotations).toEqual({ y: '2' });
    expect(log.state.annotations).toEqual({ team: 'nlp' });
    expect(log.add({ kind: 'annotate', sha256: sha('zzz'), set: { x: '1' }, unset: [] })).toMatch(/not in the model/);
  });

  test('only the same actor withdraws an approval', () => {
    const log = new LogBuilder();
    log.register('a');
    const digest = sha('policy');
    log.add({ kind: 'approve', sha256: sha('a'), to: 'production', policy: digest, report: digest });
    const [id] = [...log.state.approvals.keys()];
    expect(log.add({ kind: 'withdraw', event: id as string, email: 'bo@example.org' })).toMatch(/somebody else/);
    expect(log.add({ kind: 'withdraw', event: id as string })).toBeUndefined();
    expect(log.state.approvals.get(id as string)?.withdrawn).toBe(true);
  });

  test('an alias names a registered entry, and null removes it', () => {
    const log = new LogBuilder();
    log.register('a');
    log.add({ kind: 'alias', name: 'champion', sha256: sha('a') });
    expect(log.state.aliases.get('champion')).toBe(sha('a'));
    log.add({ kind: 'alias', name: 'champion', sha256: null });
    expect(log.state.aliases.size).toBe(0);
  });
});

test('a second create has no effect', () => {
  const log = new LogBuilder();
  expect(log.add({ kind: 'create', description: 'again' })).toMatch(/exists already/);
  expect(log.state).not.toHaveProperty('description');
});

test('folding does not change the state it starts from', () => {
  const log = new LogBuilder();
  log.register('a', 'v1.0.0');
  const half = foldEvents(emptyState(log.state.model), log.inputs.slice(0, 1));
  const before = JSON.stringify([...half.entries]);
  foldEvents(half, log.inputs.slice(1));
  expect(JSON.stringify([...half.entries])).toBe(before);
  expect(half.events).toBe(1);
});

describe('deploy', () => {
  const report = (log: LogBuilder, name: string, endpoint: string, status: string) =>
    log.add({ kind: 'deploy', sha256: sha(name), endpoint, status });
  const statusIn = (log: LogBuilder, name: string) => deployStatusOf(entryOf(log, name) as never);

  test('of an absent SHA has no effect', () => {
    expect(report(new LogBuilder(), 'a', 'eu', 'deployed')).toMatch(/not in the model/);
  });

  test('is kept by endpoint, the newest report of each; deployed anywhere goes before under way, that before failed', () => {
    const log = new LogBuilder();
    log.register('a', 'v1.0.0');
    expect(statusIn(log, 'a')).toBeUndefined();
    report(log, 'a', 'eu', 'failed');
    expect(statusIn(log, 'a')).toBe('failed');
    report(log, 'a', 'us', 'deploying');
    expect(statusIn(log, 'a')).toBe('deploying');
    report(log, 'a', 'us', 'deployed');
    report(log, 'a', 'eu', 'deploying');
    expect(statusIn(log, 'a')).toBe('deployed');
    expect(entryOf(log, 'a')?.deployments?.map(({ endpoint, status }) => `${endpoint} ${status}`)).toEqual([
      'us deployed',
      'eu deploying',
    ]);
    report(log, 'a', 'us', 'failed');
    expect(statusIn(log, 'a')).toBe('deploying');
    expect(entryOf(log, 'a')?.deployed).toMatchObject({ endpoint: 'us', seq: 4 });
    expect(log.state.endpoints.size).toBe(0);
  });

  test('of another entry takes an endpoint once it is deployed there, not before', () => {
    const log = new LogBuilder();
    log.register('a', 'v1.0.0');
    log.register('b', 'v1.1.0');
    report(log, 'a', 'eu', 'deployed');
    report(log, 'b', 'eu', 'deploying');
    report(log, 'b', 'eu', 'failed');
    expect(statusIn(log, 'a')).toBe('deployed');
    report(log, 'b', 'eu', 'deployed');
    expect(statusIn(log, 'a')).toBeUndefined();
    expect(entryOf(log, 'a')?.deployments).toMatchObject([{ endpoint: 'eu', status: 'deployed', replaced: true }]);
    expect(statusIn(log, 'b')).toBe('deployed');
    report(log, 'a', 'eu', 'deployed');
    expect(entryOf(log, 'a')?.deployments).not.toMatchObject([{ replaced: true }]);
    expect(statusIn(log, 'b')).toBeUndefined();
  });

  test('moves no stage, and words of other programs are kept without a meaning', () => {
    const log = new LogBuilder();
    log.register('a', 'v1.0.0');
    expect(report(log, 'a', 'eu', 'live')).toBeUndefined();
    expect(statusIn(log, 'a')).toBeUndefined();
    expect(stageOf(entryOf(log, 'a') as never)).toBe('development');
  });
});

test('the last promotion is remembered through a rollback, a demotion and an archiving', () => {
  const log = new LogBuilder();
  for (const [name, as] of [
    ['a', 'v1.0.0'],
    ['b', 'v1.1.0'],
  ] as const) {
    log.register(name, as);
    log.stage(name, 'production');
  }
  const promoted = entryOf(log, 'a')?.promoted;
  expect(promoted).toMatchObject({ to: 'production', seq: 2 });
  log.stage('a', 'production', { cause: 'rollback' });
  log.stage('a', 'archived', { cause: 'archive' });
  expect(entryOf(log, 'a')?.promoted).toEqual(promoted);
});
