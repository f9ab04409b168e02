/** Git remotes through the git executable: credentials, ssh and proxies come for free (architecture §3). */
import type { ObjectId } from '../../domain/digest.ts';
import type {
  DownloadedEntry,
  DownloadRequest,
  GitRemote,
  HeldCommits,
  ListedTag,
  NewTag,
  PushOutcome,
  Quarantine,
  RefWish,
  RemoteCaps,
  RemoteTarget,
  TagRequest,
} from '../../ports/git-remote.ts';
import type { RefKey, RefListing, RefUpdate } from '../../ports/ref-store.ts';
import { GitConfig } from '../git-config.ts';
import type { Environment } from '../git-environment.ts';
import type { GitRunner } from '../git-runner.ts';
import { refNameOf, tagRefOf } from '../ref-names.ts';
import { type Repository, repositoryRunner } from '../repository.ts';
import { download } from './download.ts';
import { downloadTags } from './download-tags.ts';
import { findRemote } from './find-remote.ts';
import type { RealRepository } from './incoming-folder.ts';
import { listRemote, listTags, listWished } from './list-remote.ts';
import type { NamedUpdate } from './push-folder.ts';
import { batchesOf, pushRefs } from './push-refs.ts';
import { sweepQuarantines } from './sweep-quarantines.ts';

/** The remotes of one repository. */
export class GitRemotes implements GitRemote {
  readonly #repository: Repository;
  readonly #environment: Environment;
  readonly #folder: string;
  readonly #git: GitRunner;
  readonly #config: GitConfig;
  readonly #real: RealRepository;

  /** `folder`: what relative paths of the user are relative to. */
  constructor(repository: Repository, environment: Environment, folder: string) {
    this.#repository = repository;
    this.#environment = environment;
    this.#folder = folder;
    this.#git = repositoryRunner(repository, environment);
    this.#config = new GitConfig(this.#git);
    this.#real = { repository, environment, git: this.#git, config: this.#config };
  }

  find(word: string): Promise<RemoteTarget | undefined> {
    return findRemote(this.#config, this.#folder, word);
  }

  /** Every fetch begins with it: what killed ones left goes. */
  list(target: RemoteTarget, caps: RemoteCaps): Promise<RefListing> {
    sweepQuarantines(this.#repository);
    return listRemote(this.#git, target, caps);
  }

  async listSome(target: RemoteTarget, wishes: readonly RefWish[], caps: RemoteCaps): Promise<RefListing> {
    const { findPlainUrl, listOverHttp } = await import('./list-over-http.ts');
    const url = await findPlainUrl(this.#config, this.#environment, target);
    const listing = url === undefined ? undefined : await listOverHttp(url, target, wishes, caps);
    return listing ?? (await listWished(this.#git, target, wishes, caps));
  }

  async downloadEntry(target: RemoteTarget, ref: RefKey, caps: RemoteCaps): Promise<DownloadedEntry | undefined> {
    const { downloadEntry } = await import('./download-entry.ts');
    return downloadEntry(this.#real, target, ref, caps);
  }

  download(target: RemoteTarget, request: DownloadRequest): Promise<Quarantine> {
    return download(this.#real, target, request);
  }

  push(target: RemoteTarget, updates: readonly RefUpdate[], held?: HeldCommits): Promise<PushOutcome> {
    return pushRefs(this.#real, target, updates.map(named), held);
  }

  async tryCreate(target: RemoteTarget, key: RefKey, id: ObjectId): Promise<PushOutcome> {
    const { tryCreate } = await import('./try-create.ts');
    return tryCreate(this.#real, target, refNameOf(key), id);
  }

  batches(updates: readonly RefUpdate[], most: number): readonly (readonly RefUpdate[])[] {
    return batchesOf(updates, named, most);
  }

  listTags(target: RemoteTarget, caps: RemoteCaps): Promise<readonly ListedTag[]> {
    return listTags(this.#git, target, caps);
  }

  downloadTags(target: RemoteTarget, request: TagRequest): Promise<void> {
    return downloadTags(this.#real, target, request);
  }

  createTags(target: RemoteTarget, tags: readonly NewTag[]): Promise<PushOutcome> {
    return pushRefs(this.#real, target, tags.map(namedTag));
  }

  tagBatches(tags: readonly NewTag[], most: number): readonly (readonly NewTag[])[] {
    return batchesOf(tags, namedTag, most);
  }
}

function named({ key, old, next }: RefUpdate): NamedUpdate {
  return { ref: refNameOf(key), old, next };
}

/** Tags are made, never moved. */
function namedTag({ name, id }: NewTag): NamedUpdate {
  return { ref: tagRefOf(name), old: null, next: id };
}
