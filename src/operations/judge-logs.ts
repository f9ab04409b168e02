/** Judges the logs of a push together: names, chains, what a SHA stands for, and that parents are registered (format §3.7, §5-§7). */
import type { ObjectId, Sha256 } from '../domain/digest.ts';
import type { ModelName } from '../domain/model-name.ts';
import { ModelNameIndex } from '../domain/model-name-index.ts';
import { type PushRefusal, refusal } from '../domain/push-refusal.ts';
import { differs, type JudgedLog, judgeLog, type NeededEntry } from './judge-log.ts';
import type { LogsAfterPush } from './logs-after-push.ts';
import { explainMoved, type LogKey, type Pushed } from './pushed-ref.ts';
import { type VerifiedEntry, verifyEntry } from './verify-entry.ts';
import type { Workspace } from './workspace.ts';

/** A pushed log that holds. */
export interface HeldLog extends Pushed<LogKey> {
  readonly next: ObjectId;
  readonly needs: readonly NeededEntry[];
  readonly ineffective: readonly string[];
}

/** The logs that may move, by model, and why the others may not, by ref. Those that may are in `after` as well. */
export interface JudgedLogs {
  readonly held: ReadonlyMap<ModelName, HeldLog>;
  readonly refused: ReadonlyMap<string, PushRefusal>;
}

/** Judges them. */
export async function judgeLogs(
  workspace: Workspace,
  logs: readonly Pushed<LogKey>[],
  after: LogsAfterPush,
): Promise<JudgedLogs> {
  const judge = new LogsJudge(workspace, after);
  for (const log of logs) await judge.take(log);
  await judge.dropOrphans();
  return judge;
}

class LogsJudge implements JudgedLogs {
  readonly held: Map<ModelName, HeldLog> = new Map();
  readonly refused: Map<string, PushRefusal> = new Map();
  readonly #workspace: Workspace;
  readonly #after: LogsAfterPush;
  readonly #verified: Map<ObjectId, Promise<VerifiedEntry>> = new Map();
  /** Of the models that are there and those that come; made when the first new one comes. */
  #names: ModelNameIndex | undefined;
  /** Of each new entry of the push, its commit. */
  readonly #commits: Map<Sha256, ObjectId> = new Map();

  constructor(workspace: Workspace, after: LogsAfterPush) {
    this.#workspace = workspace;
    this.#after = after;
  }

  async take(log: Pushed<LogKey>): Promise<void> {
    const judged = await this.#judge(log);
    if (judged.kind === 'refused') {
      this.refused.set(log.name, judged.refusal);
      return;
    }
    const { state, tip, needs, ineffective } = judged;
    this.#after.accept(state);
    this.held.set(log.key.model, { ...log, next: tip, needs, ineffective });
    this.#names?.add(log.key.model);
  }

  /** A log goes when a parent of its entries is registered nowhere, and may take the parents of another log's with it. */
  async dropOrphans(): Promise<void> {
    for (let dropped = true; dropped; ) {
      dropped = false;
      await this.#after.load([...this.held.values()].flatMap(({ needs }) => needs));
      for (const [model, { name, needs }] of this.held) {
        const missing = await this.#findMissing(needs);
        if (missing === undefined) continue;
        const why = `entry ${missing.child}: ${missing.sha256} is registered in no log here`;
        this.held.delete(model);
        this.#after.drop(model);
        this.refused.set(name, refusal('parent-unregistered', why));
        dropped = true;
      }
    }
  }

  async #judge(log: Pushed<LogKey>): Promise<JudgedLog> {
    const { key, old, next } = log;
    const refused = (why: PushRefusal): JudgedLog => ({ kind: 'refused', refusal: why });
    const moved = await explainMoved(this.#workspace, log);
    if (moved !== undefined) return refused(moved);
    if (next === null) return refused(refusal('log-deleted', 'a log is never deleted (format §5)'));
    const collides = old === null ? await this.#explainName(key.model) : undefined;
    if (collides !== undefined) return refused(collides);
    const judged = await judgeLog(this.#workspace, { model: key.model, current: old, next }, (commit) =>
      this.#entryOf(commit),
    );
    const differing = judged.kind === 'holds' ? await this.#explainEntries(judged.entries) : undefined;
    return differing === undefined ? judged : refused(differing);
  }

  async #explainName(model: ModelName): Promise<PushRefusal | undefined> {
    this.#names ??= new ModelNameIndex([...(await this.#workspace.log.models()), ...this.held.keys()]);
    const other = this.#names.find(model);
    if (other === undefined) return undefined;
    return refusal('model-collides', `the name collides with that of model ${other} (format §5.1)`);
  }

  /** What a SHA stands for is the same in all logs: those of this push, and those that have a ref for it. */
  async #explainEntries(entries: ReadonlyMap<Sha256, ObjectId>): Promise<PushRefusal | undefined> {
    for (const [sha256, commit] of entries) {
      const there = this.#commits.get(sha256) ?? (await this.#workspace.refs.find({ kind: 'entry', sha256 }));
      if (there !== undefined && there !== commit) return differs(sha256, there, commit);
    }
    for (const [sha256, commit] of entries) this.#commits.set(sha256, commit);
    return undefined;
  }

  #entryOf(commit: ObjectId): Promise<VerifiedEntry> {
    const known = this.#verified.get(commit);
    if (known !== undefined) return known;
    const verified = verifyEntry(this.#workspace, commit);
    this.#verified.set(commit, verified);
    return verified;
  }

  async #findMissing(needs: readonly NeededEntry[]): Promise<NeededEntry | undefined> {
    for (const need of needs) {
      if ((await this.#after.findEntry(need.sha256))?.target !== need.commit) return need;
    }
    return undefined;
  }
}
