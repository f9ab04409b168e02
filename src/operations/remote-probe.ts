/** Tries one kind of ref on a remote: to make one that no log gives, to move it, to delete it (format §5). What was made goes again. */
import type { ObjectId } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import type { RemoteTarget } from '../ports/git-remote.ts';
import type { RefKey } from '../ports/ref-store.ts';
import { readCaps } from './sync/read-caps.ts';
import type { Workspace } from './workspace.ts';

/** `refused`: as it should be. `skipped`: there was nothing to try it on. */
export type ProbeOutcome = 'accepted' | 'refused' | 'skipped';

/** How the remote took a kind of ref. */
export interface ProbedRef {
  /** The folder under `refs/registry/`. */
  readonly ref: 'sha' | 'pending' | 'semver' | 'stage' | 'tombstone' | 'log';
  /** One that no log gives; for `log`, one that holds no event. */
  readonly create: ProbeOutcome;
  readonly move: ProbeOutcome;
  readonly delete: ProbeOutcome;
  /** What the remote said when it first refused. */
  readonly message: string | null;
}

/** What a host says that keeps the namespace for itself. */
export const CLOSED = /hidden ref|funny refname|namespace|not allowed to (?:create|push)|deny creating|disallowed/i;

/** Two commits of the empty tree: neither an entry nor an event. */
export interface ProbeCommits {
  readonly first: ObjectId;
  readonly second: ObjectId;
}

/** A ref that nobody has. */
export interface ProbeSubject {
  readonly ref: ProbedRef['ref'];
  readonly key: RefKey;
  /**
   * May be there for a moment. A log may not: who pulls meanwhile would take it for tampering. Nor an entry, by which
   * clones tell the layout of a remote (format §7.5).
   */
  readonly mayBeMade: boolean;
  /** A candidate or slot that no log gives may be deleted (format §6.4); every other ref stays. */
  readonly mayGo: boolean;
}

interface Asked {
  readonly outcome: ProbeOutcome;
  readonly message: string | null;
}

interface Answer extends Asked {
  readonly outcome: 'accepted' | 'refused';
}

/** Tries refs, one after another. */
export class RemoteProbe {
  readonly #workspace: Workspace;
  readonly #target: RemoteTarget;
  readonly #commits: ProbeCommits;
  /** Refs that the remote did not let be removed. */
  readonly left: string[] = [];

  constructor(workspace: Workspace, target: RemoteTarget, commits: ProbeCommits) {
    this.#workspace = workspace;
    this.#target = target;
    this.#commits = commits;
  }

  /** Tries one. Throws `permission`, `remote-failed`, `remote-unreachable`, `contended`. */
  async run(subject: ProbeSubject): Promise<ProbedRef> {
    // First of all, and of a ref that is not there: what could not be deleted is not made.
    const absent = await this.#move(subject.key, null, null);
    const canGo = absent.outcome === 'accepted' && this.left.length === 0;
    if (subject.mayBeMade && canGo) return this.#make(subject);
    const created = await this.#ask(subject.key, canGo);
    const deleted = subject.mayGo && absent.outcome === 'accepted' ? 'skipped' : absent.outcome;
    const message = created.message ?? absent.message;
    return { ref: subject.ref, create: created.outcome, move: 'skipped', delete: deleted, message };
  }

  /** Makes the ref, moves it, deletes it. */
  async #make({ ref, key, mayGo }: ProbeSubject): Promise<ProbedRef> {
    const { first, second } = this.#commits;
    const created = await this.#move(key, null, first);
    if (created.outcome === 'refused') {
      const gone = mayGo ? 'skipped' : 'accepted';
      return { ref, create: 'refused', move: 'skipped', delete: gone, message: created.message };
    }
    try {
      const moved = await this.#move(key, first, second);
      const deleted = await this.#move(key, moved.outcome === 'accepted' ? second : first, null);
      if (deleted.outcome === 'refused') this.left.push(this.#workspace.refs.nameOf(key));
      const message = moved.message ?? deleted.message;
      return { ref, create: 'accepted', move: moved.outcome, delete: deleted.outcome, message };
    } catch (error) {
      throw this.#nameLeft(error, key);
    }
  }

  /** The line was cut, or somebody was in the way: what may be there still is said. */
  #nameLeft(error: unknown, key: RefKey): unknown {
    if (!(error instanceof RegistryError)) return error;
    const [name, { label }] = [this.#workspace.refs.nameOf(key), this.#target];
    return new RegistryError(error.code, `${error.message}; the probe may be there still: ${name}`, {
      data: { ...error.data, left: name },
      hint: `git push ${label} :${name}`,
    });
  }

  /**
   * Whether the ref would be taken. Where the remote judges a push as a whole and does not say what was wrong with it, the
   * ref is made alone; unless it might have to stay.
   */
  async #ask(key: RefKey, canGo: boolean): Promise<Asked> {
    const remote = await this.#workspace.gitRemote();
    const outcome = await remote.tryCreate(this.#target, key, this.#commits.first);
    const name = this.#workspace.refs.nameOf(key);
    if (outcome.kind === 'raced') this.left.push(...outcome.refs);
    if (outcome.kind !== 'refused') return { outcome: 'accepted', message: null };
    const { refs, message } = outcome;
    const said = wordsOn(message, name);
    if (refs.every((refused) => refused === name) || CLOSED.test(message)) return { outcome: 'refused', message: said };
    if (!canGo) return { outcome: namesAlone(message, name) ? 'refused' : 'skipped', message: said };
    const created = await this.#move(key, null, this.#commits.first);
    if (created.outcome === 'accepted') {
      const deleted = await this.#move(key, this.#commits.first, null);
      if (deleted.outcome === 'refused') this.left.push(name);
    }
    return created;
  }

  async #move(key: RefKey, old: ObjectId | null, next: ObjectId | null): Promise<Answer> {
    const outcome = await (await this.#workspace.gitRemote()).push(this.#target, [{ key, old, next }]);
    if (outcome.kind === 'accepted') return { outcome: 'accepted', message: null };
    if (outcome.kind === 'refused')
      return { outcome: 'refused', message: wordsOn(outcome.message, this.#workspace.refs.nameOf(key)) };
    // Nobody knows this ref: the line was cut behind a push that went through, or a refusal that sounds like a race.
    const there = await this.#find(key);
    if (there === next && next !== old) return { outcome: 'accepted', message: null };
    if (there === old) return { outcome: 'refused', message: 'non-fast-forward or deletion refused' };
    throw new RegistryError('contended', `remote ${this.#target.label}: the probe was moved by somebody else`, {
      hint: 'run the command again',
    });
  }

  async #find(key: RefKey): Promise<ObjectId | null> {
    const remote = await this.#workspace.gitRemote();
    const listing = await remote.listSome(this.#target, [{ kind: 'ref', key }], await readCaps(this.#workspace));
    const name = this.#workspace.refs.nameOf(key);
    return listing.refs.find((found) => this.#workspace.refs.nameOf(found.key) === name)?.id ?? null;
  }
}

/** A remote that says the name of a ref, and not of one below it, has refused that. */
function namesAlone(text: string, ref: string): boolean {
  return text.split(/[\s:'"]+/).includes(ref);
}

/** Returns the reason, and of what the remote said beside it what it said of this ref; where it named none, all. */
function wordsOn(message: string, ref: string): string {
  const [reason, ...said] = message.split('\n').map((line) => line.trimEnd());
  const own = said.filter((line) => namesAlone(line, ref));
  return [reason, ...(own.length === 0 ? said : own)].join('\n');
}
