/**
 * Judges a push for a server (format §5-§6): each pushed log against the one that is there, then each view against the
 * logs as they stand after the push. Every log is folded once, whatever the number of its views.
 */
import type { ObjectId, Sha256 } from '../domain/digest.ts';
import { judgeView } from '../domain/judge-view.ts';
import { collidesWith, type ModelName } from '../domain/model-name.ts';
import { type PushRefusal, refusal } from '../domain/push-refusal.ts';
import type { RefKey } from '../domain/ref-key.ts';
import type { AcceptedRef, PushedName, PushedRefs } from '../ports/pushed-refs.ts';
import { cappedObjects } from './capped-objects.ts';
import { differs, type JudgedLog, judgeLog, type NeededEntry } from './judge-log.ts';
import { type FoundView, LogsAfterPush } from './logs-after-push.ts';
import { type VerifiedEntry, verifyEntry } from './verify-entry.ts';
import type { Workspace } from './workspace.ts';

/** A ref of a push, as git names it to its hooks; ids that are all zeros are null. */
export interface PushedRef {
  /** One character a byte. */
  readonly name: string;
  readonly old: ObjectId | null;
  readonly next: ObjectId | null;
}

/** A ref that is refused, and why. */
export interface RefusedRef {
  readonly name: string;
  readonly refusal: PushRefusal;
}

/** What a push may do. Refs that are no business of a registry are in neither list. */
export interface PushVerdict {
  readonly accepted: readonly AcceptedRef[];
  readonly refused: readonly RefusedRef[];
  /** Events without effect (format §6.3), by the ref of their log. */
  readonly ineffective: readonly { readonly name: string; readonly message: string }[];
}

/** The most that an entry keeps in git (format §3.6); no object of a registry is larger. */
const LARGEST_OBJECT = 256 * 1024 * 1024;

/** Judges. Reads in the quarantine of the push where the environment names one; writes nothing but caches of what was there before. */
export function judgePush(workspace: Workspace, names: PushedRefs, refs: readonly PushedRef[]): Promise<PushVerdict> {
  const capped = { ...workspace, objects: cappedObjects(workspace.objects, LARGEST_OBJECT) };
  return new PushJudge(capped, names).judge(refs);
}

type LogKey = Extract<RefKey, { readonly kind: 'log' }>;
type ViewKey = Exclude<RefKey, LogKey>;
type Pushed<Key> = PushedRef & { readonly key: Key };

interface HeldLog extends Pushed<LogKey> {
  readonly next: ObjectId;
  readonly needs: readonly NeededEntry[];
  readonly ineffective: readonly string[];
}

const NOT_OURS: Readonly<Record<Exclude<PushedName['kind'], 'registry' | 'other'>, PushRefusal>> = {
  unknown: refusal('unknown-ref', 'no ref of format §5 has this name'),
  local: refusal('local-ref', 'this namespace is written by fetch alone (format §5)'),
  replace: refusal('replace-ref', 'no replacement is taken by a server that keeps a registry'),
};

class PushJudge {
  readonly #workspace: Workspace;
  readonly #names: PushedRefs;
  readonly #after: LogsAfterPush;
  readonly #held: Map<ModelName, HeldLog> = new Map();
  readonly #refused: Map<string, PushRefusal> = new Map();
  readonly #accepted: AcceptedRef[] = [];
  readonly #entries: Map<ObjectId, Promise<VerifiedEntry>> = new Map();
  /** Of each new entry of the push, its commit. */
  readonly #commits: Map<Sha256, ObjectId> = new Map();

  constructor(workspace: Workspace, names: PushedRefs) {
    this.#workspace = workspace;
    this.#names = names;
    this.#after = new LogsAfterPush(workspace);
  }

  async judge(refs: readonly PushedRef[]): Promise<PushVerdict> {
    const { logs, views } = this.#sortOut(refs);
    for (const log of logs) await this.#judgeLog(log);
    await this.#dropOrphans();
    for (const log of this.#held.values()) this.#accept(log, await this.#logsNeededBy(log));
    await this.#after.load(
      views.flatMap(({ key, next }) => (key.kind === 'entry' && next !== null ? [{ ...key, commit: next }] : [])),
    );
    for (const view of views) await this.#judgeView(view);
    return {
      accepted: this.#accepted,
      refused: [...this.#refused].map(([name, why]) => ({ name, refusal: why })),
      ineffective: [...this.#held.values()].flatMap(({ name, ineffective }) =>
        ineffective.map((message) => ({ name, message })),
      ),
    };
  }

  #sortOut(refs: readonly PushedRef[]): { readonly logs: Pushed<LogKey>[]; readonly views: Pushed<ViewKey>[] } {
    const logs: Pushed<LogKey>[] = [];
    const views: Pushed<ViewKey>[] = [];
    for (const ref of refs) {
      const named = this.#names.classify(ref.name);
      if (named.kind === 'registry') {
        if (named.key.kind === 'log') logs.push({ ...ref, key: named.key });
        else views.push({ ...ref, key: named.key });
      } else if (named.kind !== 'other') this.#refused.set(ref.name, NOT_OURS[named.kind]);
    }
    return { logs, views };
  }

  async #judgeLog(log: Pushed<LogKey>): Promise<void> {
    const judged = await this.#explainLog(log);
    if (judged.kind === 'refused') return void this.#refused.set(log.name, judged.refusal);
    const { state, tip, needs, ineffective } = judged;
    this.#after.accept(state);
    this.#held.set(log.key.model, { ...log, next: tip, needs, ineffective });
  }

  async #explainLog(log: Pushed<LogKey>): Promise<JudgedLog> {
    const { key, old, next } = log;
    const refused = (why: PushRefusal): JudgedLog => ({ kind: 'refused', refusal: why });
    const moved = await this.#explainRef(log);
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

  /** What the pusher took for the ref's value must be it: git itself does not compare when a ref is deleted. */
  async #explainRef({ key, old }: Pushed<RefKey>): Promise<PushRefusal | undefined> {
    const current = (await this.#workspace.refs.find(key)) ?? null;
    if (current === old) return undefined;
    return refusal('moved-meanwhile', `expected it at ${old ?? 'nothing'}, it is at ${current ?? 'nothing'}`);
  }

  async #explainName(model: ModelName): Promise<PushRefusal | undefined> {
    const others = [...(await this.#workspace.log.models()), ...this.#held.keys()];
    const collision = collidesWith(model, others);
    if (collision.kind !== 'same-fold' && collision.kind !== 'namespace') return undefined;
    return refusal('model-collides', `the name collides with that of model ${collision.with} (format §5.1)`);
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
    const known = this.#entries.get(commit);
    if (known !== undefined) return known;
    const verified = verifyEntry(this.#workspace, commit);
    this.#entries.set(commit, verified);
    return verified;
  }

  /** A log goes when a parent of its entries is registered nowhere, and may take the parents of another log's with it. */
  async #dropOrphans(): Promise<void> {
    for (let dropped = true; dropped; ) {
      dropped = false;
      await this.#after.load([...this.#held.values()].flatMap(({ needs }) => needs));
      for (const [model, { name, needs }] of this.#held) {
        const missing = await this.#findMissing(needs);
        if (missing === undefined) continue;
        this.#held.delete(model);
        this.#after.drop(model);
        this.#refused.set(
          name,
          refusal('parent-unregistered', `entry ${missing.child}: ${missing.sha256} is registered in no log here`),
        );
        dropped = true;
      }
    }
  }

  async #findMissing(needs: readonly NeededEntry[]): Promise<NeededEntry | undefined> {
    for (const need of needs) {
      if ((await this.#after.findEntry(need.sha256))?.target !== need.commit) return need;
    }
    return undefined;
  }

  async #logsNeededBy({ key, needs }: HeldLog): Promise<readonly ModelName[]> {
    const models = new Set<ModelName>();
    for (const { sha256 } of needs) {
      const found = await this.#after.findEntry(sha256);
      if (found !== undefined && found.model !== key.model) models.add(found.model);
    }
    return [...models];
  }

  async #judgeView(view: Pushed<ViewKey>): Promise<void> {
    const { key, old, next, name } = view;
    const found = key.kind === 'entry' ? await this.#after.findEntry(key.sha256) : await this.#after.find(key);
    const why =
      (await this.#explainRef(view)) ??
      judgeView({ key, current: old, next, given: found?.target ?? null }) ??
      (await this.#explainDeletion(view));
    if (why !== undefined) this.#refused.set(name, why);
    else this.#accept(view, dependence(key, found));
  }

  /** A log that does not hold gives nothing, which is no leave to delete. */
  async #explainDeletion({ key, next }: Pushed<ViewKey>): Promise<PushRefusal | undefined> {
    if (next !== null || !('model' in key) || (await this.#after.isReadable(key.model))) return undefined;
    return refusal('log-unreadable', 'the log of its model does not hold');
  }

  /** Accepts a ref on the condition that the pushed logs it rests on stand where the push puts them. */
  #accept({ name, old, next }: PushedRef, models: readonly ModelName[]): void {
    const logs = models.flatMap((model) => this.#held.get(model) ?? []);
    this.#accepted.push({
      name,
      old,
      next,
      logs: logs.map((log) => ({ name: log.name, old: log.old, next: log.next })),
    });
  }
}

function dependence(key: ViewKey, found: FoundView | undefined): readonly ModelName[] {
  if (found !== undefined) return [found.model];
  return 'model' in key ? [key.model] : [];
}
