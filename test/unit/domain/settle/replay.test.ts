import { describe, expect, test } from 'vitest';
import type { Sha256 } from '../../../../src/domain/digest.ts';
import { settleModel } from '../../../../src/domain/settle/settle-model.ts';
import { sha, version } from '../../../support/event-builder.ts';
import { checkChain, contextOf, TwoSides, twoBeginnings, wordsOf } from '../../../support/settle-rig.ts';

describe('which way a model goes', () => {
  test('is none while both tips are the base', () => {
    expect(new TwoSides().settle()).toEqual({ kind: 'nothing' });
  });

  test('is the remote’s where only the remote moved', () => {
    const sides = new TwoSides();
    sides.theirs.register('a');
    expect(sides.settle()).toEqual({ kind: 'fast-forward' });
  });

  test('is ours where only we moved', () => {
    const sides = new TwoSides();
    sides.ours.register('a');
    expect(sides.settle()).toEqual({ kind: 'ahead' });
  });
});

describe('an event that is replayed', () => {
  test('keeps id and at; seq and prev are renewed, and all of it is a chain on the remote’s tip', () => {
    const sides = new TwoSides();
    sides.theirs.register('theirs', 'v1.0.0');
    sides.ours.register('a', 'v1.1.0');
    sides.ours.stage('a', 'staging');
    const replay = sides.replay();
    checkChain(sides, replay);
    for (const [index, { event }] of sides.ours.inputs.entries()) {
      const renewed = replay.events[index];
      expect(renewed?.logged.event).toEqual({ ...event, seq: event.seq + 1, prev: renewed?.logged.event.prev });
      expect(renewed?.entryCommit).toBe(sides.ours.inputs[index]?.entryCommit);
    }
    expect(replay).toMatchObject({ dropped: [], voided: [], altered: [], lost: false, exitCode: 0 });
  });

  test('has its effect after the remote’s: integer versions follow the log', () => {
    const sides = new TwoSides();
    sides.theirs.register('theirs');
    sides.ours.register('ours');
    const { state } = sides.replay();
    expect([...state.entries.values()].map(({ number }) => number)).toEqual([1, 2]);
  });
});

describe('dropped is', () => {
  test('an event whose id the remote has; then it is nobody’s ground and nobody’s obstacle', () => {
    const sides = new TwoSides((log) => log.register('a', 'v1.0.0'));
    sides.ours.stage('a', 'staging');
    sides.ours.stage('a', 'production');
    // The first arrived by another way, under its id, behind something else.
    const [first] = sides.ours.inputs;
    sides.theirs.register('b');
    const { event, ...rest } = first ?? expect.fail();
    const { events: seq, lastDigest: prev } = sides.theirs.state;
    const remote = [...sides.theirs.inputs, { ...rest, event: { ...event, seq, prev } }];
    const { base } = sides;
    const settlement = settleModel(
      { model: base.state.model, base: base.state, remote, local: sides.ours.inputs },
      contextOf(),
    );
    expect(settlement).toMatchObject({ kind: 'replay', exitCode: 0, voided: [] });
    expect(settlement.kind === 'replay' && wordsOf(settlement)).toEqual(['dropped stage (on-remote)', 'renewed stage']);
  });

  test('an event that the remote has voided', () => {
    const sides = new TwoSides();
    sides.ours.register('a');
    sides.theirs.add({ kind: 'void', event: sides.ours.inputs[0]?.event.id ?? '', reason: 'taken' });
    expect(wordsOf(sides.replay())).toEqual(['dropped register (voided-on-remote)']);
  });

  test.each([
    ['register', (s: TwoSides) => [s.theirs.register('a', 'v1.0.0'), s.ours.register('a', 'v1.0.0')]],
    ['register without version', (s: TwoSides) => [s.theirs.register('a', 'v1.0.0'), s.ours.register('a')]],
    ['register --pending of what is registered', (s: TwoSides) => [s.theirs.register('a'), s.ours.pend('a')]],
  ])('%s of what the remote has so', (_name, act) => {
    const sides = new TwoSides();
    act(sides);
    const replay = sides.replay();
    expect(wordsOf(replay)).toEqual(['dropped register (changes-nothing)']);
    expect(replay).toMatchObject({ lost: true, exitCode: 0 });
  });

  test.each([
    ['promote', { kind: 'promote', sha256: sha('a'), version: version('v2.0.0') }],
    ['stage', { kind: 'stage', sha256: sha('a'), from: null, to: 'staging', verdicts: [], approvals: [] }],
    ['tombstone', { kind: 'tombstone', sha256: sha('a'), reason: 'r' }],
    ['annotate', { kind: 'annotate', sha256: sha('a'), set: { k: 'v' }, unset: ['gone'] }],
    ['alias', { kind: 'alias', name: 'best', sha256: sha('a') }],
  ] as const)('%s, when the remote says the same', (kind, told) => {
    const sides = new TwoSides((log) => log.register('a', 'v1.0.0'));
    sides.theirs.add(told);
    sides.ours.add(told);
    expect(wordsOf(sides.replay())).toEqual([`dropped ${kind} (changes-nothing)`]);
  });

  test('an expire that no longer applies: the candidate was renewed, or is registered', () => {
    const sides = new TwoSides((log) => {
      log.pend('a', 0);
      log.pend('b', 0);
    });
    sides.theirs.pend('a', 3600);
    sides.theirs.register('b');
    sides.ours.add({ kind: 'expire', sha256: sha('a') });
    sides.ours.add({ kind: 'expire', sha256: sha('b') });
    expect(wordsOf(sides.replay())).toEqual([
      'dropped expire (no-longer-applies)',
      'dropped expire (no-longer-applies)',
    ]);
  });

  test('an expire is replayed while its time is over there too', () => {
    const sides = new TwoSides((log) => log.pend('a', 0));
    sides.theirs.register('b');
    sides.ours.add({ kind: 'expire', sha256: sha('a') });
    expect(wordsOf(sides.replay())).toEqual(['renewed expire']);
  });

  test('never an approve, a reject or a withdraw but by id', () => {
    const sides = new TwoSides((log) => log.register('a', 'v1.0.0'));
    const approval = { sha256: sha('a'), to: 'production', policy: sha('policy'), report: sha('report') } as const;
    sides.theirs.add({ kind: 'approve', ...approval });
    sides.ours.add({ kind: 'approve', ...approval });
    expect(wordsOf(sides.replay())).toEqual(['renewed approve']);
  });
});

describe('two beginnings', () => {
  test('are no conflict: ours is dropped, and the rest follows', () => {
    const replay = twoBeginnings({ create: { kind: 'create' } }, { create: { kind: 'create' } });
    expect(wordsOf(replay)).toEqual(['dropped create (changes-nothing)']);
    expect(replay).toMatchObject({ events: [], exitCode: 0 });
  });

  test('description and tags that the remote lacks become an annotate under the same id', () => {
    const replay = twoBeginnings(
      { create: { kind: 'create', description: 'ours', tags: { team: 'a', task: 'qa' } } },
      { create: { kind: 'create', tags: { team: 'b' } } },
    );
    expect(replay.events.map(({ logged }) => logged.event)).toMatchObject([
      { kind: 'annotate', set: { description: 'ours', task: 'qa' }, unset: [], seq: 1 },
    ]);
    expect(replay.altered).toMatchObject([{ reasons: ['became-annotate'] }]);
    expect(replay.altered[0]?.logged.event.id).toBe(replay.altered[0]?.source.event.id);
    expect(replay).toMatchObject({ dropped: [], lost: true, exitCode: 0 });
    expect(replay.state.annotations).toEqual({ team: 'b', description: 'ours', task: 'qa' });
  });

  test('what the remote says already is not said again', () => {
    const create = { kind: 'create', description: 'd', tags: { team: 'a' } } as const;
    expect(wordsOf(twoBeginnings({ create }, { create }))).toEqual(['dropped create (changes-nothing)']);
  });
});

test('the description of a dropped register becomes an annotate of the entry, where the remote has none', () => {
  const sides = new TwoSides();
  const told = { kind: 'register', sha256: sha('a'), manifest: sha('manifest a'), pending: false } as const;
  sides.theirs.add(told);
  sides.ours.add({ ...told, description: 'trained twice' });
  const replay = sides.replay();
  checkChain(sides, replay);
  expect(wordsOf(replay)).toEqual(['renewed annotate']);
  expect(replay.events[0]?.entryCommit).toBe(sides.ours.inputs[0]?.entryCommit);
  expect(replay.state.entries.get(sha('a'))?.annotations).toEqual({ description: 'trained twice' });
});

describe('what does not apply', () => {
  test('becomes a void that names both sides: new id, the runner, no SHA, the lost event as its source', () => {
    const sides = new TwoSides((log) => {
      log.register('a');
      log.register('b');
    });
    sides.theirs.add({ kind: 'promote', sha256: sha('b'), version: version('v1.0.0') });
    sides.ours.add({ kind: 'promote', sha256: sha('a'), version: version('v1.0.0') });
    const replay = sides.replay({ runner: { name: 'Ana now', email: 'ana@example.org' } });
    checkChain(sides, replay);
    const [lost] = sides.ours.inputs;
    const other = sides.theirs.inputs[0]?.event.id;
    expect(replay.events).toMatchObject([{ kind: 'void', source: lost }]);
    expect(replay.events[0]?.logged.event).toMatchObject({
      id: 'ffffffff-0000-7000-8000-000000000001',
      at: '2026-02-01T00:00:00.000Z',
      by: { name: 'Ana now' },
      kind: 'void',
      event: lost?.event.id,
      reason: 'v1.0.0 is taken',
      other,
    });
    expect(replay.events[0]?.logged.event).not.toHaveProperty('sha256');
    expect(replay.voided).toMatchObject([{ reason: 'no-effect', other: { event: other, sha256: sha('b') } }]);
    expect(replay).toMatchObject({ lost: true, exitCode: 3 });
  });

  test.each(['register', 'promote'] as const)(
    '%s of a tombstoned SHA is voided, though it would say nothing new',
    (kind) => {
      const sides = new TwoSides((log) => log.pend('a'));
      sides.theirs.register('a', 'v1.0.0');
      sides.theirs.add({ kind: 'tombstone', sha256: sha('a'), reason: 'bad' });
      if (kind === 'register') sides.ours.register('a', 'v1.0.0');
      else sides.ours.add({ kind, sha256: sha('a'), version: version('v1.0.0') });
      const replay = sides.replay();
      expect(wordsOf(replay)).toEqual([`void ${kind} (no-effect)`]);
      expect(replay.voided[0]?.other).toEqual({ event: sides.theirs.inputs[1]?.event.id, sha256: sha('a') });
    },
  );

  test('register of what is registered under another version is void: promote adds one', () => {
    const sides = new TwoSides();
    sides.theirs.register('a', 'v1.0.0');
    sides.ours.register('a', 'v2.0.0');
    const replay = sides.replay();
    expect(wordsOf(replay)).toEqual(['void register (no-effect)']);
    expect(replay.voided[0]?.other).toEqual({ event: sides.theirs.inputs[0]?.event.id, sha256: sha('a') });
  });

  test('what stood on it falls with it', () => {
    const sides = new TwoSides((log) => log.pend('a'));
    sides.theirs.add({ kind: 'tombstone', sha256: sha('a'), reason: 'bad' });
    sides.ours.register('a', 'v1.0.0');
    sides.ours.stage('a', 'production');
    sides.ours.register('b', 'v1.0.0');
    expect(wordsOf(sides.replay())).toEqual([
      'void register (no-effect)',
      'void stage (ground-touched)',
      'renewed register',
    ]);
  });
});

describe('a register that fails on its version alone', () => {
  test('is replayed without it, under its id, and exits 3', () => {
    const sides = new TwoSides();
    sides.theirs.register('b', 'v1.0.0');
    sides.ours.register('a', 'v1.0.0');
    const replay = sides.replay();
    checkChain(sides, replay);
    expect(replay.events[0]?.logged.event).not.toHaveProperty('version');
    expect(replay.events[0]?.logged.event.id).toBe(sides.ours.inputs[0]?.event.id);
    expect(replay.altered).toMatchObject([
      { reasons: ['version-taken'], other: { event: sides.theirs.inputs[0]?.event.id, sha256: sha('b') } },
    ]);
    expect(replay).toMatchObject({ voided: [], lost: true, exitCode: 3 });
    expect(replay.state.entries.get(sha('a'))).toMatchObject({ status: 'registered', versions: [] });
  });

  test('and a stage that named the version is void: it was decided for a version that is another’s', () => {
    const sides = new TwoSides();
    sides.theirs.register('b', 'v1.0.0');
    sides.ours.register('a', 'v1.0.0');
    sides.ours.stage('a', 'staging', { version: version('v1.0.0') });
    expect(wordsOf(sides.replay())).toEqual(['void stage (no-effect)', 'renewed register']);
  });
});

describe('parents and inputs', () => {
  const relationsOf = (sha256: Sha256): readonly Sha256[] => (sha256 === sha('child') ? [sha('parent')] : []);

  test('a register whose parent is registered nowhere any more is void', () => {
    const sides = new TwoSides((log) => log.pend('parent'));
    sides.theirs.add({ kind: 'tombstone', sha256: sha('parent'), reason: 'bad' });
    sides.ours.register('parent');
    sides.ours.register('child');
    expect(wordsOf(sides.replay({ relationsOf }))).toEqual([
      'void register (no-effect)',
      'void register (relations-missing)',
    ]);
  });

  test('it stays where the parent is registered in this log, before it, or in another', () => {
    const sides = new TwoSides();
    sides.theirs.register('b');
    sides.ours.register('parent');
    sides.ours.register('child');
    expect(wordsOf(sides.replay({ relationsOf }))).toEqual(['renewed register', 'renewed register']);
    const alone = new TwoSides();
    alone.theirs.register('b');
    alone.ours.register('child');
    expect(wordsOf(alone.replay({ relationsOf, isRegisteredElsewhere: (s) => s === sha('parent') }))).toEqual([
      'renewed register',
    ]);
  });

  test('a tombstoned parent counts', () => {
    const sides = new TwoSides((log) => log.register('parent'));
    sides.theirs.add({ kind: 'tombstone', sha256: sha('parent'), reason: 'bad' });
    sides.ours.register('child');
    expect(wordsOf(sides.replay({ relationsOf }))).toEqual(['renewed register']);
  });
});
