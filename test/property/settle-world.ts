/**
 * Clones, one remote and a network that loses, delays and repeats, in memory: commands write as the real ones decide, and
 * a sync settles and pushes by the rules of `domain/settle`. What must hold at every moment is checked at every moment.
 */
import type { ObjectId, Sha256 } from '../../src/domain/digest.ts';
import { encodeEvent } from '../../src/domain/encode-event.ts';
import type { Actor, EventBody, RegistryEvent } from '../../src/domain/event.ts';
import { type FoldInput, foldEvents } from '../../src/domain/fold.ts';
import { changesNothing } from '../../src/domain/idempotence.ts';
import type { ModelName } from '../../src/domain/model-name.ts';
import { heldBack, type PushCandidate } from '../../src/domain/settle/hold-back.ts';
import { judgeViews } from '../../src/domain/settle/judge-views.ts';
import { planLogPushes } from '../../src/domain/settle/log-pushes.ts';
import { settleModels } from '../../src/domain/settle/settle-models.ts';
import type { Divergence, Replay, SettleContext, Settlement } from '../../src/domain/settle/settlement.ts';
import { emptyState, type ModelState } from '../../src/domain/state.ts';
import { refKeyText, type View, viewsOf } from '../../src/domain/views.ts';
import { sha } from '../support/event-builder.ts';
import {
  checkAccounts,
  checkApprovals,
  checkGround,
  checkIds,
  checkRelations,
  checkVersions,
} from './settle-invariants.ts';

/** A log and its fold; never changed, only replaced. */
export interface Log {
  readonly events: readonly FoldInput[];
  readonly state: ModelState;
}

/** Logs by model. */
export type Logs = ReadonlyMap<ModelName, Log>;

/** One repository. */
export interface Clone {
  runner: Actor;
  logs: Map<ModelName, Log>;
  /** The remote as last verified: logs and views. */
  verified: Logs;
  verifiedViews: readonly View[];
  /** A second remote as last verified. */
  verifiedMirror: Logs;
  /** Tips that replays left behind. */
  readonly lost: Log[];
}

/** What becomes of a push on its way. */
export type Fate = 'arrives' | 'is-lost' | 'is-late' | 'arrives-twice' | 'answer-is-lost';

/** Where a sync is cut off. */
export type Cut = 'never' | 'after-settle' | 'after-log';

type Message = () => void;

/** Parents and inputs of the entries of this world. */
const RELATIONS: ReadonlyMap<Sha256, readonly Sha256[]> = new Map([
  [sha('c'), [sha('a')]],
  [sha('d'), [sha('c')]],
  [sha('e'), [sha('d'), sha('b')]],
]);

/** Returns parents and inputs. */
export function relationsOf(sha256: Sha256): readonly Sha256[] {
  return RELATIONS.get(sha256) ?? [];
}

/** Returns a log without events. */
export function startLog(model: ModelName): Log {
  return { events: [], state: emptyState(model) };
}

function extend(log: Log, inputs: readonly FoldInput[]): Log {
  return { events: [...log.events, ...inputs], state: foldEvents(log.state, inputs) };
}

/** Number of events that two logs begin with in common. */
function common(a: Log, b: Log): number {
  const length = a.events.findIndex(({ digest }, index) => b.events[index]?.digest !== digest);
  return length < 0 ? a.events.length : length;
}

function prefix(log: Log, length: number): Log {
  if (length === log.events.length) return log;
  const events = log.events.slice(0, length);
  return { events, state: foldEvents(emptyState(log.state.model), events) };
}

/** Tells whether a log goes on from another. */
export function descends(log: Log, from: Log): boolean {
  return common(from, log) === from.events.length;
}

/** Returns the logs that hold more than a remote's. */
export function candidatesOf(logs: Logs, remote: Logs): readonly PushCandidate[] {
  return [...logs].flatMap(([model, log]) => {
    const there = remote.get(model) ?? startLog(model);
    if (!descends(log, there) || log.events.length === there.events.length) return [];
    return [{ model, state: log.state, unpublished: log.events.slice(there.events.length) }];
  });
}

/** Tells whether one of the logs has an entry registered. */
export function isRegistered(logs: Logs, sha256: Sha256): boolean {
  return [...logs.values()].some(({ state }) => state.entries.get(sha256)?.status === 'registered');
}

/** Returns what each model of a clone and a remote has since the two parted; what the other remote holds is marked. */
export function divergencesOf(clone: Clone, remote: Logs): readonly Divergence[] {
  const other = remote === clone.verified ? clone.verifiedMirror : clone.verified;
  return [...new Set([...clone.logs.keys(), ...remote.keys()])].map((model) => {
    const [ours, theirs] = [clone.logs.get(model) ?? startLog(model), remote.get(model) ?? startLog(model)];
    const shared = common(ours, theirs);
    const elsewhere = other.get(model)?.state.ids;
    const local = ours.events
      .slice(shared)
      .map((input) => (elsewhere?.has(input.event.id) === true ? { ...input, published: true as const } : input));
    return { model, base: prefix(ours, shared).state, remote: theirs.events.slice(shared), local };
  });
}

function viewsOfLogs(logs: Logs): Map<string, View> {
  return new Map([...logs.values()].flatMap(({ state }) => viewsOf(state)).map((view) => [refKeyText(view.key), view]));
}

/** The world. `check*` throw where an invariant of format §7.3 breaks. */
export class World {
  readonly clones: Clone[] = [];
  readonly remote = new Map<ModelName, Log>();
  readonly views = new Map<string, View>();
  /** The logs of a second remote. */
  readonly mirror = new Map<ModelName, Log>();
  /** Every event that a command reported as written. */
  readonly acknowledged: RegistryEvent[] = [];
  /** Ids of events that a replay left out since they said nothing new, or no longer applied. */
  readonly dropped = new Set<string>();
  /** Rules that this history has met. */
  readonly seen = new Set<string>();
  readonly #late: Message[] = [];
  #ids = 0;
  #now = Date.UTC(2026, 0, 1);

  constructor(emails: readonly string[]) {
    for (const email of emails) this.clones.push(newClone(email));
  }

  /** The present, as an event's `at`; it never stands still. */
  tick(): string {
    this.#now += 1000;
    return new Date(this.#now).toISOString();
  }

  newId(): string {
    this.#ids += 1;
    return `${this.#ids.toString(16).padStart(8, '0')}-0000-7000-8000-000000000000`;
  }

  logOf(clone: Clone, model: ModelName): Log {
    return clone.logs.get(model) ?? startLog(model);
  }

  /** Writes what has an effect and says something new, as the commands do (format §6.5); the model is created first. */
  write(clone: Clone, model: ModelName, body: EventBody): void {
    const log = this.logOf(clone, model);
    if (log.events.length === 0 && body.kind !== 'create') {
      this.write(clone, model, { kind: 'create' });
      this.write(clone, model, body);
      return;
    }
    if (body.kind === 'register' && !this.#knowsRelations(clone, body.sha256)) return;
    if (changesNothing(log.state, body)) return;
    const { events: seq, lastDigest: prev } = log.state;
    const envelope = { v: 1, id: this.newId(), seq, prev, at: this.tick(), by: clone.runner, model } as const;
    const event: RegistryEvent = { ...envelope, ...body };
    const next = extend(log, [inputOf(event)]);
    if (next.state.ineffective.length > log.state.ineffective.length) return;
    clone.logs.set(model, next);
    this.acknowledged.push(event);
  }

  /** What settling looks at beside the logs. */
  contextOf(clone: Clone, told: Pick<SettleContext, 'adopt' | 'fastForwardOnly'>): SettleContext {
    return {
      runner: clone.runner,
      at: this.tick(),
      newId: () => this.newId(),
      relationsOf,
      isRegisteredElsewhere: (sha256) =>
        [clone.verified, clone.verifiedMirror].some((logs) => isRegistered(logs, sha256)),
      ...told,
    };
  }

  /** Another repository with all that one has, as a copied folder. */
  copy(clone: Clone, email: string): void {
    this.clones.push({ ...clone, runner: { name: email, email }, logs: new Map(clone.logs), lost: [...clone.lost] });
  }

  /** Fetches, settles and pushes once. Returns whether anything moved. */
  sync(
    clone: Clone,
    told: { readonly adopt: boolean; readonly fate: Fate; readonly cut: Cut; readonly atMost?: number },
  ): boolean {
    const before = [...clone.logs.values(), ...this.remote.values(), ...this.views.values()];
    this.#fetch(clone);
    this.#settle(clone, told.adopt);
    if (told.cut !== 'after-settle') this.#push(clone, told.fate, told.atMost ?? 2);
    if (told.cut === 'never') this.#pushViews(clone, told.fate);
    const after = [...clone.logs.values(), ...this.remote.values(), ...this.views.values()];
    return before.length !== after.length || before.some((thing, index) => thing !== after[index]);
  }

  /** Delivers a push that was thought lost. */
  deliver(which: number): void {
    if (this.#late.length > 0) this.#late.splice(which % this.#late.length, 1)[0]?.();
  }

  /** Nothing is under way and every clone syncs until nothing moves; returns false when it never ends. */
  settleDown(): boolean {
    while (this.#late.length > 0) this.deliver(this.#late.length - 1);
    for (let round = 0; round < 4 * this.clones.length; round += 1) {
      const moved = this.clones.map((clone) => this.sync(clone, { adopt: true, fate: 'arrives', cut: 'never' }));
      if (!moved.includes(true)) return true;
    }
    return false;
  }

  /** Models of a clone that wait for a parent or input, which it cannot publish either. */
  heldBack(clone: Clone): ReadonlySet<ModelName> {
    const isOnRemote = (sha256: Sha256): boolean => isRegistered(this.remote, sha256);
    return new Set(heldBack(candidatesOf(clone.logs, this.remote), relationsOf, isOnRemote).keys());
  }

  #knowsRelations(clone: Clone, sha256: Sha256): boolean {
    return relationsOf(sha256).every((other) =>
      [clone.logs, clone.verified, clone.verifiedMirror].some((logs) => isRegistered(logs, other)),
    );
  }

  /** An honest remote is never taken for a tampered one, wherever its last push was cut. */
  #fetch(clone: Clone): void {
    for (const [model, log] of clone.verified)
      if (!descends(this.remote.get(model) ?? startLog(model), log)) throw new Error(`${model}: the remote went back`);
    const listed = [...this.views.values()];
    const states = [...this.remote.values()].map(({ state }) => state);
    const { verifiedViews: verified } = clone;
    const judged = judgeViews({ layout: 'all', states, unreadable: new Set(), listed, verified });
    const wrong = [...judged.tampered, ...judged.unknown, ...judged.twoManifests];
    if (wrong.length > 0) throw new Error(`an honest view is suspected: ${JSON.stringify(wrong)}`);
    if (judged.cutPush.length > 0) this.seen.add('views: cut push');
    clone.verified = new Map(this.remote);
    clone.verifiedViews = listed;
  }

  #settle(clone: Clone, adopt: boolean): void {
    const divergences = divergencesOf(clone, clone.verified);
    const context = this.contextOf(clone, { adopt });
    const settlements = [...settleModels(divergences, context)];
    for (const [model, settlement] of settlements) this.#take(clone, model, settlement);
    const replayed = settlements.flatMap(([, settlement]) => (settlement.kind === 'replay' ? settlement.events : []));
    for (const { logged, source } of replayed) {
      if (logged.event.kind === 'register' && !this.#knowsRelations(clone, logged.event.sha256))
        throw new Error('a register was replayed without its parents');
      if (!adopt && source.event.by.email !== clone.runner.email) throw new Error("somebody else's event was replayed");
    }
  }

  #take(clone: Clone, model: ModelName, settlement: Settlement): void {
    const theirs = clone.verified.get(model) ?? startLog(model);
    if (settlement.kind === 'fast-forward') clone.logs.set(model, theirs);
    if (settlement.kind === 'held') this.seen.add(`held: ${settlement.reason}`);
    if (settlement.kind !== 'replay') return;
    const ours = this.logOf(clone, model);
    const next = extend(theirs, committed(settlement));
    if (settlement.lost) clone.lost.push(ours);
    clone.logs.set(model, next);
    checkAccounts({ ours, theirs, next, settlement });
    checkGround(ours, theirs, settlement);
    for (const { reason } of settlement.dropped) this.seen.add(`dropped: ${reason}`);
    for (const { reason } of settlement.voided) this.seen.add(`void: ${reason}`);
    for (const reason of settlement.altered.flatMap(({ reasons }) => reasons)) this.seen.add(`altered: ${reason}`);
    for (const { source, reason } of settlement.dropped)
      if (reason === 'changes-nothing' || reason === 'no-longer-applies') this.dropped.add(source.event.id);
  }

  /** In one push, or in as many as there are logs: each leaves the remote whole. */
  #push(clone: Clone, fate: Fate, atMost: number): void {
    const isOnRemote = (sha256: Sha256): boolean => isRegistered(clone.verified, sha256);
    const candidates = candidatesOf(clone.logs, clone.verified);
    const held = heldBack(candidates, relationsOf, isOnRemote);
    if (held.size > 0) this.seen.add('push: held back');
    const going = candidates.filter(({ model }) => !held.has(model));
    const pushes = planLogPushes(going, relationsOf, isOnRemote, atMost);
    if (pushes.length > going.length) this.seen.add('push: by prefixes');
    for (const push of pushes) {
      const updates = push.map(({ model, events }): readonly [ModelName, Log] => {
        const log = this.logOf(clone, model);
        const unpublished = going.find((candidate) => candidate.model === model)?.unpublished.length ?? 0;
        return [model, prefix(log, log.events.length - unpublished + events)];
      });
      const leases = new Map(updates.map(([model]) => [model, clone.verified.get(model)?.state.lastDigest ?? null]));
      if (!this.#send(fate, () => this.#receiveLogs(updates, leases))) return;
      clone.verified = new Map([...clone.verified, ...updates]);
    }
  }

  /** Atomic, each log with its lease; returns whether it was taken. */
  #receiveLogs(
    updates: readonly (readonly [ModelName, Log])[],
    leases: ReadonlyMap<ModelName, string | null>,
  ): boolean {
    const tipOf = (model: ModelName): string | null => this.remote.get(model)?.state.lastDigest ?? null;
    if (updates.every(([model, log]) => tipOf(model) === log.state.lastDigest)) {
      this.seen.add('push: repeated');
      return true;
    }
    if (updates.some(([model]) => tipOf(model) !== leases.get(model))) {
      this.seen.add('push: lost race');
      return false;
    }
    for (const [model, log] of updates) {
      const there = this.remote.get(model) ?? startLog(model);
      if (!descends(log, there)) throw new Error(`${model}: the remote would not fast-forward`);
      checkVersions(there.state, log.state);
      checkApprovals(log.events, model);
      checkIds(log.events);
      this.remote.set(model, log);
    }
    checkRelations(
      [...this.remote.values()].map(({ state }) => state),
      relationsOf,
    );
    return true;
  }

  /** The views of the logs as they stand on the remote, in one push; given up when a log has moved from where they came. */
  #pushViews(clone: Clone, fate: Fate): void {
    if ([...clone.verified].some(([model, log]) => this.remote.get(model) !== log)) return;
    const wanted = viewsOfLogs(this.remote);
    const changes = [...new Set([...wanted.keys(), ...this.views.keys()])].flatMap((text) => {
      const [old, next] = [this.views.get(text), wanted.get(text)];
      return old?.target === next?.target ? [] : [{ text, old: old?.target, next }];
    });
    if (changes.length === 0) return;
    this.#send(fate, () => {
      if (changes.some(({ text, old }) => this.views.get(text)?.target !== old)) return false;
      for (const { text, next } of changes) {
        if (next === undefined) this.views.delete(text);
        else this.views.set(text, next);
      }
      return true;
    });
  }

  /** Sends, and returns whether the sender hears that it was taken. */
  #send(fate: Fate, message: () => boolean): boolean {
    if (fate === 'is-lost') return false;
    if (fate === 'is-late') {
      this.#late.push(message);
      return false;
    }
    const taken = message();
    if (fate === 'arrives-twice') this.#late.push(message);
    return taken && fate !== 'answer-is-lost';
  }
}

function newClone(email: string): Clone {
  return {
    runner: { name: email, email },
    logs: new Map(),
    verified: new Map(),
    verifiedViews: [],
    verifiedMirror: new Map(),
    lost: [],
  };
}

function inputOf(event: RegistryEvent): FoldInput {
  const logged = encodeEvent(event);
  const commit = logged.digest.slice(0, 40) as ObjectId;
  const names = 'sha256' in event && typeof event.sha256 === 'string';
  return { ...logged, commit, ...(names ? { entryCommit: event.sha256.slice(0, 40) as ObjectId } : {}) };
}

function committed({ events }: Replay): readonly FoldInput[] {
  return events.map(({ logged, entryCommit }) => {
    const input = inputOf(logged.event);
    if (input.entryCommit !== entryCommit) throw new Error(`${logged.event.kind}: another entry commit`);
    return input;
  });
}
