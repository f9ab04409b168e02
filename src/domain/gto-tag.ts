/**
 * Tags of GTO 1 that a model's log gives: pure, so that every clone comes to the same names, times and texts. GTO reads events
 * from tag names alone and orders them by the tagger's time, whole seconds: so a model's tags have times that ascend.
 */
import type { Sha256 } from './digest.ts';
import type { Actor, RegistryEvent, UnknownEvent } from './event.ts';
import type { ModelName } from './model-name.ts';
import { isSlotName } from './state.ts';
import type { Version } from './version.ts';

/** What a tag says to GTO. */
export type GtoAction = 'register' | 'deregister' | 'assign' | 'unassign';

/** A tag that a log gives. */
export interface GtoTag {
  readonly name: string;
  readonly action: GtoAction;
  readonly model: ModelName;
  readonly version: Version;
  readonly sha256: Sha256;
  /** The slot that is taken or left. */
  readonly slot?: string;
  /** Tagger's time, Unix seconds. */
  readonly time: number;
  readonly by: Actor;
  /** Id of the event behind it. */
  readonly event: string;
}

/** Why something of a model has no tags. */
export interface GtoSkip {
  readonly what: string;
  readonly why: string;
}

/** What a log gives. */
export interface GtoPlan {
  /** In the order of the log: a version's before those of its stages. */
  readonly tags: readonly GtoTag[];
  readonly skipped: readonly GtoSkip[];
}

/** The names of artifacts and stages that GTO takes. */
const GTO_NAME = /^[a-zA-Z0-9](?:[a-zA-Z0-9\-/_]*[a-zA-Z0-9])?$/;

/** Tells whether GTO can spell a model or a stage. */
export function isGtoName(text: string): boolean {
  return GTO_NAME.test(text);
}

/** Returns the tags of a model. `events`: its whole log; `hasEffect`: whether the event of a `seq` had one (format §6.3). */
export function planGtoTags(
  model: ModelName,
  events: readonly (RegistryEvent | UnknownEvent)[],
  hasEffect: (seq: number) => boolean,
): GtoPlan {
  if (!isGtoName(model)) return { tags: [], skipped: [{ what: model, why: 'no name that GTO can spell' }] };
  const planner = new GtoPlanner(model);
  for (const event of events) if (event.kind !== 'unknown' && hasEffect(event.seq)) planner.add(event);
  return { tags: planner.tags, skipped: planner.unnamed() };
}

/** Who is in a slot; without a version while it has none: GTO gives stages to versions alone. */
interface Occupant {
  readonly sha256: Sha256;
  readonly version: Version | undefined;
}

class GtoPlanner {
  readonly tags: GtoTag[] = [];
  readonly #model: ModelName;
  readonly #versions = new Map<Sha256, Version[]>();
  readonly #slots = new Map<string, Occupant>();
  readonly #misnamed = new Set<string>();
  #time = 0;

  constructor(model: ModelName) {
    this.#model = model;
  }

  add(event: RegistryEvent): void {
    if (event.kind === 'promote' || event.kind === 'register') {
      if (event.version !== undefined) this.#giveVersion(event, event.sha256, event.version);
    } else if (event.kind === 'stage') {
      if (event.from !== null) this.#leave(event, event.from);
      if (!isSlotName(event.to)) return;
      this.#leave(event, event.to);
      this.#take(event, event.to, event.sha256, event.version ?? this.#versions.get(event.sha256)?.at(-1));
    } else if (event.kind === 'tombstone') {
      for (const [slot, { sha256 }] of this.#slots) if (sha256 === event.sha256) this.#leave(event, slot);
      for (const version of this.#versions.get(event.sha256) ?? [])
        this.#tag(event, { action: 'deregister', name: `${this.#model}@${version}!`, version, sha256: event.sha256 });
    }
  }

  /** Returns what the log has and GTO has no tag for. */
  unnamed(): readonly GtoSkip[] {
    const waiting = [...this.#slots].flatMap(([slot, { sha256, version }]) =>
      version === undefined
        ? [
            {
              what: `${this.#model}@${sha256.slice(0, 12)} in ${slot}`,
              why: 'no version, and GTO stages versions alone',
            },
          ]
        : [],
    );
    const misnamed = [...this.#misnamed].map((slot) => ({
      what: `stage ${slot} of ${this.#model}`,
      why: 'no name that GTO can spell',
    }));
    return [...misnamed, ...waiting];
  }

  #giveVersion(event: RegistryEvent, sha256: Sha256, version: Version): void {
    this.#versions.set(sha256, [...(this.#versions.get(sha256) ?? []), version]);
    this.#tag(event, { action: 'register', name: `${this.#model}@${version}`, version, sha256 });
    for (const [slot, occupant] of this.#slots)
      if (occupant.sha256 === sha256 && occupant.version === undefined) this.#take(event, slot, sha256, version);
  }

  #take(event: RegistryEvent, slot: string, sha256: Sha256, version: Version | undefined): void {
    if (!isGtoName(slot)) {
      this.#misnamed.add(slot);
      return;
    }
    this.#slots.set(slot, { sha256, version });
    if (version === undefined) return;
    // A log's `seq` is a counter that no two clones give twice: GTO's own is counted from the tags at hand.
    this.#tag(event, { action: 'assign', name: `${this.#model}#${slot}#${event.seq}`, version, sha256, slot });
  }

  /** GTO leaves a version in a stage until told otherwise, also when another one comes. */
  #leave(event: RegistryEvent, slot: string): void {
    const occupant = this.#slots.get(slot);
    this.#slots.delete(slot);
    if (occupant?.version === undefined) return;
    const { sha256, version } = occupant;
    this.#tag(event, { action: 'unassign', name: `${this.#model}#${slot}!#${event.seq}`, version, sha256, slot });
  }

  #tag(event: RegistryEvent, tag: Pick<GtoTag, 'name' | 'action' | 'version' | 'sha256' | 'slot'>): void {
    this.#time = Math.max(Math.floor(Date.parse(event.at) / 1000), this.#time + 1);
    this.tags.push({ ...tag, model: this.#model, time: this.#time, by: event.by, event: event.id });
  }
}
