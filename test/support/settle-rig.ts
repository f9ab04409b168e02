/** Two sides of one model, and what settling makes of them. */
import { sha256Of } from '../../src/domain/digest.ts';
import { foldEvents } from '../../src/domain/fold.ts';
import type { ModelName } from '../../src/domain/model-name.ts';
import { settleModel } from '../../src/domain/settle/settle-model.ts';
import type { LocalEvent, Replay, SettleContext, Settlement } from '../../src/domain/settle/settlement.ts';
import { emptyState } from '../../src/domain/state.ts';
import { LogBuilder, type Told } from './event-builder.ts';

/** What settles when nothing is said: ana runs, and no entry has parents. */
export function contextOf(told: Partial<SettleContext> = {}): SettleContext {
  let made = 0;
  return {
    runner: { name: 'A', email: 'ana@example.org' },
    at: '2026-02-01T00:00:00.000Z',
    newId: () => {
      made += 1;
      return `ffffffff-0000-7000-8000-${made.toString(16).padStart(12, '0')}`;
    },
    relationsOf: () => [],
    isRegisteredElsewhere: () => false,
    ...told,
  };
}

/** A common past, and what each side added since: `ours` by ana, `theirs` by bo. */
export class TwoSides {
  readonly base: LogBuilder;
  readonly ours: LogBuilder;
  readonly theirs: LogBuilder;

  constructor(past: (log: LogBuilder) => void = () => undefined) {
    this.base = new LogBuilder();
    past(this.base);
    this.ours = this.base.fork('1');
    this.theirs = this.base.fork('2', 'bo@example.org');
  }

  settle(told: Partial<SettleContext> = {}, local: readonly LocalEvent[] = this.ours.inputs): Settlement {
    const { state: base } = this.base;
    return settleModel({ model: base.model, base, remote: this.theirs.inputs, local }, contextOf(told));
  }

  /** Settles what must come to a replay. */
  replay(told: Partial<SettleContext> = {}): Replay {
    const settlement = this.settle(told);
    if (settlement.kind !== 'replay') throw new Error(`expected a replay, got ${JSON.stringify(settlement)}`);
    return settlement;
  }
}

/** Two models of one name that were begun apart. */
export function twoBeginnings(
  ours: { readonly create: Told; readonly then?: readonly Told[] },
  theirs: { readonly create: Told; readonly then?: readonly Told[] },
): Replay {
  const base = emptyState('m' as ModelName);
  const build = (side: string, email: string, told: typeof ours): LogBuilder => {
    const log = new LogBuilder('m', { base, side, email });
    for (const event of [told.create, ...(told.then ?? [])]) log.add(event);
    return log;
  };
  const local = build('1', 'ana@example.org', ours).inputs;
  const remote = build('2', 'bo@example.org', theirs).inputs;
  const settlement = settleModel({ model: base.model, base, remote, local }, contextOf());
  if (settlement.kind !== 'replay') throw new Error(`expected a replay, got ${settlement.kind}`);
  return settlement;
}

/** Returns what became of each event of ours, in words: `renewed register`, `void stage (ground-touched)`, ... */
export function wordsOf(replay: Replay): readonly string[] {
  return [
    ...replay.dropped.map(({ source, reason }) => `dropped ${source.event.kind} (${reason})`),
    ...replay.voided.map(({ source, reason }) => `void ${source.event.kind} (${reason})`),
    ...replay.events.filter(({ kind }) => kind === 'renewed').map(({ logged }) => `renewed ${logged.event.kind}`),
  ];
}

/** Throws unless the events of a replay are a chain on the remote's tip that folds, event by event, to its state. */
export function checkChain(sides: TwoSides, replay: Replay): void {
  const remote = foldEvents(sides.base.state, sides.theirs.inputs);
  let { events: seq, lastDigest: prev } = remote;
  for (const { logged } of replay.events) {
    if (logged.event.seq !== seq || logged.event.prev !== prev) throw new Error(`event ${seq} does not follow`);
    if (logged.digest !== sha256Of(logged.json)) throw new Error(`event ${seq} has another digest`);
    seq += 1;
    prev = logged.digest;
  }
  if (replay.state.ineffective.length !== remote.ineffective.length) throw new Error('an event has no effect');
  if (replay.state.events !== seq || replay.state.lastDigest !== prev) throw new Error('the state is of another chain');
}
