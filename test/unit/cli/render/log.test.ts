import { describe, expect, test } from 'vitest';
import { renderLog } from '../../../../src/cli/render/log.ts';
import { colourStyle, plainStyle, type Style } from '../../../../src/cli/render/style.ts';
import type { LogRow } from '../../../../src/operations/log.ts';
import { LogBuilder, sha, type Told, version } from '../../../support/event-builder.ts';

const PLAIN = plainStyle(true);

/** A log whose rows are kept as the operation yields them. */
class Rows {
  readonly rows: LogRow[] = [];
  readonly #log: LogBuilder;

  constructor(model = 'tutor') {
    this.#log = new LogBuilder(model);
    this.#keep(undefined);
  }

  add(told: Told): this {
    this.#keep(this.#log.add(told));
    return this;
  }

  register(name: string, as?: string): this {
    this.#keep(this.#log.register(name, as));
    return this;
  }

  stage(name: string, to: string, told: Parameters<LogBuilder['stage']>[2] = {}): this {
    this.#keep(this.#log.stage(name, to, told));
    return this;
  }

  #keep(ineffective: string | undefined): void {
    const input = this.#log.inputs.at(-1);
    if (input === undefined) throw new Error('the log is empty');
    const { event, json, digest, commit } = input;
    this.rows.push({
      model: event.model,
      seq: event.seq,
      commit,
      digest,
      json,
      event,
      ineffective: ineffective ?? null,
    });
  }
}

/** What the newest event reads like, time and number left out. */
function newest({ rows }: Rows, style: Style = PLAIN): string | undefined {
  return renderLog(rows, style, Infinity)[0]?.replace(/^ *\d+ {2}\S+ \S+ {2}/, '');
}

describe('a log', () => {
  test('is printed newest first, with the number, the minute, the deed and the actor of each event', () => {
    const { rows } = new Rows().register('a', 'v1.0.0').stage('a', 'production');
    expect(renderLog(rows, PLAIN, Infinity)).toEqual([
      '2  2026-01-01 00:00Z  stage     v1.0.0 → production by A',
      `1  2026-01-01 00:00Z  register  v1.0.0 ${sha('a').slice(0, 12)} by A`,
      '0  2026-01-01 00:00Z  create    tutor by A',
    ]);
  });

  test('of several models comes under their names', () => {
    const lines = renderLog([...new Rows('one').rows, ...new Rows('two').rows], PLAIN, Infinity);
    expect(lines).toEqual([
      'one',
      '0  2026-01-01 00:00Z  create    one by A',
      '',
      'two',
      '0  2026-01-01 00:00Z  create    two by A',
    ]);
  });

  test('of no events is nothing', () => {
    expect(renderLog([], PLAIN, 80)).toEqual([]);
  });

  test('calls entries by the version that the log has given them so far', () => {
    const { rows } = new Rows()
      .register('a')
      .add({ kind: 'annotate', sha256: sha('a'), set: { k: 'v' }, unset: ['old'] })
      .add({ kind: 'promote', sha256: sha('a'), version: version('v1.0.0') })
      .add({ kind: 'tombstone', sha256: sha('a'), reason: 'leaked' });
    const deeds = renderLog(rows, PLAIN, Infinity).map((line) => line.slice(22));
    const short = sha('a').slice(0, 12);
    expect(deeds.slice(0, 4)).toEqual([
      'tombstone v1.0.0 by A: leaked',
      `promote   v1.0.0 ${short} by A`,
      `annotate  ${short} k=v -old by A`,
      `register  ${short} by A`,
    ]);
  });

  test('says whom a move replaced, why it was made, and whose wish it was', () => {
    const rows = new Rows()
      .register('a', 'v1.0.0')
      .register('b', 'v1.1.0')
      .stage('a', 'production')
      .stage('b', 'production', {
        reason: 'better',
        onBehalfOf: { name: 'Grace', email: 'g@example.org' },
      } as Parameters<LogBuilder['stage']>[2]);
    expect(newest(rows)).toBe('stage     v1.1.0 → production by A for Grace: replaced v1.0.0: better');
    rows.stage('a', 'production', { cause: 'rollback' });
    expect(newest(rows)).toBe('stage     v1.0.0 → production (rollback) by A: replaced v1.1.0');
    rows.stage('a', 'staging', { cause: 'demote' });
    expect(newest(rows)).toBe('stage     v1.0.0 production → staging (demote) by A');
  });

  test('says of an event without effect why it had none', () => {
    const rows = new Rows().register('a', 'v1.0.0').register('b', 'v1.0.0');
    expect(newest(rows)).toMatch(/^register {2}v1\.0\.0 \w{12} by A: without effect, v1\.0\.0 is taken$/);
  });

  test('fits the width: free text goes first', () => {
    const { rows } = new Rows()
      .register('a', 'v1.0.0')
      .add({ kind: 'tombstone', sha256: sha('a'), reason: 'leaked\nto all' });
    expect(renderLog(rows, PLAIN, 60)[0]).toBe('2  2026-01-01 00:00Z  tombstone v1.0.0 by A: leaked\\nto all');
    expect(renderLog(rows, PLAIN, 50)[0]).toBe('2  2026-01-01 00:00Z  tombstone v1.0.0 by A: leak…');
    expect(renderLog(rows, plainStyle(false), 50)[0]).toBe('2  2026-01-01 00:00Z  tombstone v1.0.0 by A: leak~');
  });

  test('shows events of newer programs for what they are', () => {
    const [create] = new Rows().rows;
    if (create === undefined) throw new Error('expected an event');
    const { id, seq, prev, at, by, model } = create.event;
    const event = { kind: 'unknown', why: 'kind', named: 'teleport', id, seq, prev, at, by, model } as const;
    expect(renderLog([{ ...create, event, ineffective: 'unknown kind' }], PLAIN, Infinity)[0]).toBe(
      '0  2026-01-01 00:00Z  teleport (unknown kind) by A: without effect, unknown kind',
    );
  });

  test('paints the kind, and tombstones in red', () => {
    const style = colourStyle(true);
    const rows = new Rows().register('a', 'v1.0.0').add({ kind: 'tombstone', sha256: sha('a'), reason: 'bad' });
    expect(renderLog(rows.rows, style, Infinity).map(style.finish)[0]).toContain(
      '\u001b[31mtombstone\u001b[39m v1.0.0',
    );
  });

  test.each<[Told, string]>([
    [
      { kind: 'approve', sha256: sha('a'), to: 'production', policy: sha('p'), report: sha('r'), comment: 'fine' },
      'approve   v1.0.0 for production by A: fine',
    ],
    [{ kind: 'gate', sha256: sha('a'), to: 'staging', report: sha('r') }, 'gate      v1.0.0 for staging by A'],
    [{ kind: 'deploy', sha256: sha('a'), endpoint: 'eu', status: 'live' }, 'deploy    v1.0.0 at eu, live by A'],
    [{ kind: 'reproduce', sha256: sha('a'), result: 'same' }, 'reproduce v1.0.0, same by A'],
    [{ kind: 'alias', name: 'champion', sha256: sha('a') }, 'alias     champion → v1.0.0 by A'],
    [{ kind: 'alias', name: 'champion', sha256: null }, 'alias     champion removed by A'],
    [{ kind: 'annotate', set: { k: 'v' }, unset: [] }, 'annotate  model k=v by A'],
    [{ kind: 'rename', to: 'teacher' }, 'rename    to teacher by A'],
    [{ kind: 'point', source: 'mlflow' }, 'point     mlflow by A'],
    [{ kind: 'experiment', op: 'start' }, 'experiment start by A'],
    [{ kind: 'void', event: 'id', reason: 'lost' }, 'void      id by A: lost'],
    [{ kind: 'retire' }, 'retire by A'],
  ])('words %j', (told, expected) => {
    expect(newest(new Rows().register('a', 'v1.0.0').add(told))).toBe(expected);
  });
});
