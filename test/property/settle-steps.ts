/** What may happen next in a {@link World}: few names and few clones, so that they meet. */
import fc from 'fast-check';
import type { Sha256 } from '../../src/domain/digest.ts';
import type { EventBody } from '../../src/domain/event.ts';
import type { ModelName } from '../../src/domain/model-name.ts';
import type { ModelState } from '../../src/domain/state.ts';
import { planMove } from '../../src/domain/transitions.ts';
import type { Version } from '../../src/domain/version.ts';
import { sha, version } from '../support/event-builder.ts';
import { pullFromMirror, pushToMirror } from './settle-mirror.ts';
import type { Clone, Cut, Fate, World } from './settle-world.ts';

/** Something that happens. */
export type Step = (world: World) => void;
/** What a user does next, given the state that it is done on. */
type Act = (state: ModelState, at: string) => EventBody | undefined;

const MAX_CLONES = 5;
const email = fc.constantFrom('ana@example.org', 'bo@example.org', 'cy@example.org');
const [M, N] = ['m' as ModelName, 'n' as ModelName];
const model = fc.constantFrom(M, N);
const entry = fc.constantFrom('a', 'b', 'c', 'd', 'e').map(sha);
const versionText = fc.constantFrom('v1.0.0', 'v1.1.0', 'v2.0.0').map(version);
const slot = fc.constantFrom('staging', 'production');
const stageName = fc.oneof({ weight: 3, arbitrary: slot }, fc.constantFrom('development', 'archived'));
const key = fc.constantFrom('k', 'l');

function maybe<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(arbitrary, { nil: undefined });
}

function registerOf(sha256: Sha256, as?: Version, description?: string): EventBody {
  const named = as === undefined ? {} : { version: as };
  const described = description === undefined ? {} : { description };
  return { kind: 'register', sha256, manifest: sha('manifest'), pending: false, ...named, ...described };
}

function approvalOf(kind: 'approve' | 'reject', sha256: Sha256, to: string): EventBody {
  return { kind, sha256, to, policy: sha('policy'), report: sha('report') };
}

/** A move that names, of each person, one approval that still stands. */
function approvedMove(state: ModelState, sha256: Sha256, to: string): EventBody | undefined {
  const present = state.entries.get(sha256);
  const move = present && planMove(state, present, to, 'promote');
  const given = [...state.approvals].filter(([, it]) => it.kind === 'approve' && it.sha256 === sha256 && it.to === to);
  const people = new Map(given.filter(([, it]) => !it.withdrawn).map(([id, it]) => [it.given.by.email, id]));
  return move && { ...move, approvals: [...people.values()] };
}

function pendOf(sha256: Sha256, at: string, seconds: number): EventBody {
  const expires = new Date(Date.parse(at) + seconds * 1000).toISOString();
  return { kind: 'register', sha256, manifest: sha('manifest'), pending: true, expires };
}

function withdrawOf(state: ModelState, which: number): EventBody | undefined {
  const event = [...state.approvals.keys()][which % state.approvals.size];
  return event === undefined ? undefined : { kind: 'withdraw', event };
}

function annotateOf(sha256: Sha256 | undefined, name: string, isSet: boolean): EventBody {
  const change = isSet ? { set: { [name]: 'v' }, unset: [] } : { set: {}, unset: [name] };
  return { kind: 'annotate', ...(sha256 === undefined ? {} : { sha256 }), ...change };
}

function acts<T>(
  weight: number,
  values: fc.Arbitrary<T>,
  body: (value: T, ...now: Parameters<Act>) => ReturnType<Act>,
) {
  const plan =
    (value: T): Act =>
    (state, at) =>
      body(value, state, at);
  return { weight, arbitrary: values.map(plan) };
}

const anyAct: fc.Arbitrary<Act> = fc.oneof(
  acts(6, fc.tuple(entry, maybe(versionText), maybe(key)), ([sha256, as, said]) => registerOf(sha256, as, said)),
  acts(4, fc.tuple(entry, fc.nat(9)), ([sha256, seconds], _state, at) => pendOf(sha256, at, seconds)),
  acts(3, fc.tuple(entry, versionText), ([sha256, as]) => ({ kind: 'promote', sha256, version: as })),
  acts(6, fc.tuple(entry, stageName), ([sha256, to], state) => approvedMove(state, sha256, to)),
  acts(3, fc.tuple(entry, slot), ([sha256, to]) => approvalOf('approve', sha256, to)),
  acts(1, fc.tuple(entry, slot), ([sha256, to]) => approvalOf('reject', sha256, to)),
  acts(1, fc.nat(), (which, state) => withdrawOf(state, which)),
  acts(1, entry, (sha256) => ({ kind: 'tombstone', sha256, reason: 'bad' })),
  acts(1, entry, (sha256) => ({ kind: 'expire', sha256 })),
  acts(2, fc.tuple(maybe(entry), key, fc.boolean()), (value) => annotateOf(...value)),
  acts(2, fc.tuple(key, fc.option(entry)), ([name, sha256]) => ({ kind: 'alias', name, sha256 })),
  acts(1, key, (name) => ({ kind: 'create', description: name, tags: { [name]: 'v' } })),
  acts(1, key, (source) => ({ kind: 'point', source })),
);

/** Steps of one clone, whichever that number is by then. */
function at<T>(weight: number, values: fc.Arbitrary<T>, run: (world: World, clone: Clone, value: T) => void) {
  const step =
    ([which, value]: [number, T]): Step =>
    (world) => {
      const clone = world.clones[which % world.clones.length];
      if (clone !== undefined) run(world, clone, value);
    };
  return { weight, arbitrary: fc.tuple(fc.nat(MAX_CLONES - 1), values).map(step) };
}

function act(world: World, clone: Clone, where: ModelName, plan: Act): void {
  const body = plan(world.logOf(clone, where).state, world.tick());
  if (body !== undefined) world.write(clone, where, body);
}

const fate = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Fate>('arrives') },
  { weight: 4, arbitrary: fc.constantFrom<Fate>('is-lost', 'is-late', 'arrives-twice', 'answer-is-lost') },
);
const cut = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Cut>('never') },
  { weight: 2, arbitrary: fc.constantFrom<Cut>('after-settle', 'after-log') },
);

/** Anything that may happen. */
export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  at(24, fc.tuple(model, anyAct), (world, clone, [where, plan]) => act(world, clone, where, plan)),
  at(
    12,
    fc.record({ fate, cut, adopt: fc.nat(4).map((n) => n === 0), atMost: fc.constantFrom(1, 2) }),
    (world, clone, told) => {
      world.sync(clone, told);
    },
  ),
  {
    weight: 2,
    arbitrary: fc.nat().map(
      (which): Step =>
        (world) =>
          world.deliver(which),
    ),
  },
  at(4, fc.boolean(), (world, clone, isPull) => (isPull ? pullFromMirror(world, clone) : pushToMirror(world, clone))),
  at(2, email, (_world, clone, as) => {
    clone.runner = { name: as, email: as };
  }),
  at(1, email, (world, clone, as) => {
    if (world.clones.length < MAX_CLONES) world.copy(clone, as);
  }),
  // Two people at one clone: one approves, the other moves.
  at(2, fc.tuple(model, entry, slot, email), (world, clone, [where, sha256, to, as]) => {
    act(world, clone, where, () => approvalOf('approve', sha256, to));
    clone.runner = { name: as, email: as };
    act(world, clone, where, (state) => approvedMove(state, sha256, to));
  }),
  // A parent and its child, in two models; and a family, while another buries the candidate that its head was.
  at(2, fc.tuple(model, model), (world, clone, [one, other]) => {
    act(world, clone, one, () => registerOf(sha('a')));
    act(world, clone, other, () => registerOf(sha('c')));
  }),
  at(2, fc.nat(MAX_CLONES - 1), (world, clone, which) => {
    const rival = world.clones[which % world.clones.length] ?? clone;
    act(world, clone, M, (_state, now) => pendOf(sha('a'), now, 99));
    for (const each of [clone, rival]) world.sync(each, { adopt: false, fate: 'arrives', cut: 'never' });
    act(world, rival, M, () => ({ kind: 'tombstone', sha256: sha('a'), reason: 'bad' }));
    act(world, clone, M, () => registerOf(sha('a')));
    act(world, clone, N, () => registerOf(sha('c')));
    act(world, clone, M, () => registerOf(sha('d')));
  }),
);
