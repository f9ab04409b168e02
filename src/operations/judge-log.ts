/** Judges one pushed log: a first-parent continuation of the one that is there, every new event and entry recomputed (format §4-§6). */
import type { ObjectId, Sha256 } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import { type ChainLink, entryCommitOf } from '../domain/event-chain.ts';
import type { Finding } from '../domain/finding.ts';
import { Folder } from '../domain/fold.ts';
import type { ModelName } from '../domain/model-name.ts';
import { type PushRefusal, refusal } from '../domain/push-refusal.ts';
import { emptyState, type ModelState } from '../domain/state.ts';
import { checkEventCommit } from './check-event-commit.ts';
import { judgePushedMove } from './judge-pushed-move.ts';
import { foldModel } from './read-model.ts';
import type { VerifiedEntry } from './verify-entry.ts';
import { verifyLink } from './verify-log.ts';
import type { Workspace } from './workspace.ts';

/** A log that a push starts or moves. */
export interface PushedLog {
  readonly model: ModelName;
  readonly current: ObjectId | null;
  readonly next: ObjectId;
}

/** An entry that must be registered on the server by this commit when the push is done (format §3.7). */
export interface NeededEntry {
  readonly sha256: Sha256;
  readonly commit: ObjectId;
  /** The entry that names it as parent or input. */
  readonly child: Sha256;
}

/** What was found of a pushed log. */
export type JudgedLog =
  | { readonly kind: 'refused'; readonly refusal: PushRefusal }
  | {
      readonly kind: 'holds';
      readonly tip: ObjectId;
      /** As it will be after the push. */
      readonly state: ModelState;
      readonly needs: readonly NeededEntry[];
      /** Entries that the log did not have. */
      readonly entries: ReadonlyMap<Sha256, ObjectId>;
      /** Events without effect (format §6.3): they are kept, and their pusher is told. */
      readonly ineffective: readonly string[];
    };

type EntryOf = (commit: ObjectId) => Promise<VerifiedEntry>;

/** Judges. Costs the new events and their entries, and those since the newest cached fold; nothing pushed is cached. */
export async function judgeLog(workspace: Workspace, pushed: PushedLog, entryOf: EntryOf): Promise<JudgedLog> {
  const { model, current, next } = pushed;
  if ((await workspace.objects.findHeader(next))?.type !== 'commit')
    return refused('log-invalid', `expected a commit, got something else at ${next}`);
  let before: ModelState;
  try {
    before = current === null ? emptyState(model) : (await foldModel(workspace, model, current)).state;
  } catch (error) {
    return refused('log-unreadable', `the log that is on the server does not hold: ${messageOf(error)}`);
  }
  const judge = new LogJudge(workspace, pushed, before, entryOf);
  try {
    return await judge.run();
  } catch (error) {
    return refused('log-invalid', `event ${judge.events}: ${messageOf(error)}`);
  }
}

/** Damage is an answer; anything else goes on, and ends the push. */
function messageOf(error: unknown): string {
  if (error instanceof RegistryError && /^corrupt-|^incomplete-history$/.test(error.code)) return error.message;
  throw error;
}

function refused(rule: PushRefusal['rule'], message: string): JudgedLog {
  return { kind: 'refused', refusal: refusal(rule, message) };
}

class LogJudge {
  readonly #workspace: Workspace;
  readonly #pushed: PushedLog;
  readonly #folder: Folder;
  readonly #entryOf: EntryOf;
  readonly #emptyTree: ObjectId;
  readonly #needs: NeededEntry[] = [];
  readonly #entries: Map<Sha256, ObjectId> = new Map();
  readonly #ineffective: string[] = [];

  constructor(workspace: Workspace, pushed: PushedLog, before: ModelState, entryOf: EntryOf) {
    this.#workspace = workspace;
    this.#pushed = pushed;
    this.#folder = new Folder(before);
    this.#entryOf = entryOf;
    this.#emptyTree = workspace.hash('tree', new Uint8Array());
  }

  /** Number of events that hold. */
  get events(): number {
    return this.#folder.state.events;
  }

  async run(): Promise<JudgedLog> {
    const { model, current, next } = this.#pushed;
    let commit = current ?? undefined;
    const rewritten = refused('log-rewritten', `it does not descend from ${current} by first parent (format §5)`);
    for await (const record of this.#workspace.log.read(next, commit)) {
      if (commit !== undefined && commit === current && record.parents[0] !== commit) return rewritten;
      const { events: seq, lastDigest: prev, ids } = this.#folder.state;
      const position = { model, seq, prev, commit, ids, emptyTree: this.#emptyTree };
      const checked = checkEventCommit(record, position);
      if (checked.kind === 'fault') return refused('log-invalid', `event ${seq}: ${checked.message} (${checked.code})`);
      const refusal = await this.#take(checked.link);
      if (refusal !== undefined) return { kind: 'refused', refusal };
      commit = record.id;
    }
    // A tip behind the one that is there has no new event.
    if (commit !== next) return rewritten;
    const [needs, entries, ineffective] = [this.#needs, this.#entries, this.#ineffective];
    return { kind: 'holds', tip: next, state: this.#folder.state, needs, entries, ineffective };
  }

  async #take(link: ChainLink): Promise<PushRefusal | undefined> {
    const { event } = link;
    if (event.kind === 'unknown' && event.why === 'version')
      return refusal('newer-format', `event ${event.seq} is of a format that this server does not know`);
    const verified: VerifiedEntry[] = [];
    const found = await verifyLink(this.#workspace, link, this.#emptyTree, async (commit) => {
      const entry = this.#known(link, commit) ?? (await this.#entryOf(commit));
      verified.push(entry);
      return entry;
    });
    const corrupt = (findings: readonly Finding[]) => findings.find(({ severity }) => severity === 'corrupt');
    const entryFault = corrupt(verified.flatMap(({ findings }) => findings));
    if (entryFault !== undefined) return describe('entry-invalid', event.seq, entryFault);
    const linkFault = corrupt(found);
    if (linkFault !== undefined) return describe('log-invalid', event.seq, linkFault);
    for (const entry of verified) this.#needs.push(...neededBy(entry));
    const entryCommit = entryCommitOf(link);
    if (entryCommit !== undefined && 'sha256' in event && event.sha256) {
      const there = this.#folder.state.entries.get(event.sha256)?.commit ?? this.#entries.get(event.sha256);
      if (there !== undefined && there !== entryCommit) return differs(event.sha256, there, entryCommit);
      if (there === undefined) this.#entries.set(event.sha256, entryCommit);
    }
    const unjust = await judgePushedMove(this.#workspace, link, this.#folder.state);
    const reason = this.#folder.add(entryCommit === undefined ? link : { ...link, entryCommit });
    if (reason !== undefined)
      this.#ineffective.push(`event ${event.seq} (${event.kind === 'unknown' ? event.named : event.kind}): ${reason}`);
    return reason === undefined ? unjust : undefined;
  }

  /** An entry that the log has by this commit was recomputed when it came. */
  #known({ event }: ChainLink, commit: ObjectId): VerifiedEntry | undefined {
    const entry = 'sha256' in event && event.sha256 ? this.#folder.state.entries.get(event.sha256) : undefined;
    if (entry?.commit !== commit) return undefined;
    return { findings: [], sha256: entry.sha256, manifestDigest: entry.manifest };
  }
}

/** Returns the refusal of a second manifest under one SHA (format §7.4). */
export function differs(sha256: Sha256, there: ObjectId, pushed: ObjectId): PushRefusal {
  return refusal('entry-differs', `entry ${sha256} is commit ${there} here, and ${pushed} in the push`);
}

function describe(rule: PushRefusal['rule'], seq: number, { code, subject, message }: Finding): PushRefusal {
  return refusal(rule, `event ${seq}: ${subject}: ${message} (${code})`);
}

function neededBy({ manifest, parents = [] }: VerifiedEntry): readonly NeededEntry[] {
  if (manifest === undefined) return [];
  const shas = [...manifest.parents, ...manifest.inputs];
  return parents.flatMap((commit, index) => {
    const sha256 = shas[index];
    return sha256 === undefined ? [] : [{ sha256, commit, child: manifest.sha256 }];
  });
}
