/** Settles one model: ours since the base, replayed in order on the remote's tip (format §7.3). Pure. */
import { encodeEvent, type KnownEvent } from '../encode-event.ts';
import { RegistryError } from '../errors.ts';
import type { RegistryEvent } from '../event.ts';
import { Folder } from '../fold.ts';
import { type Fate, fateOf } from './fate.ts';
import { surveyGround } from './ground.ts';
import { findHold } from './hold.ts';
import type { Objection } from './objection.ts';
import { findOpponent } from './opponent.ts';
import {
  type AlteredEvent,
  type Divergence,
  type DroppedEvent,
  type LocalEvent,
  NO_COMMIT,
  type ReplayedEvent,
  type SettleContext,
  type Settlement,
  type VoidedEvent,
} from './settlement.ts';

/** Returns how the two sides of a model become one. Which parents are registered is the context's to say. */
export function settleModel(divergence: Divergence, context: SettleContext): Settlement {
  const { base, remote, local } = divergence;
  if (remote.length === 0) return { kind: local.length === 0 ? 'nothing' : 'ahead' };
  if (local.length === 0) return { kind: 'fast-forward' };
  const folder = new Folder(base);
  const ground = surveyGround(folder, remote, new Set(local.map(({ event }) => event.id)));
  const voided = new Set(remote.flatMap(({ event }) => (event.kind === 'void' ? [event.event] : [])));
  const settled = (id: string): boolean => folder.state.ids.has(id) || voided.has(id);
  const unsettled = local.filter(({ event }) => !settled(event.id));
  const hold = findHold(folder.state, unsettled, context);
  if (hold !== undefined) return hold;
  const replay = new Replaying(folder, context);
  for (const source of local) {
    // What is unknown and was not held is settled: the remote has it.
    const fate: Fate =
      source.event.kind === 'unknown'
        ? { kind: 'drop', reason: voided.has(source.event.id) ? 'voided-on-remote' : 'on-remote' }
        : fateOf(source.event, { state: folder.state, ground, voided, context });
    replay.take(source, fate);
  }
  return replay.end();
}

/** A replay under way. */
class Replaying {
  readonly #folder: Folder;
  readonly #context: SettleContext;
  readonly #events: ReplayedEvent[] = [];
  readonly #dropped: DroppedEvent[] = [];
  readonly #voided: VoidedEvent[] = [];
  readonly #altered: AlteredEvent[] = [];

  constructor(folder: Folder, context: SettleContext) {
    this.#folder = folder;
    this.#context = context;
  }

  /** Does with an event what its fate is; one without effect is void after all, an `expire` gone. */
  take(source: LocalEvent, fate: Fate): void {
    if (fate.kind === 'drop') this.#dropped.push({ source, reason: fate.reason });
    else if (fate.kind === 'void') this.#void(source, fate);
    else this.#keep(source, fate);
  }

  end(): Extract<Settlement, { kind: 'replay' }> {
    const events = this.#events;
    const [dropped, voided, altered] = [this.#dropped, this.#voided, this.#altered];
    const lost = dropped.length + voided.length + altered.length > 0;
    const conflict = voided.length > 0 || altered.some(({ reasons }) => reasons.includes('version-taken'));
    const { state } = this.#folder;
    return { kind: 'replay', events, dropped, voided, altered, lost, state, exitCode: conflict ? 3 : 0 };
  }

  #keep(source: LocalEvent, fate: Extract<Fate, { kind: 'keep' }>): void {
    const logged = this.#renew(fate.event);
    const entryCommit = source.entryCommit === undefined ? {} : { entryCommit: source.entryCommit };
    const message = this.#folder.addEffective({ ...logged, commit: NO_COMMIT, ...entryCommit });
    if (message === undefined) {
      this.#events.push({ logged, ...entryCommit, kind: 'renewed', source });
      const { reasons } = fate;
      const against = fate.other === undefined ? {} : { other: fate.other };
      if (reasons.length > 0) this.#altered.push({ source, logged, reasons, ...against });
    } else if (fate.event.kind === 'expire') this.#dropped.push({ source, reason: 'no-longer-applies' });
    else {
      const other = findOpponent(this.#folder.state, fate.event);
      this.#void(source, { kind: 'void', reason: 'no-effect', message, ...(other === undefined ? {} : { other }) });
    }
  }

  #void(source: LocalEvent, { reason, message, other }: Objection): void {
    const { runner: by, at } = this.#context;
    const { id: event } = source.event;
    const against = other === undefined ? {} : { other: other.event };
    const { model } = this.#folder.state;
    const body = { kind: 'void', event, reason: message, ...against } as const;
    const logged = this.#renew({ v: 1, id: this.#context.newId(), seq: 0, prev: null, at, by, model, ...body });
    const ineffective = this.#folder.add({ ...logged, commit: NO_COMMIT });
    if (ineffective !== undefined) throw new RegistryError('bug', `settle: a void had no effect: ${ineffective}`);
    this.#events.push({ logged, kind: 'void', source });
    this.#voided.push({ source, logged, reason, message, ...(other === undefined ? {} : { other }) });
  }

  #renew(event: RegistryEvent): KnownEvent {
    const { events: seq, lastDigest: prev } = this.#folder.state;
    return encodeEvent({ ...event, seq, prev });
  }
}
