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

/** Git waits 0.1 s for a ref and 1 s for packed-refs; other writers of a busy registry take longer. */
const PATIENCE = ['-c', 'core.filesRefLockTimeout=5000', '-c', 'core.packedRefsTimeout=5000'];
const UPDATE = [...DURABLE_FLAGS, ...PATIENCE, 'update-ref', '--no-deref', '--stdin', '-z'];

/** The ref store of one repository. */
export class GitRefStore implements RefStore {
  readonly #repository: Repository;
  readonly #git: GitRunner;
  readonly #reader: RefReader;

  constructor(repository: Repository, git: GitRunner) {
    this.#repository = repository;
    this.#git = git;
    this.#reader = new RefReader(repository, git);
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
    const named = updates.map(({ key, old, next }) => ({ name: refNameOf(key), old, next }));
    const end = await this.#transact(named);
    if (end.kind !== 'locked' || !moveStaleLockAside(this.#repository, end.lockFile)) return outcomeOf(end);
    return outcomeOf(await this.#transact(named));
  }

  async #transact(updates: readonly NamedUpdate[]): Promise<Exclude<TransactionEnd, { readonly kind: 'failed' }>> {
    const result = await this.#git.run(UPDATE, { input: encodeTransaction(updates, this.#repository.objectFormat) });
    const end = decodeTransaction(result);
    if (end.kind !== 'failed') return end;
    // A sentence that this program does not know: whether an expected value fails to hold can be seen without it.
    const moved = end.prepared ? undefined : await this.#findMoved(updates);
    if (moved !== undefined) return { kind: 'moved', message: `${moved.name} is not at its expected value` };
    throw await this.#git.fault(UPDATE, result);
  }

  async #findMoved(updates: readonly NamedUpdate[]): Promise<NamedUpdate | undefined> {
    for (const update of updates) {
      if ((await this.#reader.find(update.name)) !== (update.old ?? undefined)) return update;
    }
    return undefined;
  }
}

function outcomeOf(end: Exclude<TransactionEnd, { readonly kind: 'failed' }>): RefOutcome {
  return end.kind === 'applied' ? end : { kind: 'moved', message: cleanText(end.message), locked: end.kind === 'locked' };
}
