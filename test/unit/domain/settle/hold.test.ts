import { describe, expect, test } from 'vitest';
import { encodeEvent } from '../../../../src/domain/encode-event.ts';
import type { RegistryEvent } from '../../../../src/domain/event.ts';
import type { LocalEvent } from '../../../../src/domain/settle/settlement.ts';
import { decodeEvent } from '../../../../src/schema/decode-event.ts';
import { sha, type Told, version } from '../../../support/event-builder.ts';
import { TwoSides, wordsOf } from '../../../support/settle-rig.ts';

const CY = 'cy@example.org';

function diverged(...ours: readonly Told[]): TwoSides {
  const sides = new TwoSides((log) => log.register('a', 'v1.0.0'));
  sides.theirs.register('b');
  for (const told of ours) sides.ours.add(told);
  return sides;
}

const theirStage: Told = {
  kind: 'stage',
  sha256: sha('a'),
  from: null,
  to: 'staging',
  verdicts: [],
  approvals: [],
  email: CY,
};

/** Adds to an event, as JSON, what a newer program might say. */
function withMembers(source: LocalEvent, members: Readonly<Record<string, unknown>>): LocalEvent {
  const { json } = encodeEvent({ ...source.event, ...members } as unknown as RegistryEvent);
  const decoded = decodeEvent(json);
  if (decoded.kind === 'corrupt') throw new Error(decoded.message);
  return { ...source, ...decoded.logged };
}

describe('a model is left untouched', () => {
  test('with events of somebody else that no remote has: exit 3, and they are named', () => {
    const sides = diverged({ kind: 'annotate', set: { k: 'v' }, unset: [] }, theirStage);
    expect(sides.settle()).toEqual({
      kind: 'held',
      reason: 'others-events',
      events: [sides.ours.inputs[1]],
      exitCode: 3,
    });
  });

  test('not by those whose id the remote holds, or has voided', () => {
    const sides = diverged(theirStage);
    sides.theirs.add({ kind: 'void', event: sides.ours.inputs[0]?.event.id ?? '', reason: 'r' });
    expect(wordsOf(sides.replay())).toEqual(['dropped stage (voided-on-remote)']);
  });

  test('with events of our own that another remote has seen', () => {
    const sides = diverged({ kind: 'annotate', set: { k: 'v' }, unset: [] });
    const local = sides.ours.inputs.map((input): LocalEvent => ({ ...input, published: true }));
    expect(sides.settle({}, local)).toMatchObject({ kind: 'held', reason: 'others-events', events: local });
  });

  test('by a remote that is not the registry’s, which only fast-forwards', () => {
    const sides = diverged({ kind: 'annotate', set: { k: 'v' }, unset: [] });
    expect(sides.settle({ fastForwardOnly: true })).toMatchObject({
      kind: 'held',
      reason: 'other-remote',
      exitCode: 3,
    });
    expect(sides.settle({ fastForwardOnly: true }, [])).toEqual({ kind: 'fast-forward' });
  });

  test.each([
    ['an unknown kind', { kind: 'frobnicate' }],
    ['an unknown member', { colour: 'blue' }],
    [
      'an unknown member in a verdict',
      { verdicts: [{ gate: 'g', method: 'm', evidence: [], outcome: 'pass', x: '1' }] },
    ],
    ['an unknown member of its author', { by: { name: 'A', email: 'ana@example.org', key: 'k' } }],
    ['members that do not fit its kind', { to: 7 }],
    ['an unknown v', { v: 2 }],
  ])('with an event of ours that has %s: exit 4, adopted or not', (_name, members) => {
    const sides = diverged({ ...theirStage, email: 'ana@example.org' });
    const local = sides.ours.inputs.map((input) => withMembers(input, members));
    const held = { kind: 'held', reason: 'unknown-events', events: local, exitCode: 4 };
    expect(sides.settle({}, local)).toEqual(held);
    expect(sides.settle({ adopt: true }, local)).toEqual(held);
  });

  test('by a remote log of a newer format: exit 4', () => {
    const sides = diverged({ kind: 'annotate', set: { k: 'v' }, unset: [] });
    const last = sides.theirs.inputs.pop() ?? expect.fail();
    sides.theirs.inputs.push(withMembers(last, { v: 2 }));
    expect(sides.settle()).toEqual({ kind: 'held', reason: 'newer-format', events: [], exitCode: 4 });
  });
});

test('a point and an experiment may say what they like, in the registry’s own numbers', () => {
  const sides = diverged({ kind: 'point', source: 's3://x' }, { kind: 'experiment', op: 'log' });
  const [point, experiment] = sides.ours.inputs;
  if (point === undefined || experiment === undefined) throw new Error('two events');
  const local = [withMembers(point, { stage: 'Production' }), withMembers(experiment, { step: 3 })];
  const settlement = sides.settle({}, local);
  expect(settlement.kind === 'replay' && settlement.events.map(({ logged }) => logged.event)).toMatchObject([
    { stage: 'Production' },
    { step: 3 },
  ]);
  const float = decodeEvent(local[1]?.json.replace('"step":3', '"step":3.5') ?? '');
  if (float.kind === 'corrupt') throw new Error(float.message);
  expect(sides.settle({}, [{ ...experiment, ...float.logged }])).toMatchObject({ reason: 'unknown-events' });
});

describe('adopting', () => {
  test('replays others’ events as the runner’s, on behalf of who first did it', () => {
    const sides = diverged(theirStage);
    sides.ours.add({ kind: 'annotate', set: { k: 'v' }, unset: [] });
    const replay = sides.replay({ adopt: true });
    expect(wordsOf(replay)).toEqual(['renewed stage', 'renewed annotate']);
    expect(replay.events[0]?.logged.event).toMatchObject({
      id: sides.ours.inputs[0]?.event.id,
      at: sides.ours.inputs[0]?.event.at,
      by: { email: 'ana@example.org' },
      onBehalfOf: { email: CY },
    });
    expect(replay.events[1]?.logged.event).not.toHaveProperty('onBehalfOf');
    expect(replay.altered).toMatchObject([{ source: sides.ours.inputs[0], reasons: ['adopted'] }]);
    expect(replay).toMatchObject({ lost: true, exitCode: 0 });
  });

  test('keeps the first actor of an event that was on somebody’s behalf already', () => {
    const first = { name: 'D', email: 'di@example.org' };
    const sides = diverged({ ...theirStage, onBehalfOf: first } as Told);
    expect(sides.replay({ adopt: true }).events[0]?.logged.event).toMatchObject({ onBehalfOf: first });
  });

  test.each(['approve', 'reject', 'withdraw'] as const)(
    'voids somebody else’s %s: nobody decides for another',
    (kind) => {
      const sides = new TwoSides((log) => {
        log.register('a', 'v1.0.0');
        log.add({ kind: 'approve', sha256: sha('a'), to: 'staging', policy: sha('p'), report: sha('r'), email: CY });
      });
      sides.theirs.register('b');
      const [event = ''] = sides.base.state.approvals.keys();
      const about = { sha256: sha('a'), to: 'production', policy: sha('p'), report: sha('r') };
      sides.ours.add({ ...(kind === 'withdraw' ? { kind, event } : { kind, ...about }), email: CY });
      expect(wordsOf(sides.replay({ adopt: true }))).toEqual([`void ${kind} (not-adoptable)`]);
    },
  );

  test('an adopted register that loses its version says both', () => {
    const sides = new TwoSides();
    sides.theirs.register('b', 'v1.0.0');
    sides.ours.add({ ...register('a'), version: version('v1.0.0'), email: CY } as Told);
    const replay = sides.replay({ adopt: true });
    expect(replay.altered).toMatchObject([{ reasons: ['version-taken', 'adopted'] }]);
    expect(replay.exitCode).toBe(3);
  });
});

function register(name: string): Told {
  return { kind: 'register', sha256: sha(name), manifest: sha(`manifest ${name}`), pending: false };
}
