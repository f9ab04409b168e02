/** Approvals of several people, given apart and merged in any order: who counts follows from what was given alone. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ApprovalStanding, judgeApprovals } from '../../src/domain/approval.ts';
import { foldAddress } from '../../src/domain/mailmap.ts';
import { settleModel } from '../../src/domain/settle/settle-model.ts';
import type { ModelState } from '../../src/domain/state.ts';
import { LogBuilder, sha } from '../support/event-builder.ts';
import { contextOf } from '../support/settle-rig.ts';

const PEOPLE = ['bo', 'cy', 'dee', 'eve'] as const;
const ENTRY = sha('a');
const BINDING = { sha256: ENTRY, to: 'production', policy: sha('policy'), report: sha('report') };

/** What one person says, offline: approvals of this or of other evidence, or of another stage. */
const deed = fc.record({
  to: fc.constantFrom('production', 'production', 'staging'),
  policy: fc.constantFrom(BINDING.policy, BINDING.policy, sha('older policy')),
  report: fc.constantFrom(BINDING.report, BINDING.report, sha('other report')),
});
const team = fc.tuple(...PEOPLE.map(() => fc.array(deed, { maxLength: 3 })));
const order = fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 });

function emailOf(person: number): string {
  return `${PEOPLE[person]}@example.org`;
}

function begin(): LogBuilder {
  const log = new LogBuilder();
  log.register('a', 'v1.0.0');
  return log;
}

function standingOf(state: ModelState): ApprovalStanding {
  const entry = state.entries.get(ENTRY);
  if (entry === undefined) throw new Error('the entry is not there');
  const rules = { count: 2, from: PEOPLE.slice(0, 3).map((name) => `${name}@example.org`) };
  const people = { personOf: foldAddress, isSigned: () => false };
  return judgeApprovals({ state, entry, binding: BINDING, rules, escalations: 0, people });
}

/** Whose approvals count, sorted: ids and places in the log differ with the order. */
function countedOf(state: ModelState): readonly string[] {
  const { given, counted } = standingOf(state);
  return given.flatMap(({ event, email }) => (counted.includes(event) ? [email] : [])).sort();
}

function merge(
  said: readonly (readonly { to: string; policy: never; report: never }[])[],
  by: readonly number[],
): ModelState {
  const base = begin();
  const remote = base.fork('9');
  for (const person of by) {
    const own = base.fork(`${person + 1}`, emailOf(person));
    for (const told of said[person] ?? []) own.add({ kind: 'approve', sha256: ENTRY, ...told });
    const runner = { name: 'A', email: emailOf(person) };
    const divergence = { model: base.state.model, base: base.state, remote: [...remote.inputs], local: own.inputs };
    const settled = settleModel(divergence, contextOf({ runner }));
    const events =
      settled.kind === 'replay'
        ? settled.events.map(({ logged }) => logged.event)
        : own.inputs.map(({ event }) => event);
    for (const {
      v: _v,
      seq: _seq,
      prev: _prev,
      at: _at,
      by: _by,
      model: _model,
      ...body
    } of events as never[] as Record<string, unknown>[])
      remote.add({ ...(body as never as { kind: 'retire' }), email: emailOf(person) });
  }
  return remote.state;
}

test('in whatever order clones merge, the same people count, each once', () => {
  fc.assert(
    fc.property(team, order, order, (said, one, other) => {
      const [first, second] = [merge(said as never, one), merge(said as never, other)];
      expect(countedOf(first)).toEqual(countedOf(second));
      expect(new Set(countedOf(first)).size).toBe(countedOf(first).length);
      const whole = said.map((deeds) =>
        deeds.some((it) => it.to === 'production' && it.policy === BINDING.policy && it.report === BINDING.report),
      );
      expect(countedOf(first)).toEqual(
        PEOPLE.slice(0, 3).flatMap((name, at) => (whole[at] ? [`${name}@example.org`] : [])),
      );
    }),
    { numRuns: 150 },
  );
});

test('said again under new ids, by any spelling of the address, an approval counts no second time', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('bo@example.org', 'BO@example.org', 'Bo@Example.ORG'), { minLength: 1 }),
      (said) => {
        const log = begin();
        for (const email of said) log.add({ kind: 'approve', ...BINDING, email });
        expect(standingOf(log.state)).toMatchObject({ counted: [expect.any(String)], holds: false });
      },
    ),
    { numRuns: 50 },
  );
});

test('an old event under its id is dropped, whether it counts, was withdrawn or is void there', () => {
  const base = begin();
  const [ours, theirs] = [base.fork('1', 'bo@example.org'), base.fork('1', 'bo@example.org')];
  ours.add({ kind: 'approve', ...BINDING });
  theirs.add({ kind: 'approve', ...BINDING });
  const [given] = theirs.inputs;
  theirs.add({ kind: 'withdraw', event: given?.event.id ?? '' });
  const divergence = { model: base.state.model, base: base.state, remote: theirs.inputs, local: ours.inputs };
  const settled = settleModel(divergence, contextOf({ runner: { name: 'A', email: 'bo@example.org' } }));
  expect(settled).toMatchObject({ kind: 'replay', events: [], dropped: [{ reason: 'on-remote' }] });
  expect(standingOf(theirs.state)).toMatchObject({ counted: [], given: [{ fault: 'withdrawn' }] });
});
