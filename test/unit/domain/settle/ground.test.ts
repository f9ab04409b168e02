import { describe, expect, test } from 'vitest';
import type { EventBody, RegistryEvent } from '../../../../src/domain/event.ts';
import { type LogBuilder, sha, type Told } from '../../../support/event-builder.ts';
import { TwoSides, wordsOf } from '../../../support/settle-rig.ts';

const POLICY = { policy: sha('policy'), report: sha('report') } as const;

function approval(kind: 'approve' | 'reject', name: string, to: string): Told {
  return { kind, sha256: sha(name), to, ...POLICY };
}

/** What the remote does to touch SHA `a`, and what it did before the base for that to be possible. */
const TOUCHING: Readonly<Record<string, (log: LogBuilder) => unknown>> = {
  tombstone: (log) => log.add({ kind: 'tombstone', sha256: sha('a'), reason: 'bad' }),
  reject: (log) => log.add(approval('reject', 'a', 'staging')),
  withdraw: (log) => log.add({ kind: 'withdraw', event: firstApproval(log) }),
  stage: (log) => log.stage('a', 'archived'),
};

/** What we do on that SHA, in a slot that nobody touches. */
const STANDING: Readonly<Record<string, Told>> = {
  approve: approval('approve', 'a', 'canary'),
  reject: approval('reject', 'a', 'canary'),
  stage: { kind: 'stage', sha256: sha('a'), from: null, to: 'canary', verdicts: [], approvals: [] },
  tombstone: { kind: 'tombstone', sha256: sha('a'), reason: 'ours' },
  alias: { kind: 'alias', name: 'best', sha256: sha('a') },
};

function firstApproval(log: LogBuilder): string {
  return [...log.state.approvals.keys()][0] ?? '';
}

function past(log: LogBuilder): void {
  log.register('a', 'v1.0.0');
  log.register('b', 'v2.0.0');
  log.add({ ...approval('approve', 'a', 'production'), email: 'bo@example.org' });
}

describe.each(Object.keys(TOUCHING))('a %s of the SHA by the remote since the base', (touching) => {
  const touch = TOUCHING[touching] ?? expect.fail();

  test.each(Object.keys(STANDING).filter((kind) => kind !== touching || kind !== 'tombstone'))(
    'voids our %s',
    (kind) => {
      const sides = new TwoSides(past);
      expect(touch(sides.theirs)).toBeUndefined();
      expect(sides.ours.add(STANDING[kind] ?? expect.fail())).toBeUndefined();
      const replay = sides.replay();
      expect(wordsOf(replay)).toEqual([`void ${kind} (ground-touched)`]);
      expect(replay.voided[0]).toMatchObject({
        message: `${touching} of ${sha('a').slice(0, 12)} came first`,
        other: { event: sides.theirs.inputs[0]?.event.id, sha256: sha('a') },
      });
    },
  );

  test('leaves what we said of another SHA', () => {
    const sides = new TwoSides(past);
    touch(sides.theirs);
    sides.ours.stage('b', 'canary');
    expect(wordsOf(sides.replay())).toEqual(['renewed stage']);
  });

  test('leaves register, promote and annotate, which stand on no ground', () => {
    const sides = new TwoSides(past);
    touch(sides.theirs);
    sides.ours.register('c', 'v3.0.0');
    sides.ours.add({ kind: 'annotate', sha256: sha('a'), set: { k: 'v' }, unset: [] });
    expect(wordsOf(sides.replay())).toEqual(['renewed register', 'renewed annotate']);
  });
});

test('an expire of the SHA by the remote voids our approve of the candidate', () => {
  const sides = new TwoSides((log) => log.pend('a', 0));
  sides.theirs.add({ kind: 'expire', sha256: sha('a') });
  sides.ours.add(approval('approve', 'a', 'staging'));
  expect(wordsOf(sides.replay())).toEqual(['void approve (ground-touched)']);
});

describe('a stage on the slot by the remote', () => {
  test.each(['stage', 'approve', 'reject'] as const)('voids our %s to that slot, of whatever SHA', (kind) => {
    const sides = new TwoSides(past);
    sides.theirs.stage('b', 'production');
    if (kind === 'stage') sides.ours.stage('a', 'production');
    else sides.ours.add(approval(kind, 'a', 'production'));
    const replay = sides.replay();
    expect(wordsOf(replay)).toEqual([`void ${kind} (ground-touched)`]);
    expect(replay.voided[0]?.other?.sha256).toBe(sha('b'));
  });

  test('that empties it counts too', () => {
    const sides = new TwoSides((log) => {
      past(log);
      log.stage('b', 'production');
    });
    sides.theirs.stage('b', 'archived');
    sides.ours.add(approval('approve', 'a', 'production'));
    expect(wordsOf(sides.replay())).toEqual(['void approve (ground-touched)']);
  });

  test('leaves our stage into another slot; two entries archived apart share no slot', () => {
    const sides = new TwoSides(past);
    sides.theirs.stage('b', 'archived');
    sides.ours.stage('a', 'archived');
    sides.ours.stage('a', 'staging');
    expect(wordsOf(sides.replay())).toEqual(['renewed stage', 'renewed stage']);
  });

  test('that had no effect touches nothing', () => {
    const sides = new TwoSides(past);
    expect(sides.theirs.stage('absent', 'production')).toBeDefined();
    sides.ours.stage('a', 'production');
    expect(wordsOf(sides.replay())).toEqual(['renewed stage']);
  });

  test('that moved the same SHA to the same slot is no conflict: ours says nothing new', () => {
    const sides = new TwoSides(past);
    sides.theirs.stage('a', 'production');
    sides.ours.stage('a', 'production');
    expect(wordsOf(sides.replay())).toEqual(['dropped stage (changes-nothing)']);
  });
});

test('an alias that the remote moved since voids ours of that name, and no other', () => {
  const sides = new TwoSides(past);
  sides.theirs.add({ kind: 'alias', name: 'best', sha256: sha('b') });
  sides.ours.add({ kind: 'alias', name: 'best', sha256: sha('a') });
  sides.ours.add({ kind: 'alias', name: 'other', sha256: sha('a') });
  expect(wordsOf(sides.replay())).toEqual(['void alias (ground-touched)', 'renewed alias']);
});

test.each(['approve', 'reject', 'stage'] as const)('voids our %s that was decided under other rules', (kind) => {
  const sides = new TwoSides(past);
  sides.theirs.register('c');
  if (kind === 'stage') sides.ours.stage('a', 'staging', { policy: POLICY.policy });
  else sides.ours.add(approval(kind, 'a', 'staging'));
  const isOfOtherPolicy = (event: RegistryEvent): boolean => event.kind === kind;
  expect(wordsOf(sides.replay({ isOfOtherPolicy }))).toEqual([`void ${kind} (policy-changed)`]);
  expect(wordsOf(sides.replay({ isOfOtherPolicy: () => false }))).toEqual([`renewed ${kind}`]);
});

describe('the approvals of a stage', () => {
  type Approve = Extract<EventBody, { kind: 'approve' }>;

  /** Ours: approvals as told, of which the first is in the base, and a stage of `a` to production that names them all. */
  function staged(approvals: readonly (Partial<Approve> & { readonly email: string })[]): TwoSides {
    const sides = new TwoSides((log) => {
      log.register('a', 'v1.0.0');
      log.register('b', 'v2.0.0');
      for (const told of approvals)
        log.add({ kind: 'approve', sha256: sha('a'), to: 'production', ...POLICY, ...told } as Told);
    });
    sides.theirs.register('c');
    sides.ours.stage('a', 'production', { approvals: [...sides.base.state.approvals.keys()] });
    return sides;
  }

  test('carry it when each is an approve of that SHA and stage before it, by different people', () => {
    const sides = staged([{ email: 'bo@example.org' }, { email: 'cy@example.org' }]);
    expect(wordsOf(sides.replay())).toEqual(['renewed stage']);
  });

  test.each([
    ['of another SHA', [{ email: 'bo@example.org', sha256: sha('b') }]],
    ['of another stage', [{ email: 'bo@example.org', to: 'staging' }]],
    ['by one person twice', [{ email: 'bo@example.org' }, { email: 'bo@example.org' }]],
  ])('do not, %s', (_name, approvals) => {
    expect(wordsOf(staged(approvals).replay())).toEqual(['void stage (approvals-missing)']);
  });

  test('do not, when one is a rejection, or no event of the log', () => {
    const sides = new TwoSides((log) => {
      log.register('a', 'v1.0.0');
      log.add(approval('reject', 'a', 'production'));
    });
    sides.theirs.register('c');
    sides.ours.stage('a', 'production', { approvals: [firstApproval(sides.base)] });
    expect(wordsOf(sides.replay())).toEqual(['void stage (approvals-missing)']);
    const dangling = new TwoSides((log) => log.register('a', 'v1.0.0'));
    dangling.theirs.register('c');
    dangling.ours.stage('a', 'production', { approvals: ['00000000-0000-7000-8000-00000000dead'] });
    expect(wordsOf(dangling.replay())).toEqual(['void stage (approvals-missing)']);
  });

  test('do not, when one was withdrawn before it: by us, since a withdraw of theirs touches the ground', () => {
    const sides = new TwoSides((log) => {
      log.register('a', 'v1.0.0');
      log.add(approval('approve', 'a', 'production'));
    });
    sides.theirs.register('c');
    const id = firstApproval(sides.base);
    sides.ours.add({ kind: 'withdraw', event: id });
    sides.ours.stage('a', 'production', { approvals: [id] });
    expect(wordsOf(sides.replay())).toEqual(['void stage (approvals-missing)', 'renewed withdraw']);
  });

  test('an approve that is void takes the stage and the withdraw that name it along', () => {
    const sides = new TwoSides((log) => {
      log.register('a', 'v1.0.0');
      log.register('b', 'v2.0.0');
    });
    sides.theirs.stage('b', 'production');
    sides.ours.add(approval('approve', 'a', 'production'));
    const id = firstApproval(sides.ours);
    sides.ours.stage('a', 'production', { approvals: [id] });
    sides.ours.add({ kind: 'withdraw', event: id });
    expect(wordsOf(sides.replay())).toEqual([
      'void approve (ground-touched)',
      'void stage (ground-touched)',
      'void withdraw (no-effect)',
    ]);
  });
});

test('a stage decided on a slot that has another holder by now is void without being ground', () => {
  const sides = new TwoSides((log) => {
    past(log);
    log.stage('b', 'production');
  });
  sides.theirs.add({ kind: 'tombstone', sha256: sha('b'), reason: 'bad' });
  sides.ours.stage('a', 'production');
  expect(wordsOf(sides.replay())).toEqual(['void stage (no-effect)']);
});
