import { describe, expect, test } from 'vitest';
import type { ObjectId } from '../../../src/domain/digest.ts';
import { gtoTagBody } from '../../../src/domain/gto-carrier.ts';
import { type GtoPlan, isGtoName, planGtoTags } from '../../../src/domain/gto-tag.ts';
import type { ModelName } from '../../../src/domain/model-name.ts';
import { instant, LogBuilder, sha, version } from '../../support/event-builder.ts';

function planOf(log: LogBuilder, model = 'm'): GtoPlan {
  const without = new Set(log.state.ineffective.map(({ seq }) => seq));
  return planGtoTags(
    model as ModelName,
    log.inputs.map(({ event }) => event),
    (seq) => !without.has(seq),
  );
}

function namesOf(log: LogBuilder): readonly string[] {
  return planOf(log).tags.map(({ name }) => name);
}

describe('the GTO tags of a log', () => {
  test('name each version, and each stage with the seq of its event as the counter', () => {
    const log = new LogBuilder();
    log.register('a', 'v1.0.0');
    log.stage('a', 'staging');
    log.stage('a', 'production');
    expect(namesOf(log)).toEqual(['m@v1.0.0', 'm#staging#2', 'm#staging!#3', 'm#production#3']);
  });

  test('take the replaced version out of the slot: GTO would keep it there', () => {
    const log = new LogBuilder();
    log.register('a', 'v1.0.0');
    log.register('b', 'v1.1.0');
    log.stage('a', 'production');
    log.stage('b', 'production');
    const { tags } = planOf(log);
    expect(tags.slice(-2)).toMatchObject([
      { name: 'm#production!#4', action: 'unassign', version: 'v1.0.0', sha256: sha('a') },
      { name: 'm#production#4', action: 'assign', version: 'v1.1.0', sha256: sha('b') },
    ]);
  });

  test('empty the slots of a tombstoned entry and take its versions back', () => {
    const log = new LogBuilder();
    log.register('a', 'v1.0.0');
    log.stage('a', 'production');
    log.add({ kind: 'tombstone', sha256: sha('a'), reason: 'leak' });
    expect(namesOf(log)).toEqual(['m@v1.0.0', 'm#production#2', 'm#production!#3', 'm@v1.0.0!']);
  });

  test('are none for candidates, nor for events without effect', () => {
    const log = new LogBuilder();
    log.pend('a');
    log.register('b', 'v1.0.0');
    expect(log.register('c', 'v1.0.0')).toBe('v1.0.0 is taken');
    expect(namesOf(log)).toEqual(['m@v1.0.0']);
    log.add({ kind: 'promote', sha256: sha('a'), version: version('v2.0.0-rc.1') });
    expect(namesOf(log)).toEqual(['m@v1.0.0', 'm@v2.0.0-rc.1']);
  });

  test('wait with the stage of an entry that has no version until it gets one', () => {
    const log = new LogBuilder();
    log.register('a');
    log.stage('a', 'staging');
    expect(planOf(log)).toMatchObject({ tags: [], skipped: [{ why: 'no version, and GTO stages versions alone' }] });
    log.add({ kind: 'promote', sha256: sha('a'), version: version('v1.0.0') });
    expect(planOf(log).skipped).toEqual([]);
    expect(namesOf(log)).toEqual(['m@v1.0.0', 'm#staging#3']);
  });

  test('have times that ascend, also where events share a second or clocks go back: GTO orders by time alone', () => {
    const log = new LogBuilder();
    log.register('a', 'v1.0.0');
    log.stage('a', 'staging');
    const events = log.inputs.map(({ event }) => ({ ...event, at: instant(0) }));
    const { tags } = planGtoTags('m' as ModelName, events, () => true);
    const start = Date.parse(instant(0)) / 1000;
    expect(tags.map(({ time }) => time)).toEqual([start, start + 1]);
  });

  test('do not change when the log grows', () => {
    const log = new LogBuilder();
    log.register('a', 'v1.0.0');
    log.stage('a', 'production');
    const before = planOf(log).tags;
    log.register('b', 'v1.1.0');
    log.stage('b', 'production');
    expect(planOf(log).tags.slice(0, before.length)).toEqual(before);
  });

  test('are none for a model that GTO cannot spell, which is named', () => {
    const log = new LogBuilder('a.b');
    log.register('a', 'v1.0.0');
    expect(planOf(log, 'a.b')).toEqual({ tags: [], skipped: [{ what: 'a.b', why: 'no name that GTO can spell' }] });
  });

  test('spell what GTO does', () => {
    const [good, bad] = [
      ['m', 'grammar-tutor', 'team/model_2'],
      ['a.b', 'é', '-a', 'a_', 'a b', 'a=b', ''],
    ];
    expect(good.filter((name) => !isGtoName(name))).toEqual([]);
    expect(bad.filter(isGtoName)).toEqual([]);
  });
});

test('a tag object has the words of GTO, and a tagger that git takes', () => {
  const log = new LogBuilder();
  log.register('a', 'v1.0.0');
  const [tag] = planOf(log).tags;
  if (tag === undefined) throw new Error('no tag');
  const body = gtoTagBody({ ...tag, by: { name: 'A <b>\n', email: 'a@example.org' } }, 'f'.repeat(40) as ObjectId);
  expect(Buffer.from(body).toString()).toBe(
    `object ${'f'.repeat(40)}\ntype commit\ntag m@v1.0.0\ntagger A b <a@example.org> ${tag.time} +0000\n\n` +
      `Registering artifact m version v1.0.0\n\nRegistry-Sha256: ${sha('a')}\nRegistry-Event: ${tag.event}\n`,
  );
});
