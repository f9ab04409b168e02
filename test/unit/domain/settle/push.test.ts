import { describe, expect, test } from 'vitest';
import type { ObjectId, Sha256 } from '../../../../src/domain/digest.ts';
import type { ModelName } from '../../../../src/domain/model-name.ts';
import { heldBack, type PushCandidate } from '../../../../src/domain/settle/hold-back.ts';
import { judgeViews, type ListedRemote } from '../../../../src/domain/settle/judge-views.ts';
import { layoutOf, viewsOfLayout } from '../../../../src/domain/settle/layout.ts';
import { planLogPushes } from '../../../../src/domain/settle/log-pushes.ts';
import { settleModels } from '../../../../src/domain/settle/settle-models.ts';
import { emptyState } from '../../../../src/domain/state.ts';
import { type View, viewsOf } from '../../../../src/domain/views.ts';
import { commitOf, LogBuilder, sha, version } from '../../../support/event-builder.ts';
import { contextOf } from '../../../support/settle-rig.ts';

const RELATIONS: Readonly<Record<Sha256, readonly Sha256[]>> = {
  [sha('child')]: [sha('parent')],
  [sha('grandchild')]: [sha('child')],
};
const relationsOf = (sha256: Sha256): readonly Sha256[] => RELATIONS[sha256] ?? [];

function modelOf(name: string, ...registered: readonly string[]): LogBuilder {
  const log = new LogBuilder(name);
  for (const entry of registered) log.register(entry);
  return log;
}

function candidate(log: LogBuilder): PushCandidate {
  return { model: log.state.model, state: log.state, unpublished: log.inputs };
}

describe('a push holds back', () => {
  const held = (logs: readonly LogBuilder[], onRemote: readonly string[] = []) => [
    ...heldBack(logs.map(candidate), relationsOf, (sha256) => onRemote.some((name) => sha(name) === sha256)),
  ];

  test('a model with a register whose parent neither the remote nor the push has, and what builds on it in turn', () => {
    const child = modelOf('b', 'child');
    const grandchild = modelOf('c', 'grandchild');
    const other = modelOf('d', 'other');
    expect(held([grandchild, child, other])).toEqual([
      ['b', [{ sha256: sha('child'), relation: sha('parent') }]],
      ['c', [{ sha256: sha('grandchild'), relation: sha('child') }]],
    ]);
  });

  test('nothing when the parent goes in the same push, in its own log or another, or is there', () => {
    expect(held([modelOf('b', 'child'), modelOf('a', 'parent')])).toEqual([]);
    expect(held([modelOf('b', 'parent', 'child', 'grandchild')])).toEqual([]);
    expect(held([modelOf('b', 'child')], ['parent'])).toEqual([]);
  });

  test('a model whose parent is but a candidate in the push', () => {
    const parent = new LogBuilder('a');
    parent.pend('parent');
    expect(held([parent, modelOf('b', 'child')])).toHaveLength(1);
  });

  test('not for what it published before', () => {
    const log = modelOf('b', 'child');
    const candidates = [{ model: log.state.model, state: log.state, unpublished: [] }];
    expect([...heldBack(candidates, relationsOf, () => false)]).toEqual([]);
  });
});

describe('logs that one push cannot hold', () => {
  const plan = (atMost: number, ...logs: readonly LogBuilder[]) =>
    planLogPushes(logs.map(candidate), relationsOf, () => false, atMost).map((push) =>
      push.map(({ model, events }) => `${model} ${events}`),
    );

  test('go in one, as long as it can', () => {
    expect(plan(3, modelOf('c', 'grandchild'), modelOf('b', 'child'), modelOf('a', 'parent'))).toEqual([
      ['c 2', 'b 2', 'a 2'],
    ]);
    expect(plan(3)).toEqual([]);
  });

  test('go parents first, each as far as it can', () => {
    expect(plan(1, modelOf('c', 'grandchild'), modelOf('b', 'child'), modelOf('a', 'parent'))).toEqual([
      ['c 1'],
      ['b 1'],
      ['a 2'],
      ['b 2'],
      ['c 2'],
    ]);
    expect(plan(2, modelOf('c', 'grandchild'), modelOf('b', 'child'), modelOf('a', 'parent'))).toEqual([
      ['c 1', 'b 1'],
      ['b 2', 'a 2'],
      ['c 2'],
    ]);
  });

  test('go by prefixes where they build on each other', () => {
    const one = modelOf('a', 'parent', 'grandchild');
    expect(plan(1, modelOf('b', 'child', 'x'), one)).toEqual([['b 1'], ['a 2'], ['b 3'], ['a 3']]);
  });

  test('go together, however many, where none can go before another', () => {
    // By hand no such logs are written: a replay that voids a parent, registered elsewhere too, leaves them.
    const knot = [modelOf('b', 'grandchild', 'parent'), modelOf('a', 'child')];
    expect(plan(1, ...knot)).toEqual([['b 1'], ['a 1'], ['b 3', 'a 2']]);
  });

  test('count a parent from the event that registered it: its promote, not its candidacy', () => {
    const parent = new LogBuilder('a');
    parent.pend('parent');
    parent.add({ kind: 'annotate', set: { k: 'v' }, unset: [] });
    parent.add({ kind: 'promote', sha256: sha('parent'), version: version('v1.0.0') });
    parent.register('child');
    const child = modelOf('b', 'child');
    expect(plan(1, child, parent)).toEqual([['b 1'], ['a 5'], ['b 2']]);
    const behind = [modelOf('c', 'y', 'grandchild'), child, parent];
    expect(plan(2, ...behind).at(-1)).toEqual(['c 3']);
  });

  test('never include one that is held back: that is a bug of the caller', () => {
    expect(() => plan(1, modelOf('b', 'child'), modelOf('c', 'grandchild'))).toThrow('goes with none of them');
  });
});

describe('models that are settled together', () => {
  /** Model `a` loses its parent entry to a tombstone; the models behind it build on it, each on the one before. */
  function family(told: { readonly lost: boolean }) {
    const a = new LogBuilder('a');
    a.pend('parent');
    const sides = ['a', 'b', 'c'].map((name) => {
      const base = name === 'a' ? a : new LogBuilder(name);
      return { base, ours: base.fork('1'), theirs: base.fork('2', 'bo@example.org') };
    });
    const [first, second, third] = sides;
    if (told.lost) first?.theirs.add({ kind: 'tombstone', sha256: sha('parent'), reason: 'bad' });
    else first?.theirs.register('x');
    first?.ours.register('parent');
    second?.theirs.register('y');
    second?.ours.register('child');
    third?.theirs.register('z');
    third?.ours.register('grandchild');
    return sides
      .map(({ base, ours, theirs }) => ({
        model: base.state.model,
        base: base.state,
        remote: theirs.inputs,
        local: ours.inputs,
      }))
      .reverse();
  }

  const fates = (told: { readonly lost: boolean }, isRegisteredElsewhere = (_sha: Sha256) => false) =>
    Object.fromEntries(
      [...settleModels(family(told), contextOf({ relationsOf, isRegisteredElsewhere }))].map(([model, settlement]) => [
        model,
        settlement.kind === 'replay' ? settlement.voided.map(({ reason }) => reason) : settlement.kind,
      ]),
    );

  test('count each other’s registrations', () => {
    expect(fates({ lost: false })).toEqual({ a: [], b: [], c: [] });
  });

  test('lose what builds on what one of them loses, until nothing changes', () => {
    expect(fates({ lost: true })).toEqual({ a: ['no-effect'], b: ['relations-missing'], c: ['relations-missing'] });
  });

  test('keep it where a verified log has the parent', () => {
    expect(fates({ lost: true }, (sha256) => sha256 === sha('parent'))).toEqual({ a: ['no-effect'], b: [], c: [] });
  });
});

describe('a remote’s views', () => {
  const log = new LogBuilder('m');
  log.register('a', 'v1.0.0');
  log.stage('a', 'production');
  log.register('b', 'v2.0.0');
  log.stage('b', 'production');
  log.pend('c');
  log.pend('d');
  log.register('d', 'v3.0.0');
  log.register('dead');
  log.add({ kind: 'tombstone', sha256: sha('dead'), reason: 'bad' });
  const { state } = log;
  const { model } = state;
  const views = viewsOf(state);
  const evil = 'e'.repeat(40) as ObjectId;

  function judge(listed: readonly View[], told: Partial<ListedRemote> = {}) {
    const remote = { layout: 'all', states: [state], unreadable: new Set<ModelName>(), verified: [], ...told } as const;
    return judgeViews({ ...remote, listed });
  }

  /** The views, one of them replaced: null takes it away. */
  function but(key: View['key'], target: ObjectId | null): readonly View[] {
    const others = views.filter((view) => JSON.stringify(view.key) !== JSON.stringify(key));
    return target === null ? others : [...others, { key, target }];
  }

  const writeOnce: readonly View['key'][] = [
    { kind: 'entry', sha256: sha('a') },
    { kind: 'version', model, version: version('v1.0.0') },
    { kind: 'tombstone', model, sha256: sha('dead') },
  ];
  const production = { kind: 'stage', model, slot: 'production' } as const;

  test('as the logs give them are fine', () => {
    expect(judge(views)).toEqual({ tampered: [], cutPush: [], unknown: [], twoManifests: [] });
  });

  test.each(writeOnce)('%o with another target is tampered with', (key) => {
    expect(judge(but(key, evil))).toMatchObject({ tampered: [{ key, found: evil }], cutPush: [], unknown: [] });
  });

  test.each(writeOnce)('%o that is gone is tampered with where it was verified, else a push was cut', (key) => {
    const fault = { key, expected: expect.any(String) as string, found: null };
    expect(judge(but(key, null), { verified: views })).toMatchObject({ tampered: [fault], cutPush: [] });
    expect(judge(but(key, null))).toMatchObject({ tampered: [], cutPush: [fault] });
  });

  test('a stage or pending view that is behind its log, or missing, is a cut push', () => {
    const stale = judge(but(production, commitOf('a')));
    expect(stale).toMatchObject({ cutPush: [{ key: production, expected: commitOf('b') }], tampered: [], unknown: [] });
    const pending = { kind: 'pending', model, sha256: sha('d') } as const;
    expect(judge([...views, { key: pending, target: commitOf('d') }])).toMatchObject({
      cutPush: [{ key: pending, expected: null }],
      unknown: [],
    });
    expect(judge(but(production, null), { verified: views })).toMatchObject({
      cutPush: [{ found: null }],
      tampered: [],
    });
  });

  test.each<View>([
    { key: { kind: 'entry', sha256: sha('stranger') }, target: evil },
    { key: { kind: 'entry', sha256: sha('c') }, target: commitOf('c') },
    { key: { kind: 'version', model, version: version('v9.0.0') }, target: commitOf('a') },
    { key: { kind: 'tombstone', model, sha256: sha('a') }, target: commitOf('a') },
    { key: { kind: 'pending', model, sha256: sha('a') }, target: commitOf('a') },
    { key: { kind: 'pending', model: 'nobody' as ModelName, sha256: sha('a') }, target: commitOf('a') },
    { key: { kind: 'stage', model, slot: 'production' }, target: commitOf('d') },
    { key: { kind: 'stage', model, slot: 'canary' }, target: commitOf('a') },
  ])('$key that no log gives or gave is reported', ({ key, target }) => {
    expect(judge(but(key, target))).toMatchObject({ unknown: [{ key, found: target }], tampered: [], cutPush: [] });
  });

  test('of a model whose log cannot be read are not judged, nor entries that may be its own', () => {
    const other = 'other' as ModelName;
    const theirs: readonly View[] = [
      { key: { kind: 'version', model: other, version: version('v1.0.0') }, target: evil },
      { key: { kind: 'entry', sha256: sha('stranger') }, target: evil },
    ];
    expect(judge([...views, ...theirs], { unreadable: new Set([other]) })).toMatchObject({ tampered: [], unknown: [] });
  });

  test('of layout log are candidates alone, and what is missing beside is no tampering', () => {
    const pending = viewsOfLayout(state, 'log');
    expect(pending.map(({ key }) => key.kind)).toEqual(['pending']);
    expect(layoutOf([state], pending)).toBe('log');
    expect(judge(pending, { layout: 'log', verified: views })).toMatchObject({
      tampered: [],
      cutPush: [],
      unknown: [],
    });
  });

  test('say layout all as soon as one entry is listed, and while nothing is registered', () => {
    expect(layoutOf([state], views)).toBe('all');
    expect(layoutOf([emptyState(model)], [])).toBe('all');
  });

  test('two logs that give one SHA two entries are named', () => {
    const second = new LogBuilder('n');
    second.register('a');
    const entry = second.state.entries.get(sha('a')) ?? expect.fail();
    const torn = { ...second.state, entries: new Map([[sha('a'), { ...entry, commit: evil }]]) };
    expect(judge(views, { states: [state, torn] }).twoManifests).toEqual([sha('a')]);
    expect(judge(views, { states: [state, second.state] }).twoManifests).toEqual([]);
  });
});
