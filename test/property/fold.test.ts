import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Folder, foldEvents } from '../../src/domain/fold.ts';
import { emptyState, isListed, type ModelState } from '../../src/domain/state.ts';
import { decodeState, encodeChanges, encodeState, newestFirst } from '../../src/domain/state-text.ts';
import { encodeUtf8 } from '../../src/domain/utf8.ts';
import { planViews, refKeyText, viewsOf } from '../../src/domain/views.ts';
import { FoldFile } from '../../src/git/fold-file.ts';
import { commitOf, LogBuilder, sha, type Told, version } from '../support/event-builder.ts';

const name = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const versionText = fc.constantFrom('v1.0.0', 'v1.0.1', 'v1.1.0', 'v2.0.0');
const stageName = fc.constantFrom('staging', 'production', 'development', 'archived');

/** A step is told against the state it meets, so that most events have an effect, and some do not. */
type Step = (log: LogBuilder) => unknown;

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(name, fc.option(versionText)).map(
    ([entry, as]): Step =>
      (log) =>
        log.register(entry, as ?? undefined),
  ),
  fc.tuple(name, fc.integer({ min: 1, max: 5 })).map(
    ([entry, seconds]): Step =>
      (log) =>
        log.pend(entry, seconds),
  ),
  fc.tuple(name, versionText).map(
    ([entry, as]): Step =>
      (log) =>
        log.add({ kind: 'promote', sha256: sha(entry), version: version(as) }),
  ),
  fc.tuple(name, stageName, fc.boolean()).map(
    ([entry, to, back]): Step =>
      (log) =>
        log.stage(entry, to, back ? { cause: 'rollback' } : {}),
  ),
  name.map(
    (entry): Step =>
      (log) =>
        log.add({ kind: 'tombstone', sha256: sha(entry), reason: 'r' }),
  ),
  name.map(
    (entry): Step =>
      (log) =>
        log.add({ kind: 'expire', sha256: sha(entry) }),
  ),
  fc.tuple(name, fc.string()).map(
    ([entry, value]): Step =>
      (log) =>
        log.add({ kind: 'annotate', sha256: sha(entry), set: { k: value }, unset: [] } as Told),
  ),
);

const report: fc.Arbitrary<Step> = fc
  .tuple(name, fc.constantFrom('eu', 'us', '__proto__'), fc.constantFrom('deploying', 'deployed', 'failed', 'live'))
  .map(
    ([entry, endpoint, status]): Step =>
      (log) =>
        log.add({ kind: 'deploy', sha256: sha(entry), endpoint, status }),
  );

const logs = fc.array(fc.oneof({ weight: 7, arbitrary: step }, report), { maxLength: 60 }).map((steps) => {
  const log = new LogBuilder();
  for (const run of steps) run(log);
  return log;
});

function viewTexts(state: ModelState): ReadonlyMap<string, string> {
  return new Map(viewsOf(state).map(({ key, target }) => [refKeyText(key), target]));
}

test('one entry a slot, one slot an entry, and the occupant is the last of its slot', () => {
  fc.assert(
    fc.property(logs, ({ state }) => {
      const holders = [...state.entries.values()].filter(({ slot }) => slot !== undefined);
      expect(new Map(holders.map(({ slot, sha256 }) => [slot, sha256]))).toEqual(state.slots);
      expect(holders).toHaveLength(state.slots.size);
      for (const [slot, sha256] of state.slots) expect(state.occupants.get(slot)?.at(-1)).toBe(sha256);
    }),
  );
});

test('a version never moves, and names a registered entry', () => {
  fc.assert(
    fc.property(logs, (log) => {
      const seen = new Map<string, string>();
      for (let length = 1; length <= log.inputs.length; length += 1) {
        const state = foldEvents(emptyState(log.state.model), log.inputs.slice(0, length));
        for (const [as, { sha256 }] of state.versions) {
          expect(seen.get(as) ?? sha256).toBe(sha256);
          seen.set(as, sha256);
          expect(state.entries.get(sha256)?.status).toBe('registered');
        }
      }
    }),
    { numRuns: 50 },
  );
});

test('a log folded in two parts gives the state of the log folded at once', () => {
  fc.assert(
    fc.property(logs, fc.nat(60), (log, cut) => {
      const first = foldEvents(emptyState(log.state.model), log.inputs.slice(0, cut));
      expect(foldEvents(first, log.inputs.slice(cut))).toEqual(log.state);
    }),
  );
});

test('an event without effect, added only if it has one, leaves the state as it was', () => {
  fc.assert(
    fc.property(logs, step, (log, next) => {
      const after = log.fork('1');
      next(after);
      for (const input of after.inputs) {
        const folder = new Folder(log.state);
        const reason = new Folder(log.state).add(input);
        expect(folder.addEffective(input)).toBe(reason);
        expect(folder.state).toEqual(reason === undefined ? after.state : log.state);
      }
    }),
  );
});

test('the views that changes plan, applied one after the other, are the views of the whole state', () => {
  fc.assert(
    fc.property(logs, (log) => {
      const refs = new Map<string, string>();
      let before = emptyState(log.state.model);
      for (const input of log.inputs) {
        const after = foldEvents(before, [input]);
        const touched = [...after.entries]
          .filter(([sha256, entry]) => before.entries.get(sha256) !== entry)
          .map(([sha256]) => sha256);
        for (const { key, target } of planViews(before, after, touched)) {
          if (target === null) refs.delete(refKeyText(key));
          else refs.set(refKeyText(key), target);
        }
        before = after;
      }
      expect(refs).toEqual(viewTexts(log.state));
    }),
  );
});

test('a state written to the cache reads back as it was, whole or by what changed since, and a torn one is refused', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fold-'));
  const write = (name: string, text: string | Uint8Array): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  fc.assert(
    fc.property(logs, fc.nat(), fc.nat(), (log, early, cut) => {
      const length = early % (log.inputs.length + 1);
      const before = foldEvents(emptyState(log.state.model), log.inputs.slice(0, length));
      const whole = FoldFile.open(write('whole', encodeState({ tip: commitOf('before'), state: before })));
      if (whole === undefined) throw new Error('the file is whole');
      const read = decodeState(whole);
      expect(plain(read.state)).toEqual(plain(before));
      const after = { tip: commitOf('tip'), state: foldEvents(read.state, log.inputs.slice(length)) };
      const text = encodeChanges(after) ?? '';
      const changes = FoldFile.open(write('changes', text));
      expect(changes?.header.on).toBe(commitOf('before'));
      const continued = decodeState(whole, changes);
      expect({ tip: continued.tip, state: plain(continued.state) }).toEqual({
        tip: commitOf('tip'),
        state: plain(log.state),
      });
      for (const version of log.state.versions.keys())
        expect(continued.state.versions.get(version)).toEqual(log.state.versions.get(version));
      expect([...newestFirst(decodeState(whole, changes).state)]).toEqual([...newestFirst(log.state)]);
      expect(log.state.listed).toBe([...log.state.entries.values()].filter(isListed).length);
      const bytes = encodeUtf8(text);
      expect(FoldFile.open(write('torn', bytes.subarray(0, cut % bytes.length)))).toBeUndefined();
      whole.close();
      changes?.close();
    }),
  );
  rmSync(folder, { recursive: true });
});

/** A state whose maps are plain ones, in their order, so that two of them can be compared. */
function plain(state: ModelState): unknown {
  return {
    ...state,
    entries: [...state.entries],
    versions: new Map(state.versions),
    approvals: new Map(state.approvals),
    ids: new Map(state.ids),
  };
}

test('at one endpoint at most one entry is deployed: the one that was last reported so and by no other report since', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(step, report), { maxLength: 60 }), (steps) => {
      const log = new LogBuilder();
      for (const run of steps) run(log);
      const { entries, endpoints } = log.state;
      const deployed = [...entries.values()].flatMap((entry) =>
        (entry.deployments ?? [])
          .filter(({ status, replaced }) => status === 'deployed' && replaced === undefined)
          .map(({ endpoint }) => [endpoint, entry.sha256] as const),
      );
      expect(deployed).toHaveLength(endpoints.size);
      expect(new Map(deployed)).toEqual(endpoints);
    }),
  );
});
