/** Refs of a real repository: read from disk, moved by one `git update-ref` transaction (architecture §3). */
import type { ObjectId } from '../domain/digest.ts';
import type { RefKey } from '../domain/ref-key.ts';
import type { RefFilter, RefListing, RefOutcome, RefStore, RefUpdate } from '../ports/ref-store.ts';
import { DURABLE_FLAGS } from './git-environment.ts';
import { cleanText } from './git-failure.ts';
import type { GitRunner } from './git-runner.ts';
import { refNameOf, refPrefixOf } from './ref-names.ts';
import { RefReader } from './ref-reader.ts';
import { decodeTransaction, encodeTransaction, type NamedUpdate, type TransactionEnd } from './ref-transaction.ts';
import type { Repository } from './repository.ts';
import { sortOut } from './sort-out-refs.ts';
import { moveStaleLockAside } from './stale-ref-lock.ts';

/** Git waits 0.1 s for a ref and 1 s for packed-refs; other writers of a busy registry take longer. In milliseconds. */
const PATIENCE = 5000;

/** The ref store of one repository. */
export class GitRefStore implements RefStore {
  readonly #repository: Repository;
  readonly #git: GitRunner;
  readonly #reader: RefReader;
  readonly #update: readonly string[];

  /** `patience`: how long git waits for the lock files of others, in milliseconds. */
  constructor(repository: Repository, git: GitRunner, patience: number = PATIENCE) {
    this.#repository = repository;
    this.#git = git;
    this.#reader = new RefReader(repository, git);
    const waiting = ['-c', `core.filesRefLockTimeout=${patience}`, '-c', `core.packedRefsTimeout=${patience}`];
    this.#update = [...DURABLE_FLAGS, ...waiting, 'update-ref', '--no-deref', '--stdin', '-z'];
  }

  nameOf(key: RefKey): string {
    return refNameOf(key);
  }

  find(key: RefKey): Promise<ObjectId | undefined> {
    return this.#reader.find(refNameOf(key));
  }

  async list(filter: RefFilter): Promise<RefListing> {
    return sortOut(await this.#reader.list(refPrefixOf(filter)), filter);
  }

  /**
   * Throws `git-failed`, `permission`, `no-space`, `corrupt-object`. Git that dies while it moves refs leaves a beginning
   * of them moved, the log ref first: what is missing then is rebuilt from the log (format §6.4).
   */
  async apply(updates: readonly RefUpdate[]): Promise<RefOutcome> {
    if (updates.length === 0) return { kind: 'applied' };
    return this.applyNamed(updates.map(({ key, old, next }) => ({ name: refNameOf(key), old, next })));
  }

  /** The same, for refs of any name. */
  async applyNamed(named: readonly NamedUpdate[]): Promise<RefOutcome> {
    const end = await this.#transact(named);
    if (end.kind !== 'locked' || !moveStaleLockAside(this.#repository, end.lockFile)) return outcomeOf(end);
    return outcomeOf(await this.#transact(named));
  }

  async #transact(updates: readonly NamedUpdate[]): Promise<Exclude<TransactionEnd, { readonly kind: 'failed' }>> {
    const result = await this.#git.run(this.#update, {
      input: encodeTransaction(updates, this.#repository.objectFormat),
    });
    const end = decodeTransaction(result);
    if (end.kind !== 'failed') return end;
    // A sentence that this program does not know: whether an expected value fails to hold can be seen without it.
    const moved = end.prepared ? undefined : await this.#findMoved(updates);
    if (moved !== undefined) return { kind: 'moved', message: `${moved.name} is not at its expected value` };
    throw await this.#git.fault(this.#update, result);
  }

  async #findMoved(updates: readonly NamedUpdate[]): Promise<NamedUpdate | undefined> {
    for (const update of updates) {
      if ((await this.#reader.find(update.name)) !== (update.old ?? undefined)) return update;
    }
    return undefined;
  }
}

function outcomeOf(end: Exclude<TransactionEnd, { readonly kind: 'failed' }>): RefOutcome {
  return end.kind === 'applied'
    ? end
    : { kind: 'moved', message: cleanText(end.message), locked: end.kind === 'locked' };
}
