/** Verified refs of remotes and lost tips, in the repository's own refs (format §5). */
import type { ObjectId } from '../../domain/digest.ts';
import type { RefEntry, RefOutcome } from '../../ports/ref-store.ts';
import type { LostTip, SyncRefKey, SyncRefs, SyncRefUpdate } from '../../ports/sync-refs.ts';
import { GitRefStore } from '../git-ref-store.ts';
import type { GitRunner } from '../git-runner.ts';
import {
  LOST_PREFIX,
  lostNameOf,
  parseLostName,
  parseVerifiedName,
  refNameOf,
  rememberingDecoder,
  verifiedNameOf,
  verifiedPrefixOf,
} from '../ref-names.ts';
import { RefReader } from '../ref-reader.ts';
import type { Repository } from '../repository.ts';

/** The refs of one repository. */
export class GitSyncRefs implements SyncRefs {
  readonly #reader: RefReader;
  readonly #store: GitRefStore;

  constructor(repository: Repository, git: GitRunner) {
    this.#reader = new RefReader(repository, git);
    this.#store = new GitRefStore(repository, git);
  }

  find(ref: SyncRefKey): Promise<ObjectId | undefined> {
    return this.#reader.find(this.nameOf(ref));
  }

  async verified(remote: string): Promise<readonly RefEntry[]> {
    return this.#list(verifiedPrefixOf(remote));
  }

  async verifiedLogs(): Promise<readonly (RefEntry & { readonly remote: string })[]> {
    return (await this.#list(verifiedPrefixOf())).filter(({ key }) => key.kind === 'log');
  }

  async lost(): Promise<readonly LostTip[]> {
    return (await this.#reader.list(LOST_PREFIX)).flatMap(({ name, id }) => {
      const lost = parseLostName(name);
      return lost === undefined ? [] : [{ ...lost, id }];
    });
  }

  apply(updates: readonly SyncRefUpdate[]): Promise<RefOutcome> {
    if (updates.length === 0) return Promise.resolve({ kind: 'applied' });
    return this.#store.applyNamed(updates.map(({ ref, old, next }) => ({ name: this.nameOf(ref), old, next })));
  }

  nameOf(ref: SyncRefKey): string {
    switch (ref.place) {
      case 'local':
        return refNameOf(ref.key);
      case 'verified':
        return verifiedNameOf(ref.remote, ref.key);
      case 'lost':
        return lostNameOf(ref.model, ref.event);
    }
  }

  async #list(prefix: string): Promise<readonly (RefEntry & { readonly remote: string })[]> {
    const decode = rememberingDecoder();
    return (await this.#reader.list(prefix)).flatMap(({ name, id }) => {
      const parsed = parseVerifiedName(name, decode);
      return parsed === undefined ? [] : [{ ...parsed, id }];
    });
  }
}
