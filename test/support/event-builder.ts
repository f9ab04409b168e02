/** Builds logs in memory, for tests of the fold. */
import { type ObjectId, type Sha256, sha256Of } from '../../src/domain/digest.ts';
import { encodeEvent } from '../../src/domain/encode-event.ts';
import type { EventBody, RegistryEvent } from '../../src/domain/event.ts';
import { Folder, type FoldInput } from '../../src/domain/fold.ts';
import type { ModelName } from '../../src/domain/model-name.ts';
import { emptyState, type ModelState } from '../../src/domain/state.ts';
import type { Version } from '../../src/domain/version.ts';

/** A SHA for a short name. */
export function sha(name: string): Sha256 {
  return sha256Of(`entry ${name}`);
}

/** An entry commit for a short name. */
export function commitOf(name: string): ObjectId {
  return sha(name).slice(0, 40) as ObjectId;
}

/** A version, unchecked. */
export function version(text: string): Version {
  return text as Version;
}

/** Returns the instant of the event at a position: one second each. */
export function instant(seq: number): string {
  return new Date(Date.UTC(2026, 0, 1) + seq * 1000).toISOString();
}

/** What a test says of an event; the envelope is filled in. */
export type Told = EventBody & { readonly email?: string };

/** A log under construction; entries are named by short names through {@link sha}. */
export class LogBuilder {
  readonly inputs: FoldInput[] = [];
  /** Who its events are by, unless told. */
  readonly email: string;
  readonly #side: string;
  readonly #folder: Folder;

  constructor(
    model = 'm',
    from: { readonly base: ModelState; readonly side: string; readonly email: string } | null = null,
  ) {
    this.email = from?.email ?? 'ana@example.org';
    this.#side = from?.side ?? '0';
    this.#folder = new Folder(from?.base ?? emptyState(model as ModelName));
    if (from === null) this.add({ kind: 'create' });
  }

  /** Returns a log that goes on from here by itself: other ids, and only what is added to it in `inputs`. */
  fork(side: string, email = this.email): LogBuilder {
    return new LogBuilder(this.state.model, { base: new Folder(this.state).state, side, email });
  }

  get state(): ModelState {
    return this.#folder.state;
  }

  /** Adds an event and returns why it has no effect, if so. */
  add(told: Told): string | undefined {
    const { email = this.email, ...body } = told;
    const { events: seq, lastDigest: prev, model } = this.#folder.state;
    const id = `${this.#side.padStart(8, '0')}-0000-7000-8000-${seq.toString(16).padStart(12, '0')}`;
    const event = { v: 1, id, seq, prev, at: instant(seq), by: { name: 'A', email }, model, ...body } as RegistryEvent;
    const named =
      'sha256' in event && typeof event.sha256 === 'string'
        ? { entryCommit: event.sha256.slice(0, 40) as ObjectId }
        : {};
    const commit = sha256Of(`event ${this.#side} ${seq}`).slice(0, 40) as ObjectId;
    const input: FoldInput = { ...encodeEvent(event), commit, ...named };
    this.inputs.push(input);
    return this.#folder.add(input);
  }

  register(name: string, as?: string): string | undefined {
    const named = as === undefined ? {} : { version: version(as) };
    return this.add({
      kind: 'register',
      sha256: sha(name),
      manifest: sha(`manifest ${name}`),
      pending: false,
      ...named,
    });
  }

  pend(name: string, seconds = 3600): string | undefined {
    const expires = new Date(Date.parse(instant(this.#folder.state.events)) + seconds * 1000).toISOString();
    return this.add({ kind: 'register', sha256: sha(name), manifest: sha(`manifest ${name}`), pending: true, expires });
  }

  /** Moves an entry; `from` and `replaced` are those of the state unless told. */
  stage(name: string, to: string, told: Partial<Extract<EventBody, { kind: 'stage' }>> = {}): string | undefined {
    const replaced = this.state.slots.get(to);
    return this.add({
      kind: 'stage',
      sha256: sha(name),
      from: this.state.entries.get(sha(name))?.slot ?? null,
      to,
      ...(replaced === undefined ? {} : { replaced }),
      verdicts: [],
      approvals: [],
      ...told,
    });
  }
}
