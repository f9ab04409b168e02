/** The log of a model as git holds it: read by one `git rev-list`, or commit by commit where few are new; written in process or, signed, by `git commit-tree`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareCodePoints } from '../domain/code-point-order.ts';
import type { ObjectId } from '../domain/digest.ts';
import { RegistryError } from '../domain/errors.ts';
import { encodeCommit, type NewObject } from '../domain/git-object.ts';
import type { ModelName } from '../domain/model-name.ts';
import type { RefKey } from '../domain/ref-key.ts';
import type { EventCommit, EventLog, NewEventCommit } from '../ports/event-log.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { RefStore } from '../ports/ref-store.ts';
import { makeSignedCommit } from './commit-signing.ts';
import { decodeEventCommit, decodePlainEvent, EVENT_FIELDS, EVENT_FORMAT } from './event-commit-format.ts';
import type { GitConfig } from './git-config.ts';
import { feed, type GitRunner } from './git-runner.ts';
import { parseRefName, refPrefixOf } from './ref-names.ts';
import type { Repository } from './repository.ts';
import { readRows } from './row-reader.ts';

/** A walk that no configuration of the user reaches: `log.*` and `format.*` are porcelain's. */
const WALK = ['rev-list', '--first-parent', '--reverse', '--no-commit-header', '--encoding=UTF-8', '--date=raw'];

/** An event is at most 1 MiB of JSON (format §6.1); its title, its author and its parents need far less. */
const MAX_COMMIT = 8 * 1024 * 1024;

/** An argument list holds some thousands of ids. */
const ENTRIES_A_CALL = 500;

/** So many commits at most are asked for one by one: a walk takes a process of its own, which takes as long. */
const FEW = 32;
/** Bytes of a commit that may be held beside others. */
const SMALL = 64 * 1024;

/** The event logs of one repository. */
export class GitEventLog implements EventLog {
  readonly #repository: Repository;
  readonly #git: GitRunner;
  readonly #objects: ObjectStore;
  readonly #refs: RefStore;
  readonly #config: GitConfig;
  #hasRead = false;

  constructor(repository: Repository, git: GitRunner, objects: ObjectStore, refs: RefStore, config: GitConfig) {
    this.#repository = repository;
    this.#git = git;
    this.#objects = objects;
    this.#refs = refs;
    this.#config = config;
  }

  /** Throws `corrupt-event`, data `{commit}`, where a commit is not UTF-8 or has an encoding header (format §6.1). */
  async *read(tip: ObjectId, after?: ObjectId): AsyncGenerator<EventCommit> {
    if (tip === after) return;
    // The first log of a process is most often its only one, and read whole.
    const isBulk = after !== undefined || this.#hasRead;
    this.#hasRead = true;
    const few = isBulk ? await this.#findFew(tip, after) : undefined;
    if (few === undefined) yield* this.#walk(tip, after);
    else yield* few;
  }

  /** Returns the commits one by one from a process that answers for all logs; undefined where one walk is cheaper, or knows better. */
  async #findFew(tip: ObjectId, after: ObjectId | undefined): Promise<readonly EventCommit[] | undefined> {
    if (readShallow(this.#repository.commonDir).length > 0) return undefined;
    const newestFirst: EventCommit[] = [];
    for (let id = tip; newestFirst.length < FEW; ) {
      const commit = await this.#findEvent(id);
      if (commit === undefined) return undefined;
      newestFirst.push(commit);
      const [before] = commit.parents;
      // Undefined both: the beginning of a log that is read whole.
      if (before === after) return newestFirst.reverse();
      if (before === undefined) return undefined;
      id = before;
    }
    return undefined;
  }

  /** What is large, odd or damaged is for the walk: it holds one commit at a time, and git says what is wrong. */
  async #findEvent(id: ObjectId): Promise<EventCommit | undefined> {
    try {
      const header = await this.#objects.findHeader(id);
      if (header?.type !== 'commit' || header.bytes > SMALL) return undefined;
      const found = await this.#objects.find(id);
      return found && decodePlainEvent(id, found.body);
    } catch (error) {
      if (error instanceof RegistryError && error.code === 'corrupt-object') return undefined;
      throw error;
    }
  }

  async *#walk(tip: ObjectId, after: ObjectId | undefined): AsyncGenerator<EventCommit> {
    const args = [
      ...WALK,
      `--format=${EVENT_FORMAT}`,
      `${tip}^{commit}`,
      ...(after === undefined ? [] : [`^${after}`]),
    ];
    const { process, ended } = this.#git.start(args);
    let last: EventCommit | undefined;
    try {
      await feed(process, '');
      for await (const row of readRows(process.stdout, EVENT_FIELDS, MAX_COMMIT)) {
        const commit = decodeEventCommit(row);
        if (last === undefined) this.#assertBeginning(commit);
        yield commit;
        last = commit;
      }
      const end = await ended;
      if (end.exitCode !== 0) throw await this.#git.fault(args, end, 'corrupt-object');
    } finally {
      process.kill();
    }
    // A tag would have been followed, and a range that is empty has no last commit.
    if (last === undefined ? after === undefined : last.id !== tip) {
      throw new RegistryError('corrupt-object', `log: expected a commit at ${tip}, got something else`, {
        data: { id: tip },
      });
    }
  }

  async make(commits: readonly NewEventCommit[], objects: readonly NewObject[] = []): Promise<readonly ObjectId[]> {
    const isSigned = await this.#config.isOn('commit.gpgsign');
    return isSigned ? this.#makeSigned(commits, objects) : this.#makePlain(commits, objects);
  }

  async models(): Promise<readonly ModelName[]> {
    const { refs } = await this.#refs.list({ kind: 'models' });
    return modelsOf(refs.map(({ key }) => key));
  }

  /** Throws `corrupt-object` where one of the entries is no commit. */
  async modelsContaining(entries: readonly ObjectId[]): Promise<readonly ModelName[]> {
    const names = new Set<string>();
    for (let start = 0; start < entries.length; start += ENTRIES_A_CALL) {
      const contains = entries.slice(start, start + ENTRIES_A_CALL).map((entry) => `--contains=${entry}`);
      const args = ['for-each-ref', '--format=%(refname)', ...contains, refPrefixOf({ kind: 'models' })];
      const result = await this.#git.run(args);
      if (result.exitCode !== 0) throw await this.#git.fault(args, result, 'corrupt-object');
      for (const name of result.stdout.toString().split('\n')) names.add(name);
    }
    return modelsOf([...names].map((name) => parseRefName(name)));
  }

  async #makePlain(commits: readonly NewEventCommit[], objects: readonly NewObject[]): Promise<readonly ObjectId[]> {
    const made: NewObject[] = [];
    for (const { tree, parents, by, time, message } of commits) {
      const who = `${by.name} <${by.email}> ${time} +0000`;
      const body = encodeCommit({
        tree,
        parents: chained(made.at(-1)?.id, parents),
        author: who,
        committer: who,
        message,
      });
      made.push({ type: 'commit', id: this.#objects.hash('commit', body), body });
    }
    await this.#objects.write([...objects, this.#emptyTree(), ...made]);
    return made.map(({ id }) => id);
  }

  async #makeSigned(commits: readonly NewEventCommit[], objects: readonly NewObject[]): Promise<readonly ObjectId[]> {
    const ids: ObjectId[] = [];
    await this.#objects.write([...objects, this.#emptyTree()]);
    for (const commit of commits) {
      ids.push(await makeSignedCommit(this.#git, { ...commit, parents: chained(ids.at(-1), commit.parents) }));
    }
    return ids;
  }

  /** Git knows the empty tree without having it, but `git fsck` misses it. */
  #emptyTree(): NewObject {
    const body = new Uint8Array();
    return { type: 'tree', id: this.#objects.hash('tree', body), body };
  }

  /** Git shows a commit at which a shallow clone was cut as one without parents. */
  #assertBeginning(oldest: EventCommit): void {
    if (oldest.parents.length > 0 || !readShallow(this.#repository.commonDir).includes(oldest.id)) return;
    throw incompleteHistory(`the clone is shallow and has nothing before ${oldest.id}`, { commit: oldest.id });
  }
}

/** Returns the parents of a commit of which `parents` leaves out the commit before, if there is one. */
function chained(before: ObjectId | undefined, parents: readonly ObjectId[]): readonly ObjectId[] {
  return before === undefined ? parents : [before, ...parents];
}

function modelsOf(keys: readonly (RefKey | undefined)[]): readonly ModelName[] {
  return keys.flatMap((key) => (key?.kind === 'log' ? [key.model] : [])).sort(compareCodePoints);
}

function incompleteHistory(why: string, data: Readonly<Record<string, unknown>>): RegistryError {
  return new RegistryError('incomplete-history', `log: ${why}`, { hint: 'git registry pull --refetch', data });
}

function readShallow(commonDir: string): readonly string[] {
  try {
    return readFileSync(join(commonDir, 'shallow'), 'utf8').split('\n');
  } catch {
    return [];
  }
}
